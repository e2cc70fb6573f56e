//! What can be wrong with what users give.

use std::{error::Error, fmt, time::Duration};

/// A length by hand was refused: it is not whole milliseconds, at least 1 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidLength {
    length: Duration,
}

impl InvalidLength {
    /// The refused length.
    #[must_use]
    pub const fn length(&self) -> Duration {
        self.length
    }

    pub(crate) fn check(length: Duration) -> Result<Duration, Self> {
        let whole = length.subsec_nanos().is_multiple_of(1_000_000);
        if whole && !length.is_zero() { Ok(length) } else { Err(Self { length }) }
    }
}

impl fmt::Display for InvalidLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the length is {:?}, must be whole milliseconds, at least 1 ms", self.length)
    }
}

impl Error for InvalidLength {}
