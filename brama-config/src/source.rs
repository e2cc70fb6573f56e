//! The source of a configuration: the text of a file, with the environment variables over it.

use std::fmt;

use brama_runtime::api::{__private::without_passwords, text::Escaped};

use crate::node::SourcePlace;

/// The text of a file and the variables that override it, which may have passwords.
#[derive(Default)]
pub(crate) struct Source {
    /// As messages show it.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) variables: Vec<Variable>,
    /// The first byte of each line.
    lines: Vec<usize>,
}

/// An environment variable, whose value may have a password.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Variable({})", self.name)
    }
}

/// A line of the file, as messages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceLine {
    /// The first one is 1.
    pub(crate) number: usize,
    /// In characters of the file; the first one is 1.
    pub(crate) column: usize,
    /// Cut and escaped.
    pub(crate) text: String,
    /// The characters of the text before the caret, and those under it.
    pub(crate) caret: (usize, usize),
}

impl Source {
    pub(crate) fn new(name: &str, text: String, variables: Vec<Variable>) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(end, _)| end + 1)).collect();
        Self { name: Escaped::within(MAX_NAME, name).to_string(), text, variables, lines }
    }

    /// Whether the text is JSON: no TOML begins with a brace.
    pub(crate) fn is_json(&self) -> bool {
        self.text.trim_start().starts_with('{')
    }

    /// The line of a place in the file.
    pub(crate) fn line(&self, place: &SourcePlace) -> Option<SourceLine> {
        let SourcePlace::Bytes(start, end) = *place else { return None };
        let (start, end) = (self.boundary(start), self.boundary(end));
        let number = self.lines.partition_point(|first| *first <= start);
        let first = *self.lines.get(number.checked_sub(1)?)?;
        let before = self.text.get(first..start)?;
        let rest = self.text.get(start..)?.lines().next().unwrap_or_default();
        let under = rest.get(..end.saturating_sub(start)).unwrap_or(rest);
        let after = rest.get(under.len()..).unwrap_or_default();
        let [before_it, under, after] = [before, under, after].map(without_passwords);
        let (text, caret) = excerpt(&before_it, &under, &after);
        Some(SourceLine { number, column: before.chars().count() + 1, text, caret })
    }

    /// The largest boundary of characters up to `offset`.
    fn boundary(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        (0..=offset).rev().find(|offset| self.text.is_char_boundary(*offset)).unwrap_or(0)
    }

    pub(crate) fn variable(&self, place: &SourcePlace) -> Option<&Variable> {
        let SourcePlace::Variable(number) = place else { return None };
        self.variables.get(*number)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

/// In bytes, of the name of a file as shown.
const MAX_NAME: usize = 512;

/// In characters of the file.
const MOST_BEFORE: usize = 60;
const MOST_UNDER: usize = 48;
const MOST_AFTER: usize = 24;

/// A line, cut around what is under the caret, with the columns of the caret.
fn excerpt(before: &str, under: &str, after: &str) -> (String, (usize, usize)) {
    let cut = before.char_indices().rev().nth(MOST_BEFORE - 1).map_or(0, |(start, _)| start);
    let shown_before = before.get(cut..).unwrap_or_default();
    let mut text = if cut == 0 { String::new() } else { "…".to_owned() };
    text.extend(shown_before.chars().map(escaped_character));
    let start = text.chars().count();
    push_cut(&mut text, under, MOST_UNDER);
    let width = text.chars().count() - start;
    push_cut(&mut text, after, MOST_AFTER);
    (text.trim_end().to_owned(), (start, width.max(1)))
}

/// Adds a text, cut to `most` characters.
fn push_cut(line: &mut String, text: &str, most: usize) {
    let mut characters = text.chars();
    line.extend(characters.by_ref().take(most).map(escaped_character));
    if characters.next().is_some() && !line.ends_with('…') {
        line.push('…');
    }
}

/// A character as it is shown. A tab is a space, so that the caret stands where it should.
fn escaped_character(character: char) -> String {
    if character == '\t' {
        return " ".to_owned();
    }
    let mut buffer = [0; 4];
    Escaped::within(MAX_CHARACTER, character.encode_utf8(&mut buffer)).to_string()
}

/// In bytes, of a character that is escaped.
const MAX_CHARACTER: usize = 12;
