//! A ring of the last outcomes, which stores only the bad ones.

use std::fmt;

use super::byte_ring::ByteRing;

/// The last `size` outcomes, of which a failure or a slow call is a bad one.
///
/// Good outcomes are only counted. A bad outcome is stored as a delta: how many outcomes it is
/// after the previous bad one, and how it was bad. A delta usually takes one byte; a position would
/// take four or eight.
#[derive(Clone)]
pub(super) struct OutcomeRing {
    pub(super) size: u32,
    /// How many outcomes the ring holds, at most `size`.
    pub(super) calls: u32,
    failures: u32,
    slow: u32,
    /// The distance from the oldest bad outcome to the newest.
    span: u32,
    /// The distance from the newest bad outcome to the last outcome. Without a bad outcome, it and
    /// `span` are zero.
    since: u32,
    deltas: ByteRing,
}

impl OutcomeRing {
    pub(super) fn new(size: u32) -> Self {
        let deltas = ByteRing::default();
        Self { size, calls: 0, failures: 0, slow: 0, span: 0, since: 0, deltas }
    }

    pub(super) fn push(&mut self, flags: CallFlags) {
        self.advance(1);
        if flags.failed || flags.slow {
            self.keep(flags);
        }
    }

    /// Marks the last outcome as bad.
    pub(super) fn keep(&mut self, flags: CallFlags) {
        self.failures += u32::from(flags.failed);
        self.slow += u32::from(flags.slow);
        Delta { behind: self.since, flags }.bytes().for_each(|byte| self.deltas.push(byte));
        self.span += self.since;
        self.since = 0;
    }

    /// Adds `count` outcomes as good ones, and forgets the bad ones that leave the ring.
    pub(super) fn advance(&mut self, count: u64) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.calls = self.calls.saturating_add(count).min(self.size);
        self.since = self.since.saturating_add(count);
        while self.size <= self.span.saturating_add(self.since)
            && let Some(oldest) = self.oldest()
        {
            self.forget(oldest);
        }
        if self.deltas.is_empty() {
            self.since = 0;
        }
    }

    /// Holds the last `size` outcomes from now on.
    pub(super) fn resize(&mut self, size: u32) {
        if self.size != size {
            self.size = size;
            self.advance(0);
        }
    }

    fn forget(&mut self, oldest: Delta) {
        self.failures -= u32::from(oldest.flags.failed);
        self.slow -= u32::from(oldest.flags.slow);
        self.deltas.remove(oldest.bytes().map(|_| 1).sum());
        self.span -= self.oldest().map_or(0, |next| next.behind);
    }

    fn oldest(&self) -> Option<Delta> {
        self.deltas().next()
    }

    pub(super) fn counts(&self) -> WindowCounts {
        let [calls, failures, slow] = [self.calls, self.failures, self.slow].map(u64::from);
        WindowCounts { calls, failures, slow }
    }

    /// Returns the bad outcomes, oldest first, each with its position in the ring from 1.
    pub(super) fn places(&self) -> impl Iterator<Item = (u32, CallFlags)> {
        let mut place = self.calls.saturating_sub(self.span + self.since);
        self.deltas().enumerate().map(move |(number, Delta { behind, flags })| {
            place += if number == 0 { 0 } else { behind };
            (place, flags)
        })
    }

    fn deltas(&self) -> impl Iterator<Item = Delta> {
        let mut bytes = self.deltas.iter();
        std::iter::from_fn(move || Delta::read(&mut bytes))
    }
}

/// Prints positions. The delta of the oldest bad outcome is left out: its predecessor was removed.
impl fmt::Debug for OutcomeRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bad: Vec<_> = self.places().collect();
        f.debug_struct("OutcomeRing")
            .field("size", &self.size)
            .field("calls", &self.calls)
            .field("bad", &bad)
            .finish_non_exhaustive()
    }
}

/// A bad outcome, `behind` outcomes after the previous bad one.
#[derive(Clone, Copy)]
struct Delta {
    behind: u32,
    flags: CallFlags,
}

impl Delta {
    /// Encodes the delta in seven bits a byte, lowest first. The highest bit is set if more follow.
    fn bytes(self) -> impl Iterator<Item = u8> {
        let Self { behind, flags: CallFlags { failed, slow } } = self;
        let mut rest = Some(u64::from(behind) << 2 | u64::from(failed) << 1 | u64::from(slow));
        std::iter::from_fn(move || {
            let code = rest?;
            rest = Some(code >> 7).filter(|rest| 0 < *rest);
            let more = if rest.is_some() { MORE } else { 0 };
            Some(code.to_le_bytes()[0] & !MORE | more)
        })
    }

    fn read(bytes: &mut impl Iterator<Item = u8>) -> Option<Self> {
        let mut code = 0;
        for place in 0.. {
            let byte = bytes.next()?;
            code |= u64::from(byte & !MORE) << (7 * place);
            if byte & MORE == 0 {
                break;
            }
        }
        let flags = CallFlags { failed: code & 0b10 != 0, slow: code & 0b01 != 0 };
        Some(Self { behind: u32::try_from(code >> 2).unwrap_or(u32::MAX), flags })
    }
}

const MORE: u8 = 1 << 7;

/// The numbers of calls in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct WindowCounts {
    /// Successes and failures.
    pub calls: u64,
    /// Failures.
    pub failures: u64,
    /// Slow calls, failed or not.
    pub slow: u64,
}

impl WindowCounts {
    /// Returns the number of successes.
    #[must_use]
    pub const fn successes(&self) -> u64 {
        self.calls.saturating_sub(self.failures)
    }

    /// Iterates over the outcomes of calls: the name that metrics use, `success` or `failure`, and
    /// the number of calls.
    pub fn by_outcome(&self) -> impl Iterator<Item = (&'static str, u64)> {
        [("success", self.successes()), ("failure", self.failures)].into_iter()
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            failures: self.failures + other.failures,
            slow: self.slow + other.slow,
        }
    }

    /// Returns the percentage of failures, rounded down; `None` if there are no calls.
    #[must_use]
    pub const fn failure_percent(&self) -> Option<u64> {
        self.failures.saturating_mul(100).checked_div(self.calls)
    }

    /// Returns the percentage of slow calls, rounded down; `None` if there are no calls.
    #[must_use]
    pub const fn slow_percent(&self) -> Option<u64> {
        self.slow.saturating_mul(100).checked_div(self.calls)
    }
}

/// An outcome as the window counts it.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallFlags {
    pub(super) failed: bool,
    pub(super) slow: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A naive ring: the positions of all bad outcomes.
    #[derive(Default)]
    struct Places {
        outcomes: u64,
        bad: Vec<(u64, CallFlags)>,
    }

    impl Places {
        fn counts(&self, size: u32) -> WindowCounts {
            let size = u64::from(size);
            let held = self.bad.iter().filter(|(place, _)| self.outcomes < place + size);
            held.fold(
                WindowCounts { calls: self.outcomes.min(size), ..WindowCounts::default() },
                |WindowCounts { calls, failures, slow }, (_, flags)| WindowCounts {
                    calls,
                    failures: failures + u64::from(flags.failed),
                    slow: slow + u64::from(flags.slow),
                },
            )
        }
    }

    #[test]
    fn it_counts_what_a_list_of_places_counts() {
        const FLAGS: [CallFlags; 3] = [
            CallFlags { failed: true, slow: false },
            CallFlags { failed: false, slow: true },
            CallFlags { failed: true, slow: true },
        ];
        for size in [1, 2, 31, 32, 33, 100, 4_095, 4_097, 1_000_000, u32::MAX] {
            let (mut ring, mut places) = (OutcomeRing::new(size), Places::default());
            let mut random = u64::from(size);
            for flags in FLAGS.into_iter().cycle().take(600) {
                // Distances of every size up to a little more than the window.
                random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                let good = ((random >> 32) % (u64::from(size) + 2)) >> (random >> 16 & 31);
                ring.advance(good);
                ring.push(flags);
                places.outcomes += good + 1;
                places.bad.push((places.outcomes, flags));
                assert_eq!(ring.counts(), places.counts(size), "the last {size}");
            }
        }
    }

    #[test]
    fn near_each_other_a_bad_outcome_takes_a_byte() {
        let mut ring = OutcomeRing::new(100);
        for _ in 0..100 {
            ring.push(CallFlags { failed: true, slow: true });
        }
        assert_eq!(ring.deltas.iter().count(), 100);
    }
}
