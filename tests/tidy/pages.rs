//! Pages for people: what they name exists, and what exists is named.

use std::collections::BTreeSet;

use crate::{
    file::{File, PRODUCTION, assert_none, files, read, root},
    floors::FLOORS,
};

#[test]
fn the_gate_of_ci_calls_the_commands_of_the_readme() {
    let (ci, readme) = (read(".ci/run"), read("README.md"));
    let commands = [
        "cargo run --example storefront",
        "cargo run --example fleet",
        "examples/gateway/outage.sh",
        "cargo test --workspace --all-features",
        "benches/instructions/run",
        "cargo peers",
    ];
    for command in commands {
        assert!(ci.contains(command) && readme.contains(command), "{command}");
    }
}

#[test]
fn the_gate_runs_the_example_of_each_client() {
    let ci = read(".ci/run");
    let (_, list) = ci.split_once("for client in ").unwrap();
    let listed: BTreeSet<_> = list.split(';').next().unwrap().split(' ').collect();
    let files = files("examples/clients/examples", ".rs");
    let names = files.iter().map(|file| file.path.rsplit('/').next().unwrap());
    let names: BTreeSet<_> = names.map(|name| name.trim_end_matches(".rs")).collect();
    assert_eq!(listed, names, "correct the list in .ci/run");
}

#[test]
fn the_examples_of_each_page_about_a_client_run() {
    let [index, tests] = ["src/guide/clients/mod.rs", "examples/clients/src/guide.rs"].map(read);
    let pages = files("src/guide/clients", ".md").into_iter().map(|page| page.path);
    let names = pages.map(|path| path.rsplit('/').next().unwrap().to_owned());
    let missing = names.filter(|name| {
        let is_included = index.contains(&format!("include_str!(\"{name}\")"));
        !is_included || !tests.contains(&format!("src/guide/clients/{name}\")"))
    });
    let missing: Vec<_> = missing.collect();
    assert_none("include the page in src/guide/clients/mod.rs and examples/clients", &missing);
}

#[test]
fn the_examples_of_the_pages_about_servers_run() {
    let tests = read("examples/clients/src/guide.rs");
    let pages = files("src/guide", ".md").into_iter().map(|page| page.path);
    let pages = pages.filter(|path| path.starts_with("src/guide/answers"));
    let missing: Vec<_> = pages.filter(|path| !tests.contains(&format!("{path}\")"))).collect();
    assert_none("include the page in examples/clients/src/guide.rs", &missing);
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

/// The section of replaced words names types that do not exist.
#[test]
fn each_type_on_the_page_of_the_architecture_exists() {
    let page = read("ARCHITECTURE.md");
    let (before, rest) = page.split_once("\nThese words do not come back").unwrap();
    let (_, after) = rest.split_once("\n## ").unwrap();
    let names = [before, after].into_iter().flat_map(|part| part.split('`').skip(1).step_by(2));
    let names: BTreeSet<_> = names.filter(|name| is_type(name)).collect();
    assert!(50 < names.len(), "only {} types were read", names.len());
    let missing = names.into_iter().filter(|name| PRODUCTION.iter().all(|it| !it.contains(name)));
    assert_none("no code has this name", &missing.map(str::to_owned).collect::<Vec<_>>());
}

fn is_type(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.contains(|letter: char| letter.is_ascii_lowercase())
        && word.chars().all(char::is_alphanumeric)
}

#[test]
fn paths_are_told_from_other_code() {
    let page = "`src/lib.rs`, `a/b` and `deny.toml`\n```text\n`no/path`\n```\n`Slot::new`, \
                `benches/instructions/run --list`, `tests/ui/**`, `x.rs`";
    let expected = ["src/lib.rs", "a/b", "deny.toml", "benches/instructions/run", "tests/ui/"];
    assert_eq!(paths(page), [&expected[..], &["x.rs"]].concat());
}
