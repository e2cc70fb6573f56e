//! What programs read: the shapes of the JSON. Names may be added; none changes or goes.

use brama::config::{ConfigErrors, Finding, FindingNote, Location};
use serde::Serialize;

/// A mistake or a warning.
#[derive(Debug, Serialize)]
pub(crate) struct FindingJson<'a> {
    /// `error` or `warning`.
    severity: &'static str,
    message: &'a str,
    /// The path of the key, such as `breakers.payment_api.expiry`.
    key: Option<&'a str>,
    help: Option<&'a str>,
    #[serde(flatten)]
    place: PlaceJson<'a>,
    notes: Vec<NoteJson<'a>>,
}

/// Another place that belongs to a finding.
#[derive(Debug, Serialize)]
struct NoteJson<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: PlaceJson<'a>,
}

/// A place: a file with a line and a column, both from 1, or an environment variable.
#[derive(Debug, Serialize)]
pub(crate) struct PlaceJson<'a> {
    file: Option<&'a str>,
    variable: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
}

impl<'a> From<&'a Location> for PlaceJson<'a> {
    fn from(location: &'a Location) -> Self {
        Self {
            file: location.file(),
            variable: location.variable().map(|(name, _)| name),
            line: location.line(),
            column: location.column(),
        }
    }
}

impl<'a> From<&'a Finding> for FindingJson<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            severity: if finding.is_warning() { "warning" } else { "error" },
            message: finding.message(),
            key: finding.path(),
            help: finding.help(),
            place: finding.location().into(),
            notes: finding.notes().iter().map(NoteJson::from).collect(),
        }
    }
}

impl<'a> From<&'a FindingNote> for NoteJson<'a> {
    fn from(note: &'a FindingNote) -> Self {
        Self { message: note.message(), place: note.location().into() }
    }
}

/// The answer of a command that could not read its file.
#[derive(Debug, Serialize)]
pub(crate) struct FailureJson<'a> {
    findings: Vec<FindingJson<'a>>,
    /// How many more mistakes there are than findings.
    omitted: usize,
}

impl<'a> From<&'a ConfigErrors> for FailureJson<'a> {
    fn from(errors: &'a ConfigErrors) -> Self {
        let findings = errors.findings().iter().map(FindingJson::from).collect();
        Self { findings, omitted: errors.omitted() }
    }
}
