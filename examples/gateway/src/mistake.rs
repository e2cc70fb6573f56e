//! A mistake in the configuration, as the log and `/health` show it.

use brama::config::{ApplyError, Finding, WatchError};
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    pub(crate) place: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) help: Option<String>,
}

impl From<&Finding> for Mistake {
    fn from(finding: &Finding) -> Self {
        Self {
            message: finding.message().to_owned(),
            place: Some(finding.location().to_string()),
            key: finding.key().map(str::to_owned),
            help: finding.help().map(str::to_owned),
        }
    }
}

/// Returns all mistakes of a file, or else the one that kept it from being applied.
pub(crate) fn all_of(error: &WatchError) -> Vec<Mistake> {
    if let WatchError::Apply(ApplyError::File(errors)) = error {
        return errors.findings().iter().map(Mistake::from).collect();
    }
    vec![Mistake { message: error.to_string(), place: None, key: None, help: None }]
}
