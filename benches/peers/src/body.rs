//! The body that every breaker protects here: an addition that may fail.

use std::{error::Error, fmt, hint::black_box};

/// The one number whose call fails.
pub const FAILS: u64 = u64::MAX;

/// The call itself: the next number, or a failure for [`FAILS`].
///
/// Never inlined, as a call to a real service would not be, so that it costs the same everywhere.
///
/// # Errors
///
/// [`Failed`] for [`FAILS`].
#[inline(never)]
pub fn answer(number: u64) -> Result<u64, Failed> {
    if number == FAILS { Err(Failed) } else { Ok(black_box(number.wrapping_add(1))) }
}

/// The dependency failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the dependency failed")
    }
}

impl Error for Failed {}

/// The numbers that a run of calls asks for: so many, of which one in so many fails.
#[derive(Debug, Clone)]
pub struct Numbers {
    next: u64,
    left: u64,
    every: u64,
    until_failure: u64,
}

impl Numbers {
    /// So many calls that succeed.
    #[must_use]
    pub fn succeeding(calls: u64) -> Self {
        Self::failing(calls, u64::MAX)
    }

    /// So many calls, of which every `every`th fails; 1 is all of them.
    #[must_use]
    pub fn failing(calls: u64, every: u64) -> Self {
        Self { next: 0, left: calls, every, until_failure: every }
    }

    /// The same calls, counted from another number, so that threads do not ask for the same keys at
    /// the same time.
    #[must_use]
    pub fn from(self, first: u64) -> Self {
        Self { next: first, ..self }
    }
}

impl Iterator for Numbers {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        self.left = self.left.checked_sub(1)?;
        self.next = self.next.wrapping_add(1);
        self.until_failure -= 1;
        if self.until_failure == 0 {
            self.until_failure = self.every;
            return Some(FAILS);
        }
        Some(self.next)
    }
}
