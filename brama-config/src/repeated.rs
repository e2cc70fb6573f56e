//! The first occurrence of a key that TOML's parser has found twice.
//!
//! The parser only says where the second one is, so the text is searched.

use std::{cell::OnceCell, collections::HashMap, ops::Range};

use crate::node::SourcePlace;

/// The text in which keys are searched.
pub(crate) struct RepeatedKeys<'a> {
    text: &'a str,
    /// The first line of each header, by its start. Made once, so that many repeated tables take
    /// one pass.
    headers: OnceCell<HashMap<String, usize>>,
}

impl<'a> RepeatedKeys<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Self { text, headers: OnceCell::new() }
    }

    /// The place of an earlier key with the same text in the same table, or of the same table.
    pub(crate) fn first(&self, second: Range<usize>) -> Option<SourcePlace> {
        let key = self.text.get(second.clone())?;
        let before = self.text.get(..second.start)?;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let on_line = before.get(start..)?;
        if on_line.trim_start().starts_with('[') {
            return self.first_header(key, start);
        }
        if let Some(offset) = last_key(on_line, key) {
            return Some(place_of(start + offset, key));
        }
        let mut found = None;
        for (start, line) in lines_upward(before.get(..start)?) {
            if line.trim_start().starts_with('[') {
                break;
            }
            if line.trim_start().starts_with(key) {
                found = line.find(key).map(|offset| place_of(start + offset, key));
            }
        }
        found
    }

    fn first_header(&self, key: &str, start: usize) -> Option<SourcePlace> {
        let headers = self.headers.get_or_init(|| {
            let mut headers = HashMap::new();
            for (start, line) in lines(self.text) {
                if let Some(header) = header(line) {
                    headers.entry(header).or_insert(start);
                }
            }
            headers
        });
        let line = |start: usize| self.text.get(start..)?.lines().next();
        let first = *headers.get(&header(line(start)?)?).filter(|first| **first < start)?;
        let offset = line(first)?.split(']').next()?.rfind(key)?;
        Some(place_of(first + offset, key))
    }
}

const fn place_of(start: usize, key: &str) -> SourcePlace {
    SourcePlace::Bytes(start, start + key.len())
}

/// The header of a table without spaces: `[breakers.payment_api]`.
fn header(line: &str) -> Option<String> {
    let line = line.trim_start();
    let end = line.find(']').filter(|_| line.starts_with('['))?;
    Some(line.get(..=end)?.split_whitespace().collect())
}

/// The lines of a text, each with its start.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |next, line| {
        let start = *next;
        *next += line.len();
        Some((start, line))
    })
}

/// The lines from the last one up, each with its start.
fn lines_upward(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.rsplit('\n').scan(text.len() + 1, |end, line| {
        *end -= line.len() + 1;
        Some((*end, line))
    })
}

/// The last offset on a line at which `key` is a key of an inline table.
fn last_key(line: &str, key: &str) -> Option<usize> {
    let keys = line.match_indices(key).filter(|(offset, _)| {
        let after = line.get(offset + key.len()..).unwrap_or_default();
        let before = line.get(..*offset).unwrap_or_default();
        after.trim_start().starts_with(['=', '.']) && before.trim_end().ends_with(['{', ','])
    });
    keys.map(|(offset, _)| offset).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place of the first `a`, of which the last one in the text is the second.
    fn first(text: &str) -> Option<usize> {
        let second = text.rfind('a').unwrap();
        let place = RepeatedKeys::new(text).first(second..second + 1)?;
        let SourcePlace::Bytes(start, _) = place else { return None };
        Some(start)
    }

    #[test]
    fn the_first_key_is_found_in_its_table() {
        assert_eq!(first("a = 1\nb = 2\n a = 3"), Some(0));
        assert_eq!(first("a = 1\n[t]\n a = 2\nb = 3\na = 4"), Some(11));
        assert_eq!(first("t = { a = 1, a = 2 }"), Some(6));
    }

    #[test]
    fn the_first_header_is_found() {
        assert_eq!(first("[b.a]\n[ b . b ]\n[ b.a ] #\nc = 1"), Some(3));
    }

    #[test]
    fn a_key_that_is_not_found_has_no_place() {
        assert_eq!(first("[t]\n[a]"), None);
        assert_eq!(first("b = 1\na = 2"), None);
    }
}
