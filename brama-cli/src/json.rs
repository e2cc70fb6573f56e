//! The answer of a command that could not read its file, for programs.

use brama::config::{ConfigErrors, Finding};
use serde::Serialize;

/// The answer of a command that could not read its file.
#[derive(Debug, Serialize)]
pub(crate) struct FailureJson<'a> {
    findings: &'a [Finding],
    /// How many more mistakes there are than findings.
    omitted: usize,
}

impl<'a> From<&'a ConfigErrors> for FailureJson<'a> {
    fn from(errors: &'a ConfigErrors) -> Self {
        Self { findings: errors.findings(), omitted: errors.omitted() }
    }
}
