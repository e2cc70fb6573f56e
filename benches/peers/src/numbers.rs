//! The numbers that a series of calls passes to the body.

use crate::body::FAILS;

/// An iterator over the numbers of a series of calls; one call of each `every` fails.
#[derive(Debug, Clone)]
pub struct Numbers {
    next: u64,
    left: u64,
    every: u64,
    until_failure: u64,
}

impl Numbers {
    /// Calls that all succeed.
    #[must_use]
    pub fn succeeding(calls: u64) -> Self {
        Self::failing(calls, u64::MAX)
    }

    /// Calls of which each `every`th fails; 1 means all of them.
    #[must_use]
    pub fn failing(calls: u64, every: u64) -> Self {
        Self { next: 0, left: calls, every, until_failure: every }
    }

    /// The same calls with numbers from `first` on, so that threads do not use the same keys at the
    /// same time.
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
