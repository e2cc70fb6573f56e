//! A moment of a clock, as the circuit sees it.

use std::time::Duration;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// A moment: nanoseconds since its clock's origin.
///
/// The origin is the clock's own and means nothing by itself; only ticks of one clock compare.
/// All arithmetic saturates: a clock that steps back reads as no time passed, and a moment past
/// the end of the scale (584 years) is [`Tick::NEVER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Tick(u64);

impl Tick {
    /// The clock's origin.
    pub const ORIGIN: Self = Self(0);

    /// A moment that no clock reaches.
    pub const NEVER: Self = Self(u64::MAX);

    /// The moment that many nanoseconds after the origin.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The moment that many milliseconds after the origin.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// Nanoseconds since the origin.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The moment `length` later.
    #[must_use]
    pub const fn after(self, length: Duration) -> Self {
        Self(self.0.saturating_add(nanos(length)))
    }

    /// How long ago `earlier` was: zero where it is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.nanos_since(earlier))
    }

    /// The same in nanoseconds.
    pub(crate) const fn nanos_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The length in nanoseconds; more than 584 years reads as `u64::MAX`.
pub(crate) const fn nanos(length: Duration) -> u64 {
    let seconds = length.as_secs().saturating_mul(1_000_000_000);
    seconds.saturating_add(length.subsec_nanos() as u64)
}
