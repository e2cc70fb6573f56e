//! The error type of decorated functions in tests, also of those in `tests/editions`.

use std::num::ParseIntError;

use brama::CircuitOpen;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TestError {
    Open,
    Failed(&'static str),
}

impl From<CircuitOpen> for TestError {
    fn from(_: CircuitOpen) -> Self {
        Self::Open
    }
}

impl From<ParseIntError> for TestError {
    fn from(_: ParseIntError) -> Self {
        Self::Failed("no number")
    }
}

pub(crate) type Answer<T> = Result<T, TestError>;
