//! What brama cannot express exactly, with its line.

use std::fmt;

use crate::{finding::Location, node::SourcePlace, source::Source};

/// Something in a file of another circuit breaker that brama cannot express exactly.
///
/// `Display` writes it with its line:
///
/// ```text
/// note: `initialState` is METRICS_ONLY, written as `shadow = true`: brama decides and counts, …
///   --> application.yml:7:23
///    |
///  7 |         initialState: METRICS_ONLY
///    |                       ^^^^^^^^^^^^
///    = key: resilience4j.circuitbreaker.instances.stock.initialState
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportNote {
    location: Location,
    key: String,
    name: String,
    value: Option<String>,
    replacement: Option<String>,
    reason: String,
}

/// A note, before its line is looked up.
#[derive(Debug, Clone)]
pub(super) struct RawNote {
    pub(super) place: SourcePlace,
    pub(super) key: String,
    /// The last part of the key, as messages show it.
    pub(super) name: String,
    pub(super) value: Option<String>,
    pub(super) replacement: Option<String>,
    pub(super) reason: String,
}

impl RawNote {
    /// A note about the whole file.
    pub(super) const fn of_file(reason: String) -> Self {
        Self {
            place: SourcePlace::Whole,
            key: String::new(),
            name: String::new(),
            value: None,
            replacement: None,
            reason,
        }
    }
}

/// In bytes, of a key or a value.
pub(super) const MAX_SHOWN: usize = 64;

impl ImportNote {
    pub(super) fn new(raw: RawNote, source: &Source) -> Self {
        let RawNote { place, key, name, value, replacement, reason } = raw;
        Self { location: Location::of(&place, source), key, name, value, replacement, reason }
    }

    /// Returns the place in the file. It has no line if a default of the other library is meant.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.location
    }

    /// Returns the key in the file, such as
    /// `resilience4j.circuitbreaker.instances.stock.recordExceptions`; `None` if a default of the
    /// other library is meant.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.key.as_str()).filter(|key| !key.is_empty())
    }

    /// Returns the value in the file, escaped, and cut if it is long; `None` if it is no single
    /// value.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Returns what the configuration has in its place, such as `minimum_calls = 10`; `None` if it
    /// has nothing.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        self.replacement.as_deref()
    }

    /// Returns why it differs, and what to do.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Writes the first line without its kind.
    fn write_message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, replacement, reason, .. } = self;
        if name.is_empty() {
            return f.write_str(reason);
        }
        write!(f, "`{name}`")?;
        if let Some(value) = value {
            write!(f, " is {},", if value.is_empty() { "empty" } else { value })?;
        }
        match (value, replacement) {
            (Some(_), Some(replacement)) => write!(f, " written as `{replacement}`: {reason}"),
            (None, Some(replacement)) => write!(f, " is written as `{replacement}`: {reason}"),
            (Some(_), None) => write!(f, " not written: {reason}"),
            (None, None) => write!(f, " is not written: {reason}"),
        }
    }
}

impl fmt::Display for ImportNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let margin = self.location.line().map_or(1, |line| line.ilog10() as usize + 1) + 1;
        f.write_str("note: ")?;
        self.write_message(f)?;
        writeln!(f)?;
        self.location.write_excerpt(f, margin)?;
        match self.key() {
            Some(key) => writeln!(f, "{:margin$} = key: {key}", ""),
            None => Ok(()),
        }
    }
}
