//! The error of a call that took too long.

use std::{error::Error, fmt, io, time::Duration};

use crate::{
    breaker::SharedSlot, circuit::Reason, duration::Rounded, identity::Identity, outcome::Outcome,
};

/// The call did not finish within its `timeout`: it was dropped and counts as a failure, unless an
/// option of the attribute judges the error made from this.
///
/// Names the breaker and the limit. Cloning it allocates nothing.
// The module has this `cfg` too. The facade's page shows the feature from the item's own.
#[cfg(feature = "tokio")]
#[derive(Clone)]
pub struct TimedOut {
    slot: SharedSlot,
    limit: Duration,
}

impl TimedOut {
    pub(crate) const fn new(slot: SharedSlot, limit: Duration) -> Self {
        Self { slot, limit }
    }

    /// The breaker of the call.
    #[must_use]
    pub fn identity(&self) -> &Identity<'static> {
        self.slot.identity()
    }

    /// The longest time that the call was allowed to take.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        self.limit
    }

    /// `timed out after 5 s`
    pub(crate) fn reason(&self) -> Reason {
        Reason::from(format!("timed out after {}", Rounded(self.limit))).fixed()
    }

    /// A failure that the log calls a timeout.
    #[doc(hidden)]
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::failure(self.reason()).timed_out()
    }
}

/// `payment_api did not answer within 5 s`
impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} did not answer within {}", self.identity(), Rounded(self.limit))
    }
}

impl fmt::Debug for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimedOut")
            .field("identity", self.identity())
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl Error for TimedOut {}

/// Equal if breaker and limit are equal.
impl PartialEq for TimedOut {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity() && self.limit == other.limit
    }
}

/// An error of the kind `TimedOut` with the `TimedOut` inside.
impl From<TimedOut> for io::Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(io::ErrorKind::TimedOut, timed_out)
    }
}
