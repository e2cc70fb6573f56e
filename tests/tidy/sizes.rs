//! How long files, functions and lines may be.

use crate::file::{File, assert_none, files, is_comment, words};

/// Each crate with its tests, and what the root has beside them.
const FOLDERS: [&str; 14] = [
    "src",
    "brama-cli",
    "brama-config",
    "brama-fleet",
    "brama-macros/src",
    "brama-metrics",
    "brama-otel",
    "brama-prometheus",
    "brama-redis",
    "brama-runtime",
    "brama-tower",
    "tests",
    "examples",
    "benches",
];
const LONGEST_FILE: usize = 450;
const LONGEST_FILE_OF_THE_RUNTIME: usize = 300;
const SHORTEST_FILE_OF_THE_RUNTIME: usize = 25;
const LONGEST_FUNCTION: usize = 50;
const WIDEST_COMMENT: usize = 100;

/// Short files of the runtime, each with the reason why it is a file of its own.
const SHORT: [(&str, &str); 5] = [
    ("brama-runtime/src/breaker/extras.rs", "five files use the extras, and the slot owns them"),
    ("brama-runtime/src/circuit/draw.rs", "jitter and ramps draw, and neither owns the other"),
    (
        "brama-runtime/src/circuit/serde_impls/exact.rs",
        "an opening needs it, and the other forms need an opening",
    ),
    ("brama-runtime/src/private/marker.rs", "three files use the markers, and none owns them"),
    ("brama-runtime/src/testing/mod.rs", "names the modules of the folder"),
];

#[test]
fn files_stay_short() {
    let files = FOLDERS.iter().flat_map(|folder| files(folder, ".rs"));
    let long = files.filter(|file| LONGEST_FILE < length(file));
    assert_none("which noun is hiding in it?", &long.map(|file| file.path).collect::<Vec<_>>());
}

#[test]
fn files_of_the_runtime_and_of_this_test_stay_shorter() {
    let files = ["brama-runtime/src", "tests/tidy"].map(|folder| files(folder, ".rs"));
    let long = files.into_iter().flatten().filter(|it| LONGEST_FILE_OF_THE_RUNTIME < length(it));
    let long: Vec<_> = long.map(|file| file.path).collect();
    assert_none("which noun is hiding in it?", &long);
}

#[test]
fn a_file_of_the_runtime_is_worth_opening_or_has_a_reason_beside_it() {
    let mut short = files("brama-runtime/src", ".rs");
    short.retain(|file| length(file) < SHORTEST_FILE_OF_THE_RUNTIME);
    let short = short.into_iter().map(|file| file.path);
    let known = SHORT.map(|(path, reason)| {
        assert!(!reason.is_empty(), "{path} needs a reason");
        path
    });
    let (excused, others): (Vec<_>, Vec<_>) =
        short.partition(|path| known.contains(&path.as_str()));
    assert_none("put it into a neighbour, or give a reason in SHORT", &others);
    assert_eq!(excused, known, "SHORT names files that are not short");
}

#[test]
fn functions_stay_short() {
    let files = FOLDERS.iter().flat_map(|folder| files(folder, ".rs"));
    assert_none(
        "which part is a function of its own?",
        &files.flat_map(|it| long_functions(&it)).collect::<Vec<_>>(),
    );
}

#[test]
fn lines_of_comments_stay_narrow() {
    let files = files("", ".rs");
    let wide = files.iter().flat_map(wide_comments);
    assert_none("break the line, or say less", &wide.collect::<Vec<_>>());
}

#[test]
fn a_wide_comment_is_recognized() {
    let (narrow, wide) = ("é".repeat(97), "é".repeat(98));
    let text = format!("// {narrow}\n/// {wide}\nlet url = \"{wide}{wide}\";\ncode(); // {wide}\n");
    let file = File { path: "a.rs".to_owned(), text };
    let lines: Vec<_> = wide_comments(&file).collect();
    assert_eq!(lines, ["a.rs:2: 102 columns", "a.rs:4: 109 columns"]);
}

/// Lines that are comments or end in one. `://` is an address.
fn wide_comments(file: &File) -> impl Iterator<Item = String> {
    let lines = file.text.lines().enumerate().map(|(place, line)| (place + 1, line));
    let comments = lines.filter(|(_, line)| is_comment(line) || line.contains(" // "));
    let widths = comments.map(|(number, line)| (number, line.chars().count()));
    let wide = widths.filter(|(_, width)| WIDEST_COMMENT < *width);
    wide.map(|(number, width)| format!("{}:{number}: {width} columns", file.path))
}

fn length(file: &File) -> usize {
    file.text.lines().count()
}

fn long_functions(file: &File) -> Vec<String> {
    let lines: Vec<_> = file.text.lines().collect();
    let mut breaches = Vec::new();
    for (start, line) in lines.iter().enumerate().filter(|(_, line)| begins_function(line)) {
        let indent = line.strip_suffix(line.trim_start()).unwrap();
        let (body, declaration) = (format!("{indent}}}"), format!("{indent})"));
        // A method that a trait declares over many lines has no body.
        let ends =
            |line: &str| line == body || line.starts_with(&declaration) && line.ends_with(';');
        let length = lines.iter().skip(start).position(|line| ends(line)).map_or(1, |end| end + 1);
        if LONGEST_FUNCTION < length && !line.trim_end().ends_with(';') {
            breaches.push(format!("{}:{}: {length} lines", file.path, start + 1));
        }
    }
    breaches
}

fn begins_function(line: &str) -> bool {
    let mut words = words(line.trim_start());
    let qualifiers = ["pub", "crate", "super", "const", "async", "unsafe", "extern", ""];
    let ends = ["}", "$body"].iter().any(|end| line.trim_end().ends_with(end));
    !is_comment(line) && !ends && words.find(|word| !qualifiers.contains(word)) == Some("fn")
}
