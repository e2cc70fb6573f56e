//! The page of the attribute documents every option.

use std::fs;

use crate::options::names;

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/circuit_breaker.md");
    fs::read_to_string(path).unwrap()
}

fn assert_all(promise: &str, holds: impl Fn(&str) -> bool) {
    let missing: Vec<_> = names::all().filter(|name| !holds(name)).collect();
    assert!(missing.is_empty(), "{promise}: {missing:?}");
}

#[test]
fn every_option_has_a_row_in_a_table() {
    let page = page();
    let rows: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("| `")).collect();
    let first_cells = || rows.iter().filter_map(|row| row.split(" | ").next());
    assert_all("a row", |name| {
        let is_named = |cell: &str| cell.split('`').any(|word| word == name);
        first_cells().any(is_named)
    });
}

#[test]
fn every_option_stands_in_an_example() {
    let page = page();
    let examples: String = page.split("```").skip(1).step_by(2).collect();
    assert_all("an example", |name| {
        [" ", "("].iter().any(|before| examples.contains(&format!("{before}{name} = ")))
    });
}
