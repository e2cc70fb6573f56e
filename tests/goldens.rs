//! Rules for every message of the attribute, checked on the goldens in `tests/ui`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use std::{fs, ops::Range, path::Path};

/// A file with a mistake, and the message of the compiler.
struct Golden {
    name: String,
    source: String,
    message: String,
}

impl Golden {
    fn errors(&self) -> usize {
        self.message.lines().filter(|line| line.starts_with("error")).count()
    }

    /// The lines of source in the message, each with the columns that are underlined.
    fn underlined(&self) -> Vec<(&str, Vec<Range<usize>>)> {
        let lines: Vec<_> = self.message.lines().filter_map(|line| line.split_once('|')).collect();
        let pairs = lines.windows(2).filter(|pair| {
            pair.first().is_some_and(|(number, _)| number.trim().parse::<u32>().is_ok())
        });
        pairs.map(|pair| (pair[0].1, runs(pair[1].1))).collect()
    }
}

/// The columns of carets or dashes.
fn runs(line: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (place, _) in line.char_indices().filter(|(_, sign)| ['^', '-'].contains(sign)) {
        match runs.last_mut() {
            Some(run) if run.end == place => run.end += 1,
            _ => runs.push(place..place + 1),
        }
    }
    runs
}

fn goldens(folder: &str) -> Vec<Golden> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui").join(folder);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let sources = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let golden = |path: std::path::PathBuf| Golden {
        name: path.file_name().unwrap().to_str().unwrap().to_owned(),
        source: fs::read_to_string(&path).unwrap(),
        message: fs::read_to_string(path.with_extension("stderr")).unwrap(),
    };
    sources.map(golden).collect()
}

fn all() -> impl Iterator<Item = Golden> {
    goldens("options").into_iter().chain(goldens("types"))
}

fn assert_none<'g>(promise: &str, breaches: impl Iterator<Item = &'g Golden>) {
    let breaches: Vec<_> = breaches.map(|golden| golden.name.as_str()).collect();
    assert!(breaches.is_empty(), "{promise}: {breaches:?}");
}

/// The files with more than one mistake, and how many.
const SEVERAL: [(&str, usize); 5] = [
    ("several.rs", 3),
    ("comma_missing.rs", 2),
    ("function_and_option.rs", 2),
    ("block_function_mistake.rs", 2),
    ("block_timeout_twice.rs", 2),
];

#[test]
fn one_mistake_is_one_error_of_ours() {
    let goldens = goldens("options");
    assert!(70 < goldens.len());
    let mistakes = |golden: &Golden| {
        SEVERAL.iter().find(|(name, _)| *name == golden.name).map_or(1, |(_, number)| *number)
    };
    assert_none(
        "as many errors as mistakes",
        goldens.iter().filter(|golden| golden.errors() != mistakes(golden)),
    );
    let of_rustc = goldens.iter().filter(|golden| golden.message.contains("error["));
    assert_none("a message of rustc belongs in tests/ui/types", of_rustc);
}

#[test]
fn the_function_survives_every_mistake() {
    let goldens: Vec<_> = all().collect();
    let lost = |golden: &&Golden| {
        ["cannot find function", "no method named `charge`", "not found in `bank`"]
            .iter()
            .any(|text| golden.message.contains(text))
    };
    assert_none("no error at a call of the function", goldens.iter().filter(lost));
}

#[test]
fn no_message_underlines_the_whole_attribute() {
    let goldens: Vec<_> = all().collect();
    let whole = |golden: &&Golden| {
        golden.underlined().iter().any(|(line, runs)| {
            let start = line.find("#[circuit_breaker");
            let name = start.map(|start| start..start + "#[circuit_breaker".len());
            name.is_some_and(|name| {
                runs.iter().any(|run| run.start <= name.start && name.end <= run.end)
            })
        })
    };
    let missing = |golden: &&Golden| golden.message.starts_with("error: missing `identifier`");
    // What rustc reports before the attribute is expanded.
    let of_rustc = |golden: &&Golden| golden.message.starts_with("error[E0658]: custom attributes");
    assert_none(
        "an error points at its token, unless an option is missing",
        goldens.iter().filter(whole).filter(|golden| !missing(golden) && !of_rustc(golden)),
    );
    assert!(goldens.iter().filter(whole).any(|golden| missing(&golden)), "the test sees nothing");
}

#[test]
fn no_suggestion_names_private_items_or_lands_between_tokens() {
    let goldens: Vec<_> = all().collect();
    let numbered =
        |line: &&str| line.trim_start().starts_with(|start: char| start.is_ascii_digit());
    let absurd = |golden: &&Golden| {
        let mut lines = golden.message.lines().filter(numbered);
        lines.any(|line| line.contains("__private") || line.contains("-> let "))
    };
    assert_none("what rustc suggests can be written", goldens.iter().filter(absurd));
}

#[test]
fn every_golden_describes_its_mistake() {
    let goldens: Vec<_> = all().collect();
    let undescribed = |golden: &&Golden| !golden.source.starts_with("//! ");
    assert_none("the first line describes the mistake", goldens.iter().filter(undescribed));
}
