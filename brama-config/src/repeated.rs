//! The first occurrence of a key that TOML's parser has found twice.
//!
//! The parser only says where the second one is, so the text is searched.

use std::ops::Range;

use crate::node::SourcePlace;

/// The place of an earlier key with the same text in the same table, or of the same table.
pub(crate) fn first_occurrence(text: &str, second: Range<usize>) -> Option<SourcePlace> {
    let key = text.get(second.clone())?;
    let before = text.get(..second.start)?;
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let on_line = before.get(line_start..)?;
    if on_line.trim_start().starts_with('[') {
        let header = header(text.get(line_start..)?.lines().next()?)?;
        return lines(before).find_map(|(start, line)| {
            (self::header(line)? == header).then(|| last_key_of_header(line, start, key))?
        });
    }
    if let Some(place) = last_key(on_line, key) {
        return Some(SourcePlace::Bytes(line_start + place, line_start + place + key.len()));
    }
    let earlier: Vec<_> = lines(before.get(..line_start)?).collect();
    let same_table =
        earlier.iter().rev().take_while(|(_, line)| !line.trim_start().starts_with('['));
    let found = same_table.filter(|(_, line)| line.trim_start().starts_with(key));
    found.map(|(start, line)| key_at(line, *start, key)).last()?
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

fn key_at(line: &str, start: usize, key: &str) -> Option<SourcePlace> {
    let place = start + line.find(key)?;
    Some(SourcePlace::Bytes(place, place + key.len()))
}

fn last_key_of_header(line: &str, start: usize, key: &str) -> Option<SourcePlace> {
    let place = start + line.split(']').next()?.rfind(key)?;
    Some(SourcePlace::Bytes(place, place + key.len()))
}

/// The last place on a line at which `key` stands as a key of an inline table.
fn last_key(line: &str, key: &str) -> Option<usize> {
    let keys = line.match_indices(key).filter(|(place, _)| {
        let after = line.get(place + key.len()..).unwrap_or_default();
        let before = line.get(..*place).unwrap_or_default();
        after.trim_start().starts_with(['=', '.']) && before.trim_end().ends_with(['{', ','])
    });
    keys.map(|(place, _)| place).last()
}
