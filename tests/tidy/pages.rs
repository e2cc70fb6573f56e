//! Pages for people: what they name exists, and what exists is named.

use crate::{
    file::{File, assert_none, files, read, root},
    floors::FLOORS,
};

#[test]
fn the_gate_of_ci_calls_the_commands_of_the_readme() {
    let (ci, readme) = (read(".ci/run"), read("README.md"));
    let commands = [
        "cargo run --example storefront",
        "cargo test --workspace --all-features",
        "benches/instructions/run",
        "cargo peers",
    ];
    for command in commands {
        assert!(ci.contains(command) && readme.contains(command), "{command}");
    }
}

#[test]
fn the_index_of_the_integration_tests_names_each_file() {
    let files = files("tests/it", ".rs");
    let (index, topics): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| file.path == "tests/it/main.rs");
    let row = |file: &File| format!("| `{}` |\n", file.path.trim_start_matches("tests/it/"));
    let missing = topics.iter().filter(|file| index.iter().all(|it| !it.text.contains(&row(file))));
    let missing: Vec<_> = missing.map(|file| file.path.clone()).collect();
    assert_none("add a row to the table at the head of tests/it/main.rs", &missing);
}

#[test]
fn each_module_of_the_runtime_is_a_room_of_commits() {
    let page = read("CONTRIBUTING.md");
    let missing = FLOORS.iter().filter(|(module, _)| !page.contains(&format!("`{module}`")));
    let missing: Vec<_> = missing.map(|(module, _)| (*module).to_owned()).collect();
    assert_none("add it to the table of rooms in CONTRIBUTING.md", &missing);
}

/// Pages whose paths are checked.
const PAGES: [&str; 2] = ["ARCHITECTURE.md", "CONTRIBUTING.md"];

#[test]
fn each_path_on_a_page_exists() {
    let missing = PAGES.iter().flat_map(|page| {
        let missing = paths(&read(page)).into_iter().filter(|path| !exists(path));
        missing.map(|path| format!("{page}: {path}")).collect::<Vec<_>>()
    });
    assert_none("the tree has no such file or folder", &missing.collect::<Vec<_>>());
}

/// Whether a path leads somewhere from the root or from the sources of the runtime.
fn exists(path: &str) -> bool {
    ["", "brama-runtime/src"].iter().any(|start| root().join(start).join(path).exists())
}

/// What stands in backticks and has a slash or names a file.
fn paths(page: &str) -> Vec<String> {
    let endings = [".rs", ".md", ".toml"];
    let prose = page.split("```").step_by(2);
    let quoted = prose.flat_map(|text| text.split('`').skip(1).step_by(2));
    let words = quoted.filter_map(|it| it.split([' ', '*']).next());
    let is_path = |it: &&str| it.contains('/') || endings.iter().any(|end| it.ends_with(end));
    words.filter(is_path).map(str::to_owned).collect()
}

#[test]
fn paths_are_told_from_other_code() {
    let page = "`src/lib.rs`, `a/b` and `deny.toml`\n```text\n`no/path`\n```\n`Slot::new`, \
                `benches/instructions/run --list`, `tests/ui/**`, `x.rs`";
    let expected = ["src/lib.rs", "a/b", "deny.toml", "benches/instructions/run", "tests/ui/"];
    assert_eq!(paths(page), [&expected[..], &["x.rs"]].concat());
}
