//! Manifests: lints, versions and dependencies.

use std::{collections::BTreeSet, process::Command};

use crate::file::{File, assert_none, files, read};

#[test]
fn every_crate_of_ours_takes_the_workspace_lints_which_forbid_unsafe_code() {
    let manifests = files("", "Cargo.toml");
    let free = manifests.iter().filter(|file| !file.text.contains("[lints]\nworkspace = true"));
    assert_none(
        "[lints] workspace = true",
        &free.map(|file| file.path.clone()).collect::<Vec<_>>(),
    );
    let root = manifests.iter().find(|file| file.path == "Cargo.toml").unwrap();
    assert!(root.text.contains("unsafe_code = \"forbid\""));
    // A package with a workspace of its own repeats the lints of the root exactly.
    let heads = manifests.iter().filter(|file| file.text.contains("\n[workspace]\n"));
    let others = heads.filter(|file| lints(file) != lints(root));
    assert_none("the lints of the root", &others.map(|file| file.path.clone()).collect::<Vec<_>>());
}

/// The sections of a workspace's lints.
fn lints(manifest: &File) -> Vec<&str> {
    manifest
        .text
        .split("\n[")
        .filter(|it| it.starts_with("workspace.lints"))
        .map(str::trim)
        .collect()
}

#[test]
fn the_facade_pins_its_inner_crates() {
    let root = read("Cargo.toml");
    for inner in ["brama-config", "brama-fleet", "brama-macros", "brama-runtime", "brama-tower"] {
        assert!(root.contains(&format!("{inner} = {{ version = \"=")), "pin {inner}");
    }
}

const MOST_CRATES: usize = 23;

#[test]
fn a_user_of_the_default_features_builds_few_crates_of_others() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "brama", "--edges", "normal,build", "--prefix", "none"])
        .args(["--format", "{p}", "--target", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    let others = crates.iter().filter(|name| !name.is_empty() && !name.starts_with("brama"));
    let count = others.count();
    assert!((1..=MOST_CRATES).contains(&count), "{count}: {crates:?}");
    let readme = read("README.md");
    assert!(readme.contains(&format!("{count} crates of others")), "the README counts others");
    let page = read("CONTRIBUTING.md");
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    let most = format!("at most {MOST_CRATES} crates of others");
    assert!(page.contains(&most), "CONTRIBUTING.md says {most}");
}
