//! A mistake or a warning, before its line is looked up.

use std::{collections::BTreeMap, ops::Range};

use crate::node::SourcePlace;

/// What is wrong where.
#[derive(Debug, Clone)]
pub(crate) struct RawFinding {
    pub(crate) place: SourcePlace,
    /// The path of the key; empty if there is none.
    pub(crate) path: String,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// Other places that belong to it.
    pub(crate) notes: Vec<(SourcePlace, String)>,
}

impl RawFinding {
    pub(crate) const fn new(place: SourcePlace, path: String, message: String) -> Self {
        Self { place, path, message, help: None, notes: Vec::new() }
    }

    /// Adds what to do.
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Adds what to do, if it is known.
    pub(crate) fn maybe_help(self, help: Option<String>) -> Self {
        Self { help: help.or(self.help), ..self }
    }

    /// Adds another place.
    pub(crate) fn note(mut self, place: SourcePlace, text: impl Into<String>) -> Self {
        self.notes.push((place, text.into()));
        self
    }
}

/// The mistakes of a file, of which the first ones are kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawFindings {
    kept: Vec<RawFinding>,
    /// The number of those that are not kept.
    omitted: usize,
    /// Bytes of the file that are not TOML: from, to. What they mean is not known.
    silenced: BTreeMap<usize, usize>,
    /// Whether a table of the file could not be read at all.
    pub(crate) lacks_table: bool,
}

/// More in one file than a person reads. The bound keeps the cost of a hostile file linear.
pub(crate) const MOST_KEPT: usize = 100;

impl RawFindings {
    pub(crate) fn add(&mut self, mistake: RawFinding) {
        self.add_with(|| mistake);
    }

    /// Adds a mistake unless its sentence stands at its place already, as with inherited settings.
    pub(crate) fn add_once(&mut self, mistake: RawFinding) {
        let is_same = |it: &RawFinding| it.place == mistake.place && it.message == mistake.message;
        if !self.kept.iter().any(is_same) {
            self.add(mistake);
        }
    }

    /// Adds a mistake, which is costly to describe.
    pub(crate) fn add_with(&mut self, mistake: impl FnOnce() -> RawFinding) {
        if MOST_KEPT <= self.kept.len() {
            self.omitted += 1;
            return;
        }
        let mistake = mistake();
        if !self.is_silenced(&mistake.place) {
            self.kept.push(mistake);
        }
    }

    /// Adds a mistake in the syntax, and ignores later ones at its place: a value that is not TOML
    /// is not one that was meant.
    pub(crate) fn add_syntax(&mut self, bytes: Range<usize>, mistake: impl FnOnce() -> RawFinding) {
        self.add_with(mistake);
        self.silenced.insert(bytes.start, bytes.end);
    }

    fn is_silenced(&self, place: &SourcePlace) -> bool {
        let SourcePlace::Bytes(start, end) = place else { return false };
        self.silenced.range(..=end).next_back().is_some_and(|(_, silenced)| start <= silenced)
    }

    /// The mistakes at places that have none in `others`.
    pub(crate) fn besides(self, others: &Self) -> Vec<RawFinding> {
        let is_new = |it: &RawFinding| !others.kept.iter().any(|other| other.place == it.place);
        self.kept.into_iter().filter(is_new).collect()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The mistakes that are kept.
    pub(crate) fn kept_mut(&mut self) -> impl Iterator<Item = &mut RawFinding> {
        self.kept.iter_mut()
    }

    /// The mistakes in the order of their places, and the number of those that are not kept.
    pub(crate) fn into_parts(mut self) -> (Vec<RawFinding>, usize) {
        self.kept.sort_by(|one, other| one.place.cmp(&other.place));
        (self.kept, self.omitted)
    }
}
