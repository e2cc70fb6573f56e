//! What a circuit is told of a call, and what it made of that.

use std::time::Duration;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::Reason;

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum Verdict {
    /// The dependency answered well.
    Success {
        /// How long the call took; `None` is never slow.
        #[cfg_attr(feature = "serde", serde(with = "super::serde_impls::nanos"))]
        took: Option<Duration>,
    },
    /// The dependency failed.
    Failure {
        /// Why, in words.
        reason: Reason,
        /// When the dependency asked to be tried again.
        #[cfg_attr(feature = "serde", serde(with = "super::serde_impls::nanos"))]
        retry_after: Option<Duration>,
        /// How long the call took; `None` is never slow.
        #[cfg_attr(feature = "serde", serde(with = "super::serde_impls::nanos"))]
        took: Option<Duration>,
    },
    /// The call says nothing about the dependency.
    Ignore,
    /// The call was dropped before it had an outcome; the policy says what that counts as.
    Abandoned {
        /// How long the call took until then; `None` is never slow.
        #[cfg_attr(feature = "serde", serde(with = "super::serde_impls::nanos"))]
        took: Option<Duration>,
    },
}

impl Verdict {
    /// A success of unknown length.
    pub const SUCCESS: Self = Self::Success { took: None };

    /// A failure of unknown length without a hint.
    pub fn failure(reason: impl Into<Reason>) -> Self {
        Self::Failure { reason: reason.into(), retry_after: None, took: None }
    }

    /// How long the call took, where that is known.
    #[must_use]
    pub const fn took(&self) -> Option<Duration> {
        match self {
            Self::Success { took } | Self::Failure { took, .. } | Self::Abandoned { took } => *took,
            Self::Ignore => None,
        }
    }
}

/// What became of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum Fate {
    /// It entered runs and window and may have changed the state.
    Judged,
    /// Its permit is of an earlier generation: it counts in the totals alone.
    Late,
    /// The present state judges nothing: it counts in the totals alone.
    TotalsOnly,
}
