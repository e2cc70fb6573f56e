//! Since when no place among the calls in flight is free.

use std::time::Duration;

use crate::circuit::Tick;

/// When a call found no place, and how many calls had succeeded by then: in seconds after the
/// clock's origin, plus one, and the lower half of the number.
///
/// A success gives its place back with a single write, to the count of successes. So it is the
/// count that shows whether a place has been free since. Zero if there was no such call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FullSince(u64);

const HALF: u32 = 32;

impl FullSince {
    pub(super) const NEVER: Self = Self(0);

    pub(super) fn new(now: Tick, successes: u64) -> Self {
        let seconds = now.as_nanos().div_ceil(NANOS_A_SECOND).min(LATEST);
        Self((seconds + 1) << HALF | lower_half(successes))
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// Whether no call has succeeded since, if so many have in all.
    pub(super) fn is_after(self, successes: u64) -> bool {
        self != Self::NEVER && lower_half(self.0) == lower_half(successes)
    }

    /// How long ago it was, in whole seconds, rounded down.
    pub(super) const fn age(self, now: Tick) -> Duration {
        let seconds = (self.0 >> HALF).saturating_sub(1);
        let age = now.since(Tick::from_nanos(seconds.saturating_mul(NANOS_A_SECOND)));
        Duration::from_secs(age.as_secs())
    }
}

const fn lower_half(number: u64) -> u64 {
    number & ((1 << HALF) - 1)
}

const NANOS_A_SECOND: u64 = 1_000_000_000;

/// The last second that has room: after 136 years.
const LATEST: u64 = (1 << HALF) - 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_is_never_too_long() {
        let since = |millis| FullSince::new(Tick::from_millis(millis), 7);
        let age = |since: FullSince, millis| since.age(Tick::from_millis(millis)).as_millis();
        assert_eq!(
            [age(since(0), 3000), age(since(1), 3000), age(since(1000), 3000)],
            [3000, 2000, 2000]
        );
        assert_eq!(age(since(2999), 2999), 0);
        assert_eq!(FullSince::new(Tick::NEVER, 7).age(Tick::from_millis(3000)), Duration::ZERO);
    }

    #[test]
    fn it_is_after_the_successes_that_it_saw_alone() {
        let since = FullSince::new(Tick::ORIGIN, u64::MAX);
        assert!(since.is_after(u64::MAX) && !since.is_after(0));
        assert!(FullSince::new(Tick::ORIGIN, 0).is_after(0) && !FullSince::NEVER.is_after(0));
    }
}
