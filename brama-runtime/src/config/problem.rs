//! What is wrong in a source of configuration, as the log and the last reload show it.

use std::fmt;

use super::ConfigMistake;
use crate::text::Escaped;

/// A mistake in a source of configuration, or a warning about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// What is wrong, with the value and the limit.
    pub message: String,
    /// Where it is, such as `brama.toml:3:10`.
    pub place: Option<String>,
    /// The path of the key, such as `breakers.payment_api.expiry`.
    pub key: Option<String>,
    /// What to do.
    pub help: Option<String>,
}

impl ConfigProblem {
    /// The error of a source that could not be read, on one line.
    pub(crate) fn of_source(error: &dyn fmt::Display) -> Self {
        let error = error.to_string();
        let lines: Vec<_> = error.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
        Self { message: lines.join(" "), place: None, key: None, help: None }
    }

    pub(crate) fn of_mistake(mistake: &ConfigMistake) -> Self {
        let place = Some(mistake.place().to_owned());
        Self { message: mistake.message(), place, key: None, help: None }
    }

    /// The place and the message, escaped and on one line.
    pub(crate) fn line(&self) -> String {
        let place = self.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        Escaped::within(MAX_LINE, &format!("{place}{}", self.message)).to_string()
    }
}

/// In bytes, as shown.
const MAX_LINE: usize = 512;
