//! Results of the decorated functions in these tests, and counters of their breakers.

use brama::Totals;

pub(crate) use crate::test_error::{Answer, TestError};

/// The totals of a breaker of the global registry.
pub(crate) fn totals(identifier: &str) -> Totals {
    brama::breaker(identifier).status().totals
}

/// Successes and failures of a breaker of the global registry.
pub(crate) fn counted(identifier: &str) -> [u64; 2] {
    let Totals { successes, failures, .. } = totals(identifier);
    [successes, failures]
}
