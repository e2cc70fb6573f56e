//! The dependencies that the pages about clients list: their examples run with the same.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::file::{File, assert_none, files, read};

#[test]
fn the_examples_run_with_each_dependency_that_a_page_about_a_client_lists() {
    let manifest = Manifest::read();
    let wrong = files("src/guide/clients", ".md").into_iter().flat_map(|page| {
        let listed = listed(&page);
        assert!(listed.contains_key("brama"), "{} has no block of toml", page.path);
        let wrong = listed.iter().filter(|(name, it)| !manifest.has(name, it));
        wrong.map(|(name, _)| format!("{}: {name}", page.path)).collect::<Vec<_>>()
    });
    let wrong: Vec<_> = wrong.collect();
    assert_none("correct its version or features, or examples/clients/Cargo.toml", &wrong);
}

#[test]
fn a_page_about_a_client_lists_each_crate_that_its_code_uses() {
    let manifest = Manifest::read();
    let missing = files("src/guide/clients", ".md").into_iter().flat_map(|page| {
        let (listed, used) = (listed(&page), used(&page));
        let missing = manifest.names().into_iter().filter(|name| {
            used.contains(&name.replace('-', "_")) && !listed.contains_key(name.as_str())
        });
        missing.map(|name| format!("{}: {name}", page.path)).collect::<Vec<_>>()
    });
    assert_none("list it in the page's block of toml", &missing.collect::<Vec<_>>());
}

#[test]
fn crates_are_told_from_modules_and_from_what_is_hidden() {
    let text = "```toml\nuse no::toml;\n```\n`no::code`\n```\nuse first::{no::Second};\n\
                # no::hidden();\n#[second::no]\nlet it = no(&third::No::<fourth::No>::of(no));\n```";
    let page = File { path: "a.md".to_owned(), text: text.to_owned() };
    assert_eq!(used(&page), ["first", "fourth", "second", "third"].map(str::to_owned).into());
}

/// The manifest of the package that runs the examples, and the version of the workspace.
struct Manifest {
    tables: [Table; 2],
    version: String,
}

impl Manifest {
    fn read() -> Self {
        let [root, clients] = ["Cargo.toml", "examples/clients/Cargo.toml"]
            .map(|path| read(path).parse::<Table>().unwrap());
        let version = root["workspace"]["package"]["version"].as_str().unwrap().to_owned();
        let tables = ["dependencies", "dev-dependencies"]
            .map(|table| clients[table].as_table().unwrap().clone());
        Self { tables, version }
    }

    fn names(&self) -> BTreeSet<&String> {
        self.tables.iter().flat_map(Table::keys).collect()
    }

    /// Whether a dependency has the listed version, and at least the listed features.
    fn has(&self, name: &str, listed: &Value) -> bool {
        let found: Vec<_> = self.tables.iter().filter_map(|table| table.get(name)).collect();
        let has_version = found.iter().any(|it| match version(it) {
            Some(it) => version(listed) == Some(it),
            // A package of this repository.
            None => version(listed).is_some_and(|listed| self.version.starts_with(listed)),
        });
        let features: BTreeSet<_> = found.into_iter().flat_map(features_of).collect();
        has_version && features_of(listed).iter().all(|it| features.contains(it))
    }
}

fn version(dependency: &Value) -> Option<&str> {
    dependency.as_str().or_else(|| dependency.get("version")?.as_str())
}

fn features_of(dependency: &Value) -> Vec<&str> {
    let features = dependency.get("features").and_then(Value::as_array);
    features.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The dependencies in a page's blocks of toml.
fn listed(page: &File) -> Table {
    let blocks = blocks(page).filter_map(|block| block.strip_prefix("toml\n"));
    let tables = blocks.filter_map(|block| block.parse::<Table>().unwrap().remove("dependencies"));
    tables.filter_map(|table| table.try_into::<Table>().ok()).flatten().collect()
}

/// The first names of the paths in a page's code that people see.
fn used(page: &File) -> BTreeSet<String> {
    let blocks = blocks(page).filter(|block| block.starts_with('\n'));
    let lines = blocks.flat_map(str::lines).filter(|line| *line != "#" && !line.starts_with("# "));
    lines.flat_map(first_names).map(str::to_owned).collect()
}

/// Modules in the braces of a `use` are none.
fn first_names(line: &str) -> Vec<&str> {
    let line = line.strip_prefix("use ").map_or(line, |path| path.split('{').next().unwrap());
    let paths = line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
    let names = paths.filter_map(|path| path.split_once("::")).map(|(first, _)| first);
    names.filter(|name| !name.is_empty()).collect()
}

fn blocks(page: &File) -> impl Iterator<Item = &str> {
    page.text.split("```").skip(1).step_by(2)
}
