//! The public names: how many there are, and where.

use std::collections::BTreeMap;

use crate::file::read;

/// Items at the root of the facade, with all features: the front page of its documentation.
const MOST_AT_THE_ROOT: usize = 61;

/// The attribute, and the guide.
const OF_THE_FACADE: usize = 2;

#[test]
fn the_front_page_stays_short() {
    let api = read("brama-runtime/src/api.rs");
    let names = names(&api);
    let items = names.iter().filter(|(module, _)| *module == ROOT).count();
    let modules = api.matches("\npub mod ").count() - api.matches("\npub mod __").count();
    let count = items + modules + OF_THE_FACADE;
    assert!(20 < items && 5 < modules, "{items} items and {modules} modules were read");
    assert!(count <= MOST_AT_THE_ROOT, "{count}: move an item into a module");
}

#[test]
fn a_public_name_stands_at_one_path() {
    let api = read("brama-runtime/src/api.rs");
    let mut paths: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (module, name) in names(&api) {
        paths.entry(name).or_default().push(module);
    }
    paths.retain(|_, modules| 1 < modules.len());
    assert!(paths.is_empty(), "choose one path: {paths:?}");
    assert!(!api.replace("crate::private::*", "").contains('*'), "name each item");
}

#[test]
fn the_names_of_nested_imports_are_read() {
    let api = "pub use crate::a::A;\npub use crate::{\n    b::{B, c::C},\n    d::D,\n};\n\n\
               pub mod e {\n    pub use crate::b::E;\n}\n";
    let expected = [(ROOT, "A"), (ROOT, "B"), (ROOT, "C"), (ROOT, "D"), ("e", "E")];
    assert_eq!(names(api), expected);
}

const ROOT: &str = "the root";

/// Each name that is exported, with the module that exports it.
fn names(api: &str) -> Vec<(&str, &str)> {
    let mut parts = api.split("\npub mod ");
    let root = parts.next().map(|part| (ROOT, part));
    let modules = parts.map(|part| part.split_once(" {\n").unwrap());
    let exports = |(module, part)| exports(part).map(move |name| (module, name));
    root.into_iter().chain(modules).flat_map(exports).collect()
}

/// The names after each `pub use`.
fn exports(part: &str) -> impl Iterator<Item = &str> {
    let trees = part.split("pub use ").skip(1);
    trees.flat_map(|tree| leaves(tree.split(';').next().unwrap()))
}

/// The last names of a tree of imports.
fn leaves(tree: &str) -> impl Iterator<Item = &str> {
    let parts = tree.split(['{', '}', ',']).map(str::trim);
    let leaves = parts.filter(|part| !part.is_empty() && !part.ends_with("::"));
    leaves.filter_map(|part| part.rsplit([':', ' ']).next()).filter(|name| *name != "*")
}
