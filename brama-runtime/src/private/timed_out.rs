//! What a caller gets whose call took too long.

use std::{error::Error, fmt, io, time::Duration};

use crate::{breaker::Shared, duration::Rounded, identity::Identity};

/// The call did not answer within the attribute's `timeout`: it was dropped, and counts as a failure.
///
/// It says which breaker and which limit. Cloning and passing it on allocates nothing.
#[derive(Clone)]
pub struct TimedOut {
    pub(super) slot: Shared,
    pub(super) limit: Duration,
}

impl TimedOut {
    /// The breaker that counted the failure.
    #[must_use]
    pub fn identity(&self) -> &Identity<'static> {
        self.slot.identity()
    }

    /// How long the call might have taken.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        self.limit
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
            .field("identity", &self.identity().to_string())
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl Error for TimedOut {}

/// The same breaker and limit.
impl PartialEq for TimedOut {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity() && self.limit == other.limit
    }
}

/// Of the kind `TimedOut`; the error of ours stands inside.
impl From<TimedOut> for io::Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(io::ErrorKind::TimedOut, timed_out)
    }
}
