//! Lines of TOML that are repaired, so that the parser reads on behind them.
//!
//! The parser gives up the rest of a file at a key without a value, and the next lines at a header
//! that is not closed. A line is mended if it is clear what was meant, and blanked if that does not
//! help.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use crate::node::SourcePlace;

/// The lines to repair, by their first byte.
#[derive(Debug, Default)]
pub(crate) struct Repairs(BTreeMap<usize, LineRepair>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum LineRepair {
    Mend,
    Blank,
    /// Adds these brackets.
    Close(Vec<&'static str>),
}

/// A text with repaired lines.
#[derive(Debug)]
pub(crate) struct RepairedText<'a> {
    pub(crate) text: Cow<'a, str>,
    /// The places of the letters that were added, in this text.
    added: Vec<usize>,
    /// Whether a header is blanked, and with it the settings of its table.
    pub(crate) lacks_table: bool,
}

impl Repairs {
    /// Repairs a line, in another way if it was repaired before. Returns whether there is one.
    pub(crate) fn add(&mut self, start: usize, line: &str) -> bool {
        // The lines around it belong to it, and would make no sense alone.
        if !is_header(line) && is_part_of_more(line) {
            return false;
        }
        let repair = match self.0.get(&start) {
            None if mended(line).is_some() => LineRepair::Mend,
            None | Some(LineRepair::Mend) => LineRepair::Blank,
            Some(LineRepair::Blank | LineRepair::Close(_)) => return false,
        };
        self.0.insert(start, repair);
        true
    }

    /// Adds brackets to the end of a line. Returns whether that was not done before.
    pub(crate) fn close(&mut self, start: usize, ends: Vec<&'static str>) -> bool {
        let is_new = !self.0.contains_key(&start);
        if is_new {
            self.0.insert(start, LineRepair::Close(ends));
        }
        is_new
    }

    /// The text with these repairs.
    pub(crate) fn applied<'a>(&self, text: &'a str) -> RepairedText<'a> {
        let mut repaired =
            RepairedText { text: text.into(), added: Vec::new(), lacks_table: false };
        if self.0.is_empty() {
            return repaired;
        }
        let (mut new, mut start, mut is_lost) = (String::new(), 0, false);
        for line in text.split_inclusive('\n') {
            let repair = self.0.get(&start);
            if is_header(line) {
                is_lost = repair == Some(&LineRepair::Blank);
                repaired.lacks_table |= is_lost;
            }
            let parts = match repair {
                Some(LineRepair::Mend) => mended(line),
                Some(LineRepair::Close(ends)) => closed(line, ends),
                Some(LineRepair::Blank) | None => None,
            };
            match parts {
                Some(parts) => repaired.mend(&mut new, &parts),
                None if is_lost || repair.is_some() => new.extend(line.bytes().map(blank)),
                None => new.push_str(line),
            }
            start += line.len();
        }
        RepairedText { text: new.into(), ..repaired }
    }
}

impl RepairedText<'_> {
    /// The place in the file of a part of this text.
    pub(crate) fn place(&self, range: Range<usize>) -> SourcePlace {
        let (start, end) = self.bytes(range);
        SourcePlace::Bytes(start, end)
    }

    /// The place in the file of a place in this text.
    pub(crate) fn moved(&self, place: SourcePlace) -> SourcePlace {
        match place {
            SourcePlace::Bytes(start, end) => self.place(start..end),
            SourcePlace::Whole | SourcePlace::Variable(_) => place,
        }
    }

    /// The bytes of the file: from, to.
    pub(crate) fn bytes(&self, range: Range<usize>) -> (usize, usize) {
        let moved = |place: usize| place - self.added.partition_point(|added| *added < place);
        (moved(range.start), moved(range.end))
    }

    fn mend(&mut self, new: &mut String, parts: &[LinePart<'_>]) {
        for part in parts {
            match part {
                LinePart::Kept(text) => new.push_str(text),
                LinePart::Equals => new.push('='),
                LinePart::Added(text) => {
                    self.added.extend(new.len()..new.len() + text.len());
                    new.push_str(text);
                }
            }
        }
    }
}

/// A byte of a line that is blanked, so that the length of the text stays.
const fn blank(byte: u8) -> char {
    if byte == b'\n' || byte == b'\r' { byte as char } else { ' ' }
}

fn is_header(line: &str) -> bool {
    line.trim_start().starts_with('[')
}

/// Whether a value begins or ends on the line that has others on lines around it.
fn is_part_of_more(line: &str) -> bool {
    let count = |signs: [char; 2]| line.matches(signs).count();
    line.contains("\"\"\"") || line.contains("'''") || count(['[', '{']) != count([']', '}'])
}

/// A part of a mended line.
#[derive(Debug, Clone, Copy)]
enum LinePart<'a> {
    Kept(&'a str),
    Added(&'static str),
    /// In place of a colon.
    Equals,
}

/// The line as it should be, without its end.
pub(crate) fn mended_line(line: &str) -> Option<String> {
    let parts = mended(line)?;
    let parts = parts.iter().map(|part| match part {
        LinePart::Kept(text) => text,
        LinePart::Added(text) => *text,
        LinePart::Equals => " =",
    });
    Some(parts.collect::<String>().trim().to_owned())
}

fn mended(line: &str) -> Option<Vec<LinePart<'_>>> {
    if is_header(line) { mended_header(line) } else { mended_setting(line) }
}

/// The end of the last line before a place on which an array or an inline table is open, and the
/// brackets that are missing there, from the innermost on.
pub(crate) fn open_value(text: &str, place: usize) -> Option<(usize, Vec<&'static str>)> {
    let (mut open, mut start, mut end) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        // The error is on this line. It may be the one that opens the value.
        let is_last = place < start + line.len();
        if is_last && !open.is_empty() {
            break;
        }
        if !open.is_empty() || !is_header(line) {
            count_brackets(line, &mut open);
        }
        if !line.trim().is_empty() {
            end = start + line.trim_end().len();
        }
        start += line.len();
        if is_last {
            break;
        }
    }
    open.reverse();
    (!open.is_empty() && open.len() <= MOST_ADDED).then_some((end, open))
}

/// More are no slip.
const MOST_ADDED: usize = 8;

/// Adds the ends of the values that begin on a line, and removes those that end there.
fn count_brackets(line: &str, open: &mut Vec<&'static str>) {
    let mut quote = None;
    for letter in line.chars() {
        match letter {
            _ if quote == Some(letter) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' => quote = Some(letter),
            '#' => return,
            '{' => open.push("}"),
            '[' => open.push("]"),
            '}' | ']' => drop(open.pop()),
            _ => {}
        }
    }
}

/// A line with brackets at its end, before a comment.
fn closed<'a>(line: &'a str, ends: &[&'static str]) -> Option<Vec<LinePart<'a>>> {
    let code = line.split('#').next().unwrap_or(line).trim_end();
    let (code, rest) = line.split_at_checked(code.len())?;
    let ends = ends.iter().copied().map(LinePart::Added);
    let parts = [LinePart::Kept(code)].into_iter().chain(ends).chain([LinePart::Kept(rest)]);
    Some(parts.collect())
}

/// `key: value` with an equals sign.
fn mended_setting(line: &str) -> Option<Vec<LinePart<'_>>> {
    let (key, value) = line.split_once(':')?;
    let is_key = !key.trim().is_empty() && !key.contains(['=', '#']) && !value.trim().is_empty();
    is_key.then(|| vec![LinePart::Kept(key), LinePart::Equals, LinePart::Kept(value)])
}

/// A header with its bracket, and with quotes around names that need them.
fn mended_header(line: &str) -> Option<Vec<LinePart<'_>>> {
    let open = line.len() - line.trim_start_matches([' ', '\t', '[']).len();
    let (opening, rest) = line.split_at_checked(open)?;
    let end = rest.find([']', '#', '\n', '\r']).unwrap_or(rest.len());
    let (names, after) = rest.split_at_checked(rest.get(..end)?.trim_end().len())?;
    let mut parts = vec![LinePart::Kept(opening)];
    for (index, name) in names.split('.').enumerate() {
        if index != 0 {
            parts.push(LinePart::Kept("."));
        }
        parts.extend(quoted(name)?);
    }
    if !after.trim_start().starts_with(']') {
        parts.push(LinePart::Added(if opening.trim_start() == "[[" { "]]" } else { "]" }));
    }
    parts.push(LinePart::Kept(after));
    let is_changed = parts.iter().any(|part| matches!(part, LinePart::Added(_)));
    is_changed.then_some(parts)
}

/// A name of a header, in quotes if it needs them and has none.
fn quoted(name: &str) -> Option<Vec<LinePart<'_>>> {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    let core = name.trim();
    if core.is_empty() || core.contains('\\') || core.contains(char::is_control) {
        return None;
    }
    if core.chars().all(is_bare) || core.contains(['"', '\'']) {
        return Some(vec![LinePart::Kept(name)]);
    }
    let (before, rest) = name.split_at_checked(name.len() - name.trim_start().len())?;
    let (core, after) = rest.split_at_checked(core.len())?;
    let (before, core, after) =
        (LinePart::Kept(before), LinePart::Kept(core), LinePart::Kept(after));
    Some(vec![before, LinePart::Added("\""), core, LinePart::Added("\""), after])
}
