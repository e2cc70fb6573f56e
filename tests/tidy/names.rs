//! Words: each type has one name, and old words do not come back.

use std::collections::{BTreeMap, BTreeSet};

use crate::file::{File, PRODUCTION, SOURCES, assert_none, files, words};

/// Names that have been replaced: the glossary of ARCHITECTURE.md has the new ones.
const OLD_NAMES: [&str; 51] = [
    "Answering",
    "Asked",
    "at_leisure",
    "AtOdds",
    "Basis",
    "Beside",
    "catch_up",
    "Chained",
    "Draft",
    "employs",
    "Ending",
    "Family",
    "gave_way",
    "Given",
    "going",
    "Ground",
    "Guarded",
    "hire",
    "in_force",
    "Inside",
    "is_behind",
    "is_gone",
    "Keeping",
    "Knob",
    "Lease",
    "Left",
    "Lengths",
    "may_go",
    "meet",
    "met",
    "Moment",
    "News",
    "news",
    "Occurrence",
    "Parts",
    "Past",
    "Questionable",
    "relayer",
    "Said",
    "SendWrapped",
    "Shelf",
    "Spelling",
    "Story",
    "Surroundings",
    "Told",
    "Trial",
    "Unknown",
    "Unsaid",
    "unsettle",
    "Unsettled",
    "Watched",
];

#[test]
fn a_type_name_is_defined_once() {
    let mut places: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for file in PRODUCTION.iter() {
        for name in types(file) {
            places.entry(name).or_default().push(file.path.as_str());
        }
    }
    places.retain(|_, places| 1 < places.len());
    let twice: Vec<_> =
        places.into_iter().map(|(name, places)| format!("{name}: {}", places.join(", "))).collect();
    assert_none("name each type for what it is", &twice);
}

/// The types that the code of a file defines. An indented `type` belongs to a trait, and what is
/// defined twice in one file has two forms for features.
fn types(file: &File) -> BTreeSet<&str> {
    let keywords = ["struct", "enum", "union", "trait"];
    let defined = file.lines().filter_map(|(_, line)| {
        let (indent, visible) = (line.starts_with(' '), unqualified(line.trim_start()));
        let (keyword, rest) = visible.split_once(' ')?;
        let defines = keywords.contains(&keyword) || keyword == "type" && !indent;
        words(rest).next().filter(|name| defines && !name.is_empty())
    });
    defined.collect()
}

/// A definition without its visibility.
fn unqualified(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("pub") else { return line };
    let rest = rest.strip_prefix('(').and_then(|it| it.split_once(')')).map_or(rest, |(_, it)| it);
    rest.trim_start()
}

#[test]
fn definitions_of_types_are_recognized() {
    let text = "pub struct A(u8);\npub(crate) enum B {\n    struct C;\n// struct D;\ntype E = A;\n\
                pub(in crate::circuit) trait F {\n    type G;\nimpl A {\nstruct $name;\n\
                #[cfg(test)]\nmod tests {\n    struct H;\n";
    let file = File { path: "a.rs".to_owned(), text: text.to_owned() };
    assert_eq!(types(&file), ["A", "B", "C", "E", "F"].into());
}

#[test]
fn old_names_do_not_come_back() {
    let is_used = |file: &&File, name: &str| {
        let stem = file.path.rsplit('/').next().unwrap().trim_end_matches(".rs");
        stem == name || file.contains(name)
    };
    let breaches = OLD_NAMES.iter().flat_map(|name| {
        let files = PRODUCTION.iter().filter(move |file| is_used(file, name));
        files.map(move |file| format!("{name}: {}", file.path))
    });
    let breaches: Vec<_> = breaches.collect();
    assert_none("ARCHITECTURE.md has the word", &breaches);
}

#[test]
fn a_call_is_rejected_and_not_refused() {
    let files: Vec<_> = SOURCES.iter().flat_map(|folder| files(folder, "")).collect();
    let breaches = files.iter().flat_map(|file| {
        let lines = file.text.lines().enumerate().filter(|(_, line)| mentions_refusal(line));
        lines.map(|(place, line)| file.place(place + 1, line))
    });
    assert_none("say rejected", &breaches.collect::<Vec<_>>());
}

/// A word that operators may type, for `reject`.
const ALIAS: &str = "visible_alias = \"refuse\"";

/// Whether a line uses the old word. The error of a service may be a refused connection.
fn mentions_refusal(line: &str) -> bool {
    let others =
        ["connection refused", "ConnectionRefused", "\"refused\"", "is_connection_refusal", ALIAS];
    let line = others.iter().fold(line.to_owned(), |line, other| line.replace(other, ""));
    let line = line.to_lowercase();
    ["refuse", "refusal", "refusing"].iter().any(|word| line.contains(word))
}

#[test]
fn a_refusal_is_recognized() {
    assert!(mentions_refusal("struct Refusal;") && mentions_refusal("/// The call is refused."));
    assert!(!mentions_refusal(
        "Failure::new(\"connection refused\"), ErrorKind::ConnectionRefused"
    ));
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = ["todo", "unimplemented", "FIXME", "XXX", "dbg"];
    let files = files("", ".rs");
    let others = files.iter().filter(|file| !file.path.starts_with("tests/"));
    let breaches = others.flat_map(|file| marks.iter().flat_map(|mark| file.lines_with(mark)));
    assert_none("finish it or say so in words", &breaches.collect::<Vec<_>>());
}

#[test]
fn no_module_is_named_for_leftovers() {
    let leftovers =
        ["utils", "util", "common", "helpers", "helper", "types", "prelude", "misc", "core"];
    let paths = PRODUCTION.iter().map(|file| file.path.clone());
    let breaches =
        paths.filter(|path| path.split(['/', '.']).any(|part| leftovers.contains(&part)));
    assert_none("a module is one noun of the field", &breaches.collect::<Vec<_>>());
}
