//! The verdict on a call, and its fate in the circuit.

use std::time::Duration;

use super::{Abandoned, Policy, Reason};

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The call succeeded.
    Success {
        /// How long the call took. A call of unknown duration is never slow.
        took: Option<Duration>,
    },
    /// The dependency failed.
    Failure {
        /// Why the call failed.
        reason: Reason,
        /// How long the dependency asked to wait before the next call.
        retry_after: Option<Duration>,
        /// How long the call took. A call of unknown duration is never slow.
        took: Option<Duration>,
    },
    /// The dependency failed, and the failure opens the circuit at once, whatever the thresholds.
    Trip {
        /// Why the call failed.
        reason: Reason,
        /// How long the opening lasts, up to `retry_after_cap`. A hint below 1 s is ignored: a
        /// server must not be able to switch its protection off.
        retry_after: Option<Duration>,
        /// How long the call took. A call of unknown duration is never slow.
        took: Option<Duration>,
    },
    /// The call says nothing about the dependency.
    Ignore,
    /// The call is ignored because another breaker rejected it on its way to the dependency.
    ///
    /// Unlike other ignored probes, it is not inconclusive.
    InnerRejection,
    /// The call was dropped before it had an outcome. The policy decides how it counts.
    Abandoned {
        /// How long the call took until then. A call of unknown duration is never slow.
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
            Self::Success { took }
            | Self::Failure { took, .. }
            | Self::Trip { took, .. }
            | Self::Abandoned { took } => *took,
            Self::Ignore | Self::InnerRejection => None,
        }
    }

    /// Returns how long the dependency asked to wait before the next call.
    pub(super) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Failure { retry_after, .. } | Self::Trip { retry_after, .. } => *retry_after,
            Self::Success { .. } | Self::Ignore | Self::InnerRejection | Self::Abandoned { .. } => {
                None
            }
        }
    }

    /// Returns whether this verdict on a probe leaves open how the dependency is.
    ///
    /// A probe that is abandoned within 1 s is not inconclusive: a caller that gives up at once
    /// must not be able to keep a circuit open.
    pub(super) fn is_inconclusive(&self) -> bool {
        match self {
            Self::Ignore => true,
            Self::Abandoned { took } => took.is_none_or(|took| MIN_INCONCLUSIVE <= took),
            Self::Success { .. }
            | Self::Failure { .. }
            | Self::Trip { .. }
            | Self::InnerRejection => false,
        }
    }

    /// Replaces a trip by an ordinary failure.
    pub(super) fn without_trip(self) -> Self {
        let Self::Trip { reason, retry_after, took } = self else { return self };
        Self::Failure { reason, retry_after, took }
    }

    /// Replaces an abandoned call by a failure if the policy judges it one.
    pub(super) fn under(self, policy: &Policy) -> Self {
        match (self, policy.abandoned) {
            (Self::Abandoned { took }, Abandoned::Failure) => {
                Self::Failure { reason: Reason::from("abandoned"), retry_after: None, took }
            }
            (verdict, Abandoned::Failure | Abandoned::Ignore) => verdict,
        }
    }
}

/// A probe that is abandoned sooner after its start is not counted as inconclusive.
const MIN_INCONCLUSIVE: Duration = Duration::from_secs(1);

/// How the circuit used an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// The outcome was judged: it counts in runs and window, and may have changed the state.
    Judged,
    /// The permit was given before the present state or ramp began, so the outcome counts in the
    /// totals only.
    Late,
    /// Like [`Late`](Self::Late), but the failure's retry-after hint has prolonged the opening in
    /// progress.
    Extended,
    /// The current state judges nothing, so the outcome counts in the totals only.
    TotalsOnly,
}
