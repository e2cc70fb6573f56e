//! The record that a circuit keeps of its calls.

use super::{policy::Policy, reasons::Reasons, window::Memory};

/// What is remembered of calls since the circuit closed.
///
/// Boxed in one: a circuit without a rate to judge, that never failed, has none.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) memory: Memory,
    pub(super) reasons: Reasons,
}

impl Record {
    /// WindowCounts successes that were not reported one by one. Under a policy that judges no rate the window
    /// misses them, and so it starts empty under the next that does.
    pub(super) fn count_successes(&mut self, policy: &Policy, count: u64) {
        if !policy.has_rate_rule() && 0 < count {
            self.memory = Memory::Empty;
        } else if self.memory.fits(policy.window) {
            self.memory.push_successes(count);
        }
    }
}
