//! The errors of TOML's syntax, one for each line at most.

use std::{collections::HashSet, ops::Range};

use brama_runtime::api::text::Escaped;
use toml::de::Error;

use crate::{
    node::SourcePlace,
    raw_finding::{RawFinding, RawFindings},
    repeated::RepeatedKeys,
    syntax_help::{help, plain},
    toml_repair::{RepairedText, Repairs, open_value},
};

/// What is known of the syntax of a file after some passes over it.
#[derive(Debug, Default)]
pub(crate) struct TomlSyntax {
    pub(crate) repairs: Repairs,
    /// The first bytes of the lines on which an error is reported.
    reported: HashSet<usize>,
}

impl TomlSyntax {
    /// Reports the errors on other lines than before. Returns whether more lines are repaired, so
    /// that another pass may find more.
    pub(crate) fn report(
        &mut self,
        text: &str,
        repaired: &RepairedText<'_>,
        errors: Vec<Error>,
        mistakes: &mut RawFindings,
    ) -> bool {
        let errors = errors.into_iter().map(|error| (error.span().unwrap_or_default(), error));
        let mut errors: Vec<_> = errors.collect();
        // The parser reports values, which it reads last, after keys and headers.
        errors.sort_by_key(|(span, _)| span.start);
        let is_unclosed = errors.iter().any(|(_, error)| is_unclosed(error.message()));
        let first = errors.iter().find(|(_, error)| is_structural(error.message()));
        if let Some((span, _)) = first.filter(|_| is_unclosed)
            && self.close(text, repaired, span.start, mistakes)
        {
            return true;
        }
        let (repeated, mut has_more) = (RepeatedKeys::new(&repaired.text), false);
        // The line of the error before: its first byte, its text, and whether it is repaired.
        let (mut first, mut line, mut is_repaired) = (0, "", false);
        for (span, error) in errors {
            let (start, end) = repaired.bytes(span.clone());
            let is_structural = is_structural(error.message());
            if first + line.len() <= start {
                (first, line) = line_at(text, start);
                is_repaired = false;
            }
            if is_structural && !is_repaired {
                is_repaired = true;
                has_more |= self.repairs.add(first, line);
            }
            // What follows on the line of an error is seldom one of its own.
            if self.reported.insert(first) {
                mistakes.add_syntax(start..end, || match error.message() {
                    DUPLICATE => {
                        let first = repeated.first(span);
                        duplicate(text, line, start..end, first.map(|it| repaired.moved(it)))
                    }
                    message => not_toml(text, line, start..end, message),
                });
            }
        }
        has_more
    }

    /// Ends the array or the inline table that is open at an error, and reports it alone: the lines
    /// that follow were read as parts of it. Returns whether there is one.
    fn close(
        &mut self,
        text: &str,
        repaired: &RepairedText<'_>,
        error: usize,
        mistakes: &mut RawFindings,
    ) -> bool {
        let Some((end, ends)) = open_value(&repaired.text, error) else { return false };
        let (_, end) = repaired.bytes(end..end);
        let (first, line) = line_at(text, end);
        let Some(expected) = ends.first().copied() else { return false };
        let space = if expected == "}" { " " } else { "" };
        let line = format!("{}{space}{}", line.trim(), ends.concat());
        if !self.repairs.close(first, ends) {
            return false;
        }
        if self.reported.insert(first) {
            mistakes.add_syntax(end..end, || {
                let kind = if expected == "]" { "array" } else { "inline table" };
                let message = format!("this is not TOML: unclosed {kind}, expected `{expected}`");
                let mistake = RawFinding::new(SourcePlace::from(end..end), String::new(), message);
                mistake.help(format!("write `{}`", Escaped::within(2 * MAX_SHOWN, &line)))
            });
        }
        true
    }
}

/// The line of a place, with its first byte.
fn line_at(text: &str, place: usize) -> (usize, &str) {
    let before = text.get(..place).unwrap_or(text);
    let first = before.rfind('\n').map_or(0, |end| end + 1);
    let rest = text.get(first..).unwrap_or_default();
    (first, rest.split_inclusive('\n').next().unwrap_or_default())
}

/// Whether the end of an array or of an inline table is missing.
fn is_unclosed(message: &str) -> bool {
    ["unclosed array, ", "unclosed inline table"].iter().any(|it| message.starts_with(it))
}

/// Whether the parser gives up more than a value.
fn is_structural(message: &str) -> bool {
    const BEGINNINGS: [&str; 7] = [
        "extra ",
        "invalid key-value pair",
        "invalid unquoted key",
        "key with no value",
        "missing ",
        "unclosed ",
        "unexpected ",
    ];
    BEGINNINGS.iter().any(|beginning| message.starts_with(beginning))
}

fn not_toml(text: &str, line: &str, found: Range<usize>, message: &str) -> RawFinding {
    let help = help(message, line, text.get(found.clone()).unwrap_or_default());
    let message = format!("this is not TOML: {}", plain(message));
    RawFinding::new(SourcePlace::from(found), String::new(), message).maybe_help(help)
}

fn duplicate(text: &str, line: &str, key: Range<usize>, first: Option<SourcePlace>) -> RawFinding {
    let name = Escaped::within(MAX_SHOWN, text.get(key.clone()).unwrap_or_default());
    let path = key_path(text, key.clone()).unwrap_or_default();
    let path = Escaped::within(2 * MAX_SHOWN, &path).to_string();
    let place = SourcePlace::from(key);
    if line.trim_start().starts_with("[[") {
        let message = format!("`{name}` is a list here, and a table above");
        return RawFinding::new(place, path, message).help("write it with one bracket: `[…]`");
    }
    let mistake = RawFinding::new(place, path, format!("`{name}` is given twice"));
    let mistake = mistake.help("remove one of the two, or merge their tables");
    match first {
        Some(first) => mistake.note(first, "the first one is here"),
        None => mistake,
    }
}

/// In bytes, of a key.
const MAX_SHOWN: usize = 64;

/// The path of a key as it is written, unless it is one of an inline table.
fn key_path(text: &str, key: Range<usize>) -> Option<String> {
    let (first, line) = line_at(text, key.start);
    let written = line.get(..key.end.checked_sub(first)?)?.trim_start();
    if let Some(names) = written.strip_prefix('[') {
        return Some(names.trim_start_matches('[').to_owned());
    }
    if written.contains(['{', '=']) {
        return None;
    }
    let mut above = text.get(..first)?.lines().rev();
    let Some(header) = above.find(|line| line.trim_start().starts_with('[')) else {
        return Some(written.to_owned());
    };
    let header = header.trim_start().trim_start_matches('[').split(']').next()?;
    Some(format!("{header}.{written}"))
}

const DUPLICATE: &str = "duplicate key";
