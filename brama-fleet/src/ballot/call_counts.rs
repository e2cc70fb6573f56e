//! Calls, counted.

/// Calls of a node to one breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CallCounts {
    /// Calls that succeeded or failed.
    pub calls: u32,
    /// Those that failed.
    pub failures: u32,
}

impl CallCounts {
    pub(super) const fn add(&mut self, other: Self) {
        self.calls = self.calls.saturating_add(other.calls);
        self.failures = self.failures.saturating_add(other.failures);
    }
}
