//! What a window holds, in numbers, and one outcome on its way there.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// What a window holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(deny_unknown_fields))]
pub struct WindowCounts {
    /// Successes and failures.
    pub calls: u64,
    /// Failures among them.
    pub failures: u64,
    /// Slow calls among them, failed or not.
    pub slow: u64,
}

impl WindowCounts {
    /// The percentage of failures, rounded down; `None` where there are no calls.
    #[must_use]
    pub const fn failure_percent(&self) -> Option<u64> {
        self.failures.saturating_mul(100).checked_div(self.calls)
    }

    /// The percentage of slow calls, rounded down; `None` where there are no calls.
    #[must_use]
    pub const fn slow_percent(&self) -> Option<u64> {
        self.slow.saturating_mul(100).checked_div(self.calls)
    }
}

/// One outcome on its way into the window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) failed: bool,
    pub(super) slow: bool,
}
