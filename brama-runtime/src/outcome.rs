//! The verdict on a finished call, as users give it.

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
    /// The dependency answered well.
    Success,
    /// The dependency failed.
    Failure(Failure),
    /// The call says nothing about the dependency: a caller's own mistake, say.
    Ignore,
}

/// Why a call failed, and when the dependency asked to be tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    reason: Reason,
    retry_after: Option<Duration>,
}

impl Outcome {
    /// A failure with that reason.
    #[must_use]
    pub fn failure(reason: impl Into<Reason>) -> Self {
        Self::Failure(Failure { reason: reason.into(), retry_after: None })
    }

    /// The same failure with the dependency's own word on when to come back. If it opens the
    /// circuit, the opening lasts at least so long, up to the policy's `retry_after_cap`. On
    /// another outcome it does nothing.
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
    /// Why, in words.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }

    /// When the dependency asked to be tried again.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

/// `true` is a success, `false` a failure without more words than that.
impl From<bool> for Outcome {
    fn from(succeeded: bool) -> Self {
        if succeeded { Self::Success } else { Self::failure("the answer was false") }
    }
}
