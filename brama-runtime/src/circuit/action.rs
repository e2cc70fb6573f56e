//! What an operator can do to a circuit.

use std::{fmt, time::Duration};

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// An action by hand. Every action acts from every state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum Action {
    /// Opens, as a trip: for the given time (whole milliseconds, at least 1 ms, which the caller
    /// checks), or for as long as the policy says.
    #[cfg_attr(feature = "serde", serde(with = "super::written::nanos"))]
    Open(Option<Duration>),
    /// Rejects until somebody acts again.
    ForceOpen,
    /// Closes; runs, trips and window start empty.
    Close,
    /// Closes likewise, as a reset.
    Reset,
    /// Admits everything and judges nothing.
    Disable,
}

impl Action {
    /// The name in text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::ForceOpen => "force_open",
            Self::Close => "close",
            Self::Reset => "reset",
            Self::Disable => "disable",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
