//! What an import could not say exactly.

use std::fmt;

use crate::{finding::Location, node::SourcePlace, source::Source};

/// Something in a file of another circuit breaker that brama cannot say exactly.
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
pub struct Unsaid {
    location: Location,
    path: String,
    name: String,
    was: Option<String>,
    instead: Option<String>,
    why: String,
}

/// What could not be said, before its line is looked up.
#[derive(Debug, Clone)]
pub(super) struct RawUnsaid {
    pub(super) place: SourcePlace,
    pub(super) path: String,
    /// The last part of the path, as messages show it.
    pub(super) name: String,
    pub(super) was: Option<String>,
    pub(super) instead: Option<String>,
    pub(super) why: String,
}

/// In bytes, of a key or a value.
pub(super) const MAX_SHOWN: usize = 64;

impl Unsaid {
    pub(super) fn new(raw: RawUnsaid, source: &Source) -> Self {
        let RawUnsaid { place, path, name, was, instead, why } = raw;
        Self { location: Location::of(&place, source), path, name, was, instead, why }
    }

    /// Returns the place in the file. It has no line if a default of the other library is meant.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.location
    }

    /// Returns the path of the key in the file, such as
    /// `resilience4j.circuitbreaker.instances.stock.recordExceptions`; `None` if a default of the
    /// other library is meant.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        Some(self.path.as_str()).filter(|path| !path.is_empty())
    }

    /// Returns the value in the file, escaped, and cut if it is long; `None` if it is no single
    /// value.
    #[must_use]
    pub fn was(&self) -> Option<&str> {
        self.was.as_deref()
    }

    /// Returns what stands in the configuration instead, such as `minimum_calls = 10`; `None` if
    /// nothing does.
    #[must_use]
    pub fn instead(&self) -> Option<&str> {
        self.instead.as_deref()
    }

    /// Returns why, and what to do.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// Writes the first line without its kind.
    fn write_message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, was, instead, why, .. } = self;
        if name.is_empty() {
            return f.write_str(why);
        }
        write!(f, "`{name}`")?;
        if let Some(was) = was {
            write!(f, " is {},", if was.is_empty() { "empty" } else { was })?;
        }
        match (was, instead) {
            (Some(_), Some(instead)) => write!(f, " written as `{instead}`: {why}"),
            (None, Some(instead)) => write!(f, " is written as `{instead}`: {why}"),
            (Some(_), None) => write!(f, " not written: {why}"),
            (None, None) => write!(f, " is not written: {why}"),
        }
    }
}

impl fmt::Display for Unsaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let margin = self.location.line().map_or(1, |line| line.ilog10() as usize + 1) + 1;
        f.write_str("note: ")?;
        self.write_message(f)?;
        writeln!(f)?;
        self.location.write_excerpt(f, margin)?;
        match self.path() {
            Some(path) => writeln!(f, "{:margin$} = key: {path}", ""),
            None => Ok(()),
        }
    }
}
