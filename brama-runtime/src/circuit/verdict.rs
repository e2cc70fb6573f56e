//! The verdict on a call, and its fate in the circuit.

use std::time::Duration;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Abandoned, Policy, Reason};

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum Verdict {
    /// The call succeeded.
    Success {
        /// How long the call took. A call of unknown duration is never slow.
        #[cfg_attr(feature = "serde", serde(with = "super::serde_impls::nanos"))]
        took: Option<Duration>,
    },
    /// The dependency failed.
    Failure {
        /// Why the call failed.
        reason: Reason,
        /// How long the dependency asked to wait before the next call.
        #[cfg_attr(feature = "serde", serde(with = "super::serde_impls::nanos"))]
        retry_after: Option<Duration>,
        /// How long the call took. A call of unknown duration is never slow.
        #[cfg_attr(feature = "serde", serde(with = "super::serde_impls::nanos"))]
        took: Option<Duration>,
    },
    /// The call says nothing about the dependency.
    Ignore,
    /// The call was dropped before it had an outcome. The policy decides how it counts.
    Abandoned {
        /// How long the call took until then. A call of unknown duration is never slow.
        #[cfg_attr(feature = "serde", serde(with = "super::serde_impls::nanos"))]
        took: Option<Duration>,
    },
}

impl Verdict {
    /// A success of unknown duration.
    pub const SUCCESS: Self = Self::Success { took: None };

    /// Creates a failure of unknown duration, without a retry-after hint.
    pub fn failure(reason: impl Into<Reason>) -> Self {
        Self::Failure { reason: reason.into(), retry_after: None, took: None }
    }

    /// Returns how long the call took, if that is known.
    #[must_use]
    pub const fn took(&self) -> Option<Duration> {
        match self {
            Self::Success { took } | Self::Failure { took, .. } | Self::Abandoned { took } => *took,
            Self::Ignore => None,
        }
    }

    /// Replaces an abandoned call by the verdict that the policy configures for it.
    pub(super) fn under(self, policy: &Policy) -> Self {
        match (self, policy.abandoned) {
            (Self::Abandoned { took }, Abandoned::Failure) => {
                Self::Failure { reason: Reason::from("abandoned"), retry_after: None, took }
            }
            (Self::Abandoned { .. }, Abandoned::Ignore) => Self::Ignore,
            (verdict, Abandoned::Failure | Abandoned::Ignore) => verdict,
        }
    }
}

/// How the circuit used an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum Fate {
    /// The outcome was judged: it counts in runs and window, and may have changed the state.
    Judged,
    /// The permit is of an earlier generation, so the outcome counts in the totals only.
    Late,
    /// The current state judges nothing, so the outcome counts in the totals only.
    TotalsOnly,
}
