//! What decorated functions in these tests answer, and what their breakers counted.

use std::num::ParseIntError;

use brama::{CircuitOpen, Totals};

#[derive(Debug, PartialEq)]
pub(crate) enum Refused {
    Open,
    Odd(&'static str),
}

impl From<CircuitOpen> for Refused {
    fn from(_: CircuitOpen) -> Self {
        Self::Open
    }
}

impl From<ParseIntError> for Refused {
    fn from(_: ParseIntError) -> Self {
        Self::Odd("no number")
    }
}

pub(crate) type Answer<T> = Result<T, Refused>;

/// How often each thing happened to a breaker of the global registry.
pub(crate) fn totals(identifier: &str) -> Totals {
    brama::breaker(identifier).status().totals
}

/// Successes and failures of a breaker of the global registry.
pub(crate) fn counted(identifier: &str) -> [u64; 2] {
    let Totals { successes, failures, .. } = totals(identifier);
    [successes, failures]
}
