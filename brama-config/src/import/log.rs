//! What an importer notes while it reads: mistakes, and what brama cannot express exactly.

use std::{collections::BTreeSet, fmt::Display, str::FromStr};

use brama_runtime::api::text::Escaped;

use super::{
    field::{Field, word_of},
    note::{MAX_SHOWN, RawNote},
};
use crate::{
    node::SourcePlace,
    raw_finding::{RawFinding, RawFindings},
    words::nearest,
};

/// The notes of one import.
#[derive(Debug, Default)]
pub(super) struct ImportLog {
    pub(super) mistakes: RawFindings,
    notes: Vec<RawNote>,
    /// Places with their reasons. A table that several breakers inherit is noted once.
    seen: BTreeSet<(SourcePlace, String)>,
    omitted: usize,
    /// The places of mistakes. A table that several breakers inherit is read several times.
    mistaken: BTreeSet<SourcePlace>,
}

/// More in one file than a person reads. The bound keeps the cost of a hostile file linear.
const MOST_NOTES: usize = 500;

impl ImportLog {
    /// Notes a value that is not written.
    pub(super) fn note(&mut self, field: &Field<'_>, reason: impl Into<String>) {
        self.add(field.note(None, reason.into()));
    }

    /// Notes a key that is none of `known`, which are words of the other library.
    pub(super) fn unknown(&mut self, field: &Field<'_>, known: &[&str]) {
        self.unknown_word(field, &field.entry.key, known);
    }

    /// Notes a part of a key that is none of `known`.
    pub(super) fn unknown_word(&mut self, field: &Field<'_>, word: &str, known: &[&str]) {
        let words: Vec<_> = known.iter().map(|word| word_of(word)).collect();
        let similar = nearest(words.iter().map(String::as_str), &word_of(word));
        let similar = similar.and_then(|it| known.iter().find(|word| word_of(word) == it));
        let reason = "this key is not known";
        match similar {
            Some(word) => self.note(field, format!("{reason}; did you mean `{word}`?")),
            None => self.note(field, reason),
        }
    }

    /// Notes what replaces a value.
    pub(super) fn note_replacement(
        &mut self,
        field: &Field<'_>,
        replacement: impl Display,
        reason: impl Into<String>,
    ) {
        self.add(field.note(Some(replacement.to_string()), reason.into()));
    }

    /// Notes what replaces a value, or the default of the other library if there is none.
    pub(super) fn note_replacement_or_default(
        &mut self,
        field: Option<&Field<'_>>,
        replacement: impl Display,
        reason: &str,
    ) {
        match field {
            Some(field) => self.note_replacement(field, replacement, reason),
            None => self.note_general(reason),
        }
    }

    /// Notes a difference that concerns the whole file.
    pub(super) fn note_general(&mut self, reason: impl Into<String>) {
        self.add(RawNote::of_file(reason.into()));
    }

    /// Notes differences that concern the whole file.
    pub(super) fn note_all_general(&mut self, reasons: impl IntoIterator<Item = &'static str>) {
        for reason in reasons {
            self.note_general(reason);
        }
    }

    fn add(&mut self, raw: RawNote) {
        if !self.seen.insert((raw.place.clone(), raw.reason.clone())) {
            return;
        }
        if self.notes.len() < MOST_NOTES {
            self.notes.push(raw);
        } else {
            self.omitted += 1;
        }
    }

    /// Adds a mistake: a value that the other library does not accept either.
    pub(super) fn wrong(&mut self, field: &Field<'_>, must_be: &str) {
        self.mistake(field, || {
            let message =
                format!("`{}` is {}, must be {must_be}", field.name(), field.value_text());
            RawFinding::new(field.entry.node.place.clone(), field.path.clone(), message)
        });
    }

    /// Adds a mistake, unless one stands at its place already.
    pub(super) fn mistake(&mut self, field: &Field<'_>, describe: impl FnOnce() -> RawFinding) {
        if self.mistaken.insert(field.entry.node.place.clone()) {
            self.mistakes.add_with(describe);
        }
    }

    /// Reads a value without structure. A placeholder is replaced by its default.
    pub(super) fn text(&mut self, field: &Field<'_>) -> Option<String> {
        if field.is_null() {
            self.note(field, "it has no value");
            return None;
        }
        let Some(text) = field.scalar() else {
            self.wrong(field, "a single value");
            return None;
        };
        let text = text.trim();
        match placeholder(text) {
            Some((_, Some(default))) => {
                let reason =
                    format!("brama replaces no placeholders, so its default stands; {SET}");
                self.note_replacement(field, Escaped::within(MAX_SHOWN, default), reason);
                Some(default.to_owned())
            }
            Some((_, None)) => {
                self.note(field, format!("brama replaces no placeholders; {SET}"));
                None
            }
            None => Some(text.to_owned()),
        }
    }

    /// Reads a number, which must hold a condition.
    pub(super) fn number<T: FromStr + Copy>(
        &mut self,
        field: &Field<'_>,
        must_be: &str,
        holds: impl FnOnce(T) -> bool,
    ) -> Option<T> {
        let text = self.text(field)?;
        let number = text.parse().ok().filter(|number| holds(*number));
        if number.is_none() {
            self.wrong(field, must_be);
        }
        number
    }

    /// Reads a whole number of at least 1.
    pub(super) fn count(&mut self, field: &Field<'_>) -> Option<u32> {
        self.number(field, "a whole number of at least 1", |count| 1 <= count)
    }

    /// Reads a ratio from 0 to 1 as a percentage.
    pub(super) fn ratio(&mut self, field: &Field<'_>, setting: &str) -> Option<f64> {
        let ratio =
            self.number(field, "a ratio from 0 to 1", |it: f64| (0.0..=1.0).contains(&it))?;
        Some(self.hundredths(field, setting, ratio * 100.0))
    }

    /// A percentage as brama holds it: 0.01 to 100, with two decimals.
    pub(super) fn hundredths(&mut self, field: &Field<'_>, setting: &str, exact: f64) -> f64 {
        let percent = ((exact * 100.0).round() / 100.0).max(0.01);
        if (percent - exact).abs() > 1e-7 {
            let reason = "a percentage is at least 0.01 and has at most two decimals";
            self.note_replacement(field, format_args!("{setting} = {percent}"), reason);
        }
        percent
    }

    /// Reads a truth value.
    pub(super) fn flag(&mut self, field: &Field<'_>) -> Option<bool> {
        let text = self.text(field)?.to_lowercase();
        let flag = match text.as_str() {
            "true" | "on" | "yes" => Some(true),
            "false" | "off" | "no" => Some(false),
            _ => None,
        };
        if flag.is_none() {
            self.wrong(field, "true or false");
        }
        flag
    }

    /// The notes in the order of the file, those about the whole file first.
    pub(super) fn into_notes(self) -> Vec<RawNote> {
        let mut notes = self.notes;
        notes.sort_by(|one, other| one.place.cmp(&other.place));
        if 0 < self.omitted {
            let reason = format!("there are {} more notes, which are not shown", self.omitted);
            notes.push(RawNote::of_file(reason));
        }
        notes
    }
}

const SET: &str = "set the value here, or by an environment variable `BRAMA__…`";

/// The name and the default of a placeholder: `${RATE:50}`.
fn placeholder(text: &str) -> Option<(&str, Option<&str>)> {
    if !text.contains("${") {
        return None;
    }
    let inner = text.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    let inner = inner.filter(|inner| !inner.contains(['{', '}']));
    let Some(inner) = inner else { return Some((text, None)) };
    Some(inner.split_once(':').map_or((inner, None), |(name, default)| (name, Some(default))))
}
