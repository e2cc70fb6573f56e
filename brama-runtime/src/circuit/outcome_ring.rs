//! The ring outcomes: the last so many, of which the bad ones are remembered.

use std::{collections::VecDeque, fmt};

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// The last `size` outcomes. Good ones are only counted; of a bad one its step is kept: how far it is
/// behind the bad one before it, and how it was bad.
///
/// A place of its own would take four or eight bytes; a step takes one, as a rule.
#[derive(Clone)]
#[cfg_attr(
    feature = "serde",
    derive(Serialize, Deserialize),
    serde(try_from = "super::serde_impls::Places", into = "super::serde_impls::Places")
)]
pub(super) struct OutcomeRing {
    pub(super) size: u32,
    /// How many it holds.
    pub(super) calls: u32,
    failures: u32,
    slow: u32,
    /// From the oldest bad one to the newest.
    span: u32,
    /// From the newest bad one to the last outcome; zero, as the span is, where there is no bad one.
    since: u32,
    steps: VecDeque<u8>,
}

impl OutcomeRing {
    pub(super) const fn new(size: u32) -> Self {
        let steps = VecDeque::new();
        Self { size, calls: 0, failures: 0, slow: 0, span: 0, since: 0, steps }
    }

    pub(super) fn push(&mut self, flags: CallFlags) {
        self.advance(1);
        if flags.failed || flags.slow {
            self.keep(flags);
        }
    }

    /// Remembers that the last outcome was bad.
    pub(super) fn keep(&mut self, flags: CallFlags) {
        self.failures += u32::from(flags.failed);
        self.slow += u32::from(flags.slow);
        self.steps.extend(Delta { behind: self.since, flags }.bytes());
        self.span += self.since;
        self.since = 0;
    }

    /// Makes room for so many outcomes, which are taken for good.
    pub(super) fn advance(&mut self, count: u64) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.calls = self.calls.saturating_add(count).min(self.size);
        self.since = self.since.saturating_add(count);
        while self.size <= self.span.saturating_add(self.since)
            && let Some(oldest) = self.oldest()
        {
            self.forget(oldest);
        }
        if self.steps.is_empty() {
            self.since = 0;
        }
    }

    fn forget(&mut self, oldest: Delta) {
        self.failures -= u32::from(oldest.flags.failed);
        self.slow -= u32::from(oldest.flags.slow);
        self.steps.drain(..oldest.bytes().count());
        self.span -= self.oldest().map_or(0, |next| next.behind);
    }

    fn oldest(&self) -> Option<Delta> {
        self.steps().next()
    }

    pub(super) fn counts(&self) -> WindowCounts {
        let [calls, failures, slow] = [self.calls, self.failures, self.slow].map(u64::from);
        WindowCounts { calls, failures, slow }
    }

    /// The bad ones, the oldest first: which of the outcomes it was, from 1 on.
    pub(super) fn places(&self) -> impl Iterator<Item = (u32, CallFlags)> {
        let mut place = self.calls.saturating_sub(self.span + self.since);
        self.steps().enumerate().map(move |(number, Delta { behind, flags })| {
            place += if number == 0 { 0 } else { behind };
            (place, flags)
        })
    }

    fn steps(&self) -> impl Iterator<Item = Delta> {
        let mut bytes = self.steps.iter().copied();
        std::iter::from_fn(move || Delta::read(&mut bytes))
    }
}

/// Shows places. The step of the oldest bad one is left out: what it was behind has gone.
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

/// A bad outcome, so many outcomes behind the bad one before it.
#[derive(Clone, Copy)]
struct Delta {
    behind: u32,
    flags: CallFlags,
}

impl Delta {
    /// Seven bits a byte, the lowest first; the highest bit says whether there are more.
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

/// What a window holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(deny_unknown_fields))]
pub struct WindowCounts {
    /// Successes and failures.
    pub calls: u64,
    /// Failures among them.
    pub failures: u64,
    /// Slow calls among them, failed or not.
    pub slow: u64,
}

impl WindowCounts {
    /// The percentage of failures, rounded down; `None` where there are no calls.
    #[must_use]
    pub const fn failure_percent(&self) -> Option<u64> {
        self.failures.saturating_mul(100).checked_div(self.calls)
    }

    /// The percentage of slow calls, rounded down; `None` where there are no calls.
    #[must_use]
    pub const fn slow_percent(&self) -> Option<u64> {
        self.slow.saturating_mul(100).checked_div(self.calls)
    }
}

/// One outcome on its way into the window.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallFlags {
    pub(super) failed: bool,
    pub(super) slow: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Outcomes by their places, each bad one at a place of its own.
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
        const MARKS: [CallFlags; 3] = [
            CallFlags { failed: true, slow: false },
            CallFlags { failed: false, slow: true },
            CallFlags { failed: true, slow: true },
        ];
        for size in [1, 2, 31, 32, 33, 100, 4_095, 4_097, 1_000_000, u32::MAX] {
            let (mut ring, mut places) = (OutcomeRing::new(size), Places::default());
            let mut drawn = u64::from(size);
            for flags in MARKS.into_iter().cycle().take(600) {
                // Steps of every length up to a little more than the window.
                drawn = drawn.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                let good = ((drawn >> 32) % (u64::from(size) + 2)) >> (drawn >> 16 & 31);
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
        assert_eq!(ring.steps.len(), 100);
    }
}
