//! Java properties as keys and values with places.

use crate::node::{Node, NodeValue, SourcePlace, TableEntry};

/// Reads a file. A line without a separator is a key without a value.
pub(super) fn read(text: &str) -> Vec<TableEntry> {
    let mut properties = Vec::new();
    let mut lines = lines(text).peekable();
    while let Some((start, line)) = lines.next() {
        let line = line.trim_start_matches(BLANK);
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        let (mut whole, mut last) = (line.to_owned(), line);
        // Only the last line is looked at, so that the cost stays linear.
        while is_continued(last) {
            whole.pop();
            last = lines.next().map_or("", |(_, next)| next.trim_start_matches(BLANK));
            whole.push_str(last);
        }
        let start = start
            + text.get(start..).map_or(0, |rest| rest.len() - rest.trim_start_matches(BLANK).len());
        properties.push(property(start, line.len(), &whole));
    }
    properties
}

const BLANK: [char; 3] = [' ', '\t', '\u{c}'];

/// Each line with its first byte, without its end.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let first = start;
        start += line.len();
        (first, line.trim_end_matches(['\n', '\r']))
    })
}

/// Whether the line ends with an odd number of backslashes.
fn is_continued(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// Splits a property. Places are those of its first line.
fn property(start: usize, length: usize, line: &str) -> TableEntry {
    let mut is_escaped = false;
    let end = line.find(|letter: char| {
        let ends = !is_escaped && (BLANK.contains(&letter) || "=:".contains(letter));
        is_escaped = letter == '\\' && !is_escaped;
        ends
    });
    let (key, rest) = line.split_at_checked(end.unwrap_or(line.len())).unwrap_or((line, ""));
    let value = rest.trim_start_matches(BLANK);
    let value = value.strip_prefix(['=', ':']).unwrap_or(value).trim_start_matches(BLANK);
    let first = line.len() - value.len();
    let place = SourcePlace::Bytes(start + first.min(length), start + length.max(first));
    let key_place = SourcePlace::Bytes(start, start + key.len());
    let node = Node { place, value: NodeValue::Text(unescaped(value)) };
    TableEntry { key: unescaped(key), key_place, node }
}

/// The text without backslashes. A wrong code point stays as it is.
fn unescaped(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let code = after.strip_prefix('u').and_then(|it| it.get(..4));
        let letter =
            code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        if let Some(letter) = letter {
            plain.push(letter);
            rest = after.get(5..).unwrap_or_default();
            continue;
        }
        let mut letters = after.chars();
        plain.extend(letters.next().map(|letter| match letter {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\u{c}',
            other => other,
        }));
        rest = letters.as_str();
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let pair = |entry: TableEntry| {
            let NodeValue::Text(value) = entry.node.value else { panic!("{entry:?}") };
            (entry.key, value)
        };
        read(text).into_iter().map(pair).collect()
    }

    #[test]
    fn separators_comments_and_continuations_are_read() {
        let text = "# no\n  ! no\na=1\r\nb : 2\nc 3\nd\n\\u0065\\=f = g\\\n   h\\\\\n";
        let expected = [("a", "1"), ("b", "2"), ("c", "3"), ("d", ""), ("e=f", "gh\\")];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(pairs(text), expected);
    }

    #[test]
    fn places_are_those_of_key_and_value() {
        let text = "\n  a/b = 12\n";
        let entry = read(text).remove(0);
        assert_eq!(entry.key_place, SourcePlace::Bytes(3, 6));
        assert_eq!(entry.node.place, SourcePlace::Bytes(9, 11));
    }
}
