//! Results of the decorated functions in these tests, and counters of their breakers.

use std::num::ParseIntError;

use brama::{CircuitOpen, Totals};

#[derive(Debug, PartialEq)]
pub(crate) enum TestError {
    Open,
    Odd(&'static str),
}

impl From<CircuitOpen> for TestError {
    fn from(_: CircuitOpen) -> Self {
        Self::Open
    }
}

impl From<ParseIntError> for TestError {
    fn from(_: ParseIntError) -> Self {
        Self::Odd("no number")
    }
}

pub(crate) type Answer<T> = Result<T, TestError>;

/// The totals of a breaker of the global registry.
pub(crate) fn totals(identifier: &str) -> Totals {
    brama::breaker(identifier).status().totals
}

/// Successes and failures of a breaker of the global registry.
pub(crate) fn counted(identifier: &str) -> [u64; 2] {
    let Totals { successes, failures, .. } = totals(identifier);
    [successes, failures]
}
