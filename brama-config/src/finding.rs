//! A mistake or a warning with its line, as people and programs read it.

use std::{fmt, iter};

use brama_runtime::api::{
    __private::{ConfigProblem, without_passwords},
    text::Escaped,
};

use crate::{
    json_help::in_json,
    node::SourcePlace,
    raw_finding::{RawFinding, RawFindings},
    source::{Source, SourceLine},
};

/// A mistake in a file, or a warning about it.
///
/// `Display` writes it with its line and a caret under the value, without colours:
///
/// ```text
/// error: `expiry` is 30, must be a duration such as "30s", or { initial, max, factor }
///   --> brama.toml:3:10
///    |
///  3 | expiry = 30
///    |          ^^
///    = key: breakers.payment_api.expiry
///    = help: write `expiry = "30s"`, with its unit
/// ```
///
/// `Serialize` writes `severity` (`error` or `warning`), `message`, `key`, `help`, `file`,
/// `variable`, `line`, `column` and `notes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    is_warning: bool,
    message: String,
    key: String,
    location: Location,
    help: Option<String>,
    notes: Vec<FindingNote>,
}

/// Another place that belongs to a [`Finding`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingNote {
    message: String,
    location: Location,
}

/// The place of a [`Finding`]: in a file, or an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    origin: Origin,
    line: Option<SourceLine>,
}

/// A file or a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    File(String),
    Variable { name: String, value: String },
}

impl Finding {
    pub(crate) fn error(mistake: RawFinding, source: &Source) -> Self {
        let RawFinding { place, path, message, help, notes } = mistake;
        let note =
            |(place, message)| FindingNote { message, location: Location::of(&place, source) };
        let notes = notes.into_iter().map(note).collect();
        let location = Location::of(&place, source);
        let is_json = matches!(place, SourcePlace::Bytes(..)) && source.is_json();
        let help = help.map(|help| if is_json { in_json(&help) } else { help });
        Self { is_warning: false, message, key: path, location, help, notes }
    }

    pub(crate) fn warning(mistake: RawFinding, source: &Source) -> Self {
        Self { is_warning: true, ..Self::error(mistake, source) }
    }

    /// The warnings with their lines. If some are omitted, the last one says how many.
    pub(crate) fn warnings(mistakes: RawFindings, source: &Source) -> Vec<Self> {
        let (kept, omitted) = mistakes.into_parts();
        let more = (0 < omitted).then(|| {
            RawFinding::new(
                SourcePlace::Whole,
                String::new(),
                format!("there are {omitted} more warnings"),
            )
        });
        kept.into_iter().chain(more).map(|it| Self::warning(it, source)).collect()
    }

    /// Returns whether it is a warning: the configuration is valid.
    #[must_use]
    pub const fn is_warning(&self) -> bool {
        self.is_warning
    }

    /// Returns what is wrong, with the value and the limit, on one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the key, such as `breakers.payment_api.failure_rate`; `None` if there is none, as
    /// for mistakes in the syntax.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        Some(self.key.as_str()).filter(|key| !key.is_empty())
    }

    /// Returns the place.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.location
    }

    /// Returns what to do, if it is known.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Returns the other places that belong to it, such as that of the window.
    #[must_use]
    pub fn notes(&self) -> &[FindingNote] {
        &self.notes
    }
}

impl From<&Finding> for ConfigProblem {
    fn from(finding: &Finding) -> Self {
        let Finding { message, location, help, .. } = finding;
        Self {
            message: message.clone(),
            place: Some(location.to_string()),
            key: finding.key().map(str::to_owned),
            help: help.clone(),
        }
    }
}

impl FindingNote {
    /// Returns what is there.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the place.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.location
    }
}

impl Location {
    pub(crate) fn of(place: &SourcePlace, source: &Source) -> Self {
        let variable = source.variable(place).map(|variable| Origin::Variable {
            name: Escaped::within(MAX_VARIABLE, &variable.name).to_string(),
            value: Escaped::within(MAX_VALUE, &without_passwords(&variable.value)).to_string(),
        });
        let origin = variable.unwrap_or_else(|| Origin::File(source.name.clone()));
        Self { origin, line: source.line(place) }
    }

    /// Returns the name of the file, as it was given; `None` for an environment variable.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match &self.origin {
            Origin::File(name) => Some(name),
            Origin::Variable { .. } => None,
        }
    }

    /// Returns the name and the value of the environment variable, escaped and cut; `None` for a
    /// file.
    #[must_use]
    pub fn variable(&self) -> Option<(&str, &str)> {
        match &self.origin {
            Origin::File(_) => None,
            Origin::Variable { name, value } => Some((name, value)),
        }
    }

    /// Returns the number of the line, beginning at 1; `None` if the whole file is meant.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line.as_ref().map(|line| line.number)
    }

    /// Returns the number of the character in the line, beginning at 1.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.line.as_ref().map(|line| line.column)
    }

    /// Returns the line, escaped, and cut around the value if it is long.
    #[must_use]
    pub fn source_line(&self) -> Option<&str> {
        self.line.as_ref().map(|line| line.text.as_str())
    }

    /// Returns the number of characters of [`source_line`](Self::source_line) before the value, and
    /// those of the value itself.
    #[must_use]
    pub fn caret(&self) -> Option<(usize, usize)> {
        self.line.as_ref().map(|line| line.caret)
    }

    /// Writes the line with a caret under the value.
    pub(crate) fn write_excerpt(&self, f: &mut fmt::Formatter<'_>, margin: usize) -> fmt::Result {
        writeln!(f, "{:margin$}--> {self}", "")?;
        let Some(SourceLine { number, text, caret: (before, width), .. }) = &self.line else {
            return Ok(());
        };
        writeln!(f, "{:margin$} |", "")?;
        writeln!(f, "{number:>margin$} | {text}")?;
        writeln!(f, "{:margin$} | {:before$}{:^<width$}", "", "", "")
    }
}

/// In bytes, as shown.
const MAX_VARIABLE: usize = 256;
const MAX_VALUE: usize = 64;

/// Writes `brama.toml:3:16`, or `environment variable BRAMA__DEFAULTS__EXPIRY="30"`.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::File(name) => f.write_str(name)?,
            Origin::Variable { name, value } => {
                return write!(f, "environment variable {name}=\"{value}\"");
            }
        }
        match &self.line {
            Some(line) => write!(f, ":{}:{}", line.number, line.column),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, location, notes, .. } = self;
        let lines = notes.iter().map(|note| note.location.line()).chain([location.line()]);
        let margin = lines.flatten().max().map_or(1, |line| line.ilog10() as usize + 1) + 1;
        let kind = if self.is_warning { "warning" } else { "error" };
        writeln!(f, "{kind}: {message}")?;
        location.write_excerpt(f, margin)?;
        let (key, help) = (self.key().map(|it| ("key", it)), self.help().map(|it| ("help", it)));
        for (name, text) in iter::empty().chain(key).chain(help) {
            writeln!(f, "{:margin$} = {name}: {text}", "")?;
        }
        for FindingNote { message, location } in notes {
            writeln!(f, "{:margin$} = note: {message}", "")?;
            location.write_excerpt(f, margin)?;
        }
        Ok(())
    }
}
