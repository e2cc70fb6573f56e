//! The body that the circuit breaker protects in every story, and the errors that its callers meet.

use std::{error::Error, fmt, hint::black_box};

use brama::CircuitOpen;

/// The only number for which [`answer`] fails.
pub(crate) const FAILS: u64 = u64::MAX;

/// Returns the next number, or [`Failed`] for [`FAILS`].
///
/// It is never inlined, like a call to a real service.
#[inline(never)]
pub(crate) fn answer(number: u64) -> Result<u64, Failed> {
    if number == FAILS { Err(Failed) } else { Ok(black_box(number.wrapping_add(1))) }
}

/// The dependency failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the dependency failed")
    }
}

impl Error for Failed {}

/// The error of a decorated function. It implements `Display` and not `Error`, as it did when the
/// first baseline was written.
#[derive(Debug)]
pub(crate) enum AnswerError {
    /// The dependency failed.
    Failed(Failed),
    /// The circuit breaker rejected the call.
    Rejected(CircuitOpen),
}

impl From<Failed> for AnswerError {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

impl From<CircuitOpen> for AnswerError {
    fn from(open: CircuitOpen) -> Self {
        Self::Rejected(open)
    }
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(failed) => failed.fmt(f),
            Self::Rejected(open) => open.fmt(f),
        }
    }
}
