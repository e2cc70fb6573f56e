//! The errors of a file: every mistake in it.

use std::{error::Error, fmt};

use brama_runtime::api::error::{InitError, InvalidConfig};

use crate::{
    finding::Finding,
    node::SourcePlace,
    raw_finding::{RawFinding, RawFindings},
    source::Source,
};

/// A file was rejected. It lists every mistake, at most 100, and nothing was changed.
///
/// `Debug` writes what `Display` writes, because `main` prints an error that it returns with
/// `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigErrors {
    findings: Vec<Finding>,
    omitted: usize,
    name: String,
}

impl ConfigErrors {
    pub(crate) fn new(mistakes: RawFindings, source: &Source) -> Self {
        let (kept, omitted) = mistakes.into_parts();
        let findings = kept.into_iter().map(|it| Finding::error(it, source)).collect();
        Self { findings, omitted, name: source.name.clone() }
    }

    /// The error of a file that cannot be read at all.
    pub(crate) fn unreadable(name: &str, message: String, help: Option<&str>) -> Self {
        let mut mistakes = RawFindings::default();
        let mistake = RawFinding::new(SourcePlace::Whole, String::new(), message);
        mistakes.add(mistake.maybe_help(help.map(str::to_owned)));
        Self::new(mistakes, &Source::new(name, String::new(), Vec::new()))
    }

    /// Returns the mistakes in the order of the file, then those of environment variables. There is
    /// at least one, and there are at most 100.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns how many more mistakes there are; 0 for nearly every file.
    #[must_use]
    pub const fn omitted(&self) -> usize {
        self.omitted
    }
}

/// Writes each mistake with its line, and their number.
impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.findings.iter().try_for_each(|finding| writeln!(f, "{finding}"))?;
        let count = self.findings.len() + self.omitted;
        let mistakes = if count == 1 { "mistake" } else { "mistakes" };
        write!(f, "{}: {count} {mistakes}", self.name)?;
        match self.omitted {
            0 => f.write_str("; the file was rejected"),
            more => write!(f, ", of which {more} are not shown; the file was rejected"),
        }
    }
}

impl fmt::Debug for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for ConfigErrors {}

/// A file could not be applied to a registry. Nothing was changed.
///
/// `Debug` writes what `Display` writes, as that of [`ConfigErrors`].
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ApplyError {
    /// The file has mistakes, or cannot be read.
    File(ConfigErrors),
    /// The registry was initialized before, or no thread could be started.
    Init(Box<InitError>),
    /// The registry rejected the configuration.
    Reload(InvalidConfig),
}

impl ApplyError {
    /// Returns the mistakes of the file; empty if the file is valid, and the error another one.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::File(errors) => errors.findings(),
            Self::Init(_) | Self::Reload(_) => &[],
        }
    }
}

impl From<ConfigErrors> for ApplyError {
    fn from(errors: ConfigErrors) -> Self {
        Self::File(errors)
    }
}

impl From<InitError> for ApplyError {
    fn from(error: InitError) -> Self {
        Self::Init(Box::new(error))
    }
}

impl From<InvalidConfig> for ApplyError {
    fn from(error: InvalidConfig) -> Self {
        Self::Reload(error)
    }
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(errors) => errors.fmt(f),
            Self::Init(error) => error.fmt(f),
            Self::Reload(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Has no source, because `Display` prints the inner error.
impl Error for ApplyError {}
