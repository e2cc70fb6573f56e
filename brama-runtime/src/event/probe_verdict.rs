//! What became of a call that an overlay has let through.

use std::fmt;

#[cfg(feature = "serde")]
use serde::Serialize;

/// What became of a call that an overlay has let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(Serialize), serde(rename_all = "snake_case"))]
pub enum ProbeVerdict {
    /// It succeeded, and was not slow.
    Success,
    /// It failed, or was slow while a slow-call rate is set.
    Failure,
    /// It says nothing: it was ignored or abandoned.
    Inconclusive,
}

impl fmt::Display for ProbeVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Inconclusive => "inconclusive",
        })
    }
}
