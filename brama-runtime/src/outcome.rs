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
    trips: bool,
    /// Whether the call was cancelled by its `timeout`, whatever reason an option gives.
    timed_out: bool,
}

impl Outcome {
    /// Creates a failure with this reason.
    #[must_use]
    pub fn failure(reason: impl Into<Reason>) -> Self {
        Self::Failure(Failure::of(reason.into()))
    }

    /// Creates a failure that opens the circuit at once, whatever the thresholds: a quota is used
    /// up, or the server said to stay away.
    ///
    /// With [`retry_after`](Self::retry_after), the opening lasts exactly that long, up to the
    /// policy's `retry_after_cap`; without it, as long as any opening. A trip that is late, or from
    /// a displaced probe, counts as an ordinary failure.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Outcome, Registry, State};
    /// use std::time::Duration;
    ///
    /// let breaker = Registry::new().breaker("model");
    /// let permit = breaker.try_acquire()?;
    /// permit.record(Outcome::trip("quota used up").retry_after(Duration::from_secs(240)));
    /// assert_eq!(breaker.state(), State::Open);
    /// # Ok::<(), brama::CircuitOpen>(())
    /// ```
    #[must_use]
    pub fn trip(reason: impl Into<Reason>) -> Self {
        Self::Failure(Failure { trips: true, ..Failure::of(reason.into()) })
    }

    /// Adds how long the dependency asked to wait before the next call.
    ///
    /// If the failure is in a run of failures that opens the circuit, the opening lasts at least
    /// until then, up to the policy's `retry_after_cap`. The hint of a call that was admitted
    /// before an opening can prolong the opening. An opening by a [`trip`](Self::trip) lasts
    /// exactly this long, unless the hint is below 1 s: then it is ignored. Other outcomes are
    /// unchanged.
    #[must_use]
    pub fn retry_after(self, hint: Duration) -> Self {
        match self {
            Self::Failure(failure) => Self::Failure(Failure { retry_after: Some(hint), ..failure }),
            Self::Success | Self::Ignore => self,
        }
    }

    /// Notes that the call was cancelled by its `timeout`. Other outcomes are unchanged.
    #[cfg(feature = "tokio")]
    pub(crate) fn timed_out(self) -> Self {
        match self {
            Self::Failure(failure) => Self::Failure(Failure { timed_out: true, ..failure }),
            Self::Success | Self::Ignore => self,
        }
    }
}

impl Failure {
    pub(crate) const fn of(reason: Reason) -> Self {
        Self { reason, retry_after: None, trips: false, timed_out: false }
    }

    /// Returns whether the call was cancelled by its `timeout`.
    pub(crate) const fn has_timed_out(&self) -> bool {
        self.timed_out
    }

    /// Whether the failure asks the circuit neither to open at once nor to wait.
    pub(crate) const fn asks_for_nothing(&self) -> bool {
        !self.trips && self.retry_after.is_none()
    }

    pub(crate) fn into_reason(self) -> Reason {
        self.reason
    }

    pub(crate) fn into_verdict(self, took: Option<Duration>) -> Verdict {
        let Self { reason, retry_after, trips, .. } = self;
        if trips {
            Verdict::Trip { reason, retry_after, took }
        } else {
            Verdict::Failure { reason, retry_after, took }
        }
    }

    /// Returns why the call failed.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }

    /// Returns whether the failure opens the circuit at once.
    #[must_use]
    pub const fn is_trip(&self) -> bool {
        self.trips
    }

    /// Returns how long the dependency asked to wait before the next call.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

/// The judgement on a call: an outcome, or that the call did not reach the dependency.
#[derive(Debug, PartialEq, Eq)]
pub enum Judgement {
    /// An outcome that a user can report.
    Outcome(Outcome),
    /// Another breaker rejected the call on its way. It is ignored, and a probe that ends so is not
    /// inconclusive.
    InnerRejection,
}

impl From<Outcome> for Judgement {
    #[inline]
    fn from(outcome: Outcome) -> Self {
        Self::Outcome(outcome)
    }
}

/// Converts an inner rejection into an ignored outcome.
impl From<Judgement> for Outcome {
    fn from(judgement: Judgement) -> Self {
        match judgement {
            Judgement::Outcome(outcome) => outcome,
            Judgement::InnerRejection => Self::Ignore,
        }
    }
}

/// Converts `true` into a success, and `false` into a failure: "the call returned false".
impl From<bool> for Outcome {
    fn from(succeeded: bool) -> Self {
        if succeeded { Self::Success } else { Self::failure("the call returned false") }
    }
}
