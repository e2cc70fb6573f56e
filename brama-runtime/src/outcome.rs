//! The outcome of a finished call, as users report it.

use std::time::Duration;

use crate::circuit::{Reason, Verdict};

/// How a finished call is judged.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::Outcome;
/// use std::time::Duration;
///
/// let busy = Outcome::failure("too many requests").retry_after(Duration::from_secs(20));
/// assert_ne!(busy, Outcome::failure("too many requests"));
/// assert_eq!(Outcome::from(true), Outcome::Success);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The call succeeded.
    Success,
    /// The dependency failed.
    Failure(Failure),
    /// The call says nothing about the dependency, for example after a mistake of the caller.
    Ignore,
}

/// Why a call failed, and how long the dependency asked to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    reason: Reason,
    retry_after: Option<Duration>,
}

impl Outcome {
    /// Creates a failure with this reason.
    #[must_use]
    pub fn failure(reason: impl Into<Reason>) -> Self {
        Self::Failure(Failure { reason: reason.into(), retry_after: None })
    }

    /// Adds how long the dependency asked to wait before the next call.
    ///
    /// If the failure opens the circuit, the opening lasts at least `hint`, up to the policy's
    /// `retry_after_cap`. Other outcomes are unchanged.
    #[must_use]
    pub fn retry_after(self, hint: Duration) -> Self {
        match self {
            Self::Failure(failure) => Self::Failure(Failure { retry_after: Some(hint), ..failure }),
            Self::Success | Self::Ignore => self,
        }
    }

    pub(crate) fn into_verdict(self, took: Option<Duration>) -> Verdict {
        match self {
            Self::Success => Verdict::Success { took },
            Self::Failure(Failure { reason, retry_after }) => {
                Verdict::Failure { reason, retry_after, took }
            }
            Self::Ignore => Verdict::Ignore,
        }
    }
}

impl Failure {
    /// Returns why the call failed.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }

    /// Returns how long the dependency asked to wait before the next call.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

/// Converts `true` into a success, and `false` into a failure without a further reason.
impl From<bool> for Outcome {
    fn from(succeeded: bool) -> Self {
        if succeeded { Self::Success } else { Self::failure("the call returned false") }
    }
}
