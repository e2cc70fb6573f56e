//! The calls in flight of a breaker, and their limit.
//!
//! This is a count with a limit and a flag; `concurrency_limit.rs` says when a call takes a place.
//!
//! # Orderings
//!
//! One word holds the calls in flight and the flag that a caller waits for a place, so it is never
//! unclear which came first. A waiter sets the flag and sees in the same step whether a place is
//! free. A call that gives its place back sees in the same step whether the flag is set, and then
//! takes the breaker's lock, under which the waiter was added. So either the waiter sees the place,
//! or the call sees the waiter, and the flag itself can be `Relaxed`.
//!
//! Taking a place acquires and giving it back releases: with a limit of 1, each call sees what the
//! one before has done.
//!
//! The word also holds the successes that gave a place back, so that a success writes once. It is a
//! counter of the gate, read by writing, with the orderings of its promise 2: a success acquires
//! and the holder of the lock releases (`gate.rs`). A failure that is absorbed reads it by a plain
//! load (promise 5).

mod full_since;
mod saturation;

use std::time::Duration;

use self::full_since::FullSince;
pub(super) use self::saturation::Saturation;
use crate::{
    circuit::{Policy, Tick},
    logs::RejectionLog,
    sys::sync::{AtomicU64, Ordering},
};

/// The places of a breaker. Used only while its policy has a `concurrency_limit`, and by the calls
/// that have taken a place before.
pub(super) struct InFlight {
    /// The number of calls, [`AWAITED`], and the number of successes.
    word: AtomicU64,
    /// Successes that had no room in the word. They are moved here under the breaker's lock.
    moved: AtomicU64,
    /// The number of places, and [`ONLY_OBSERVES`]. It changes under the breaker's lock.
    limit: AtomicU64,
    rejected: AtomicU64,
    /// The [`FullSince`] of the first call that found no place since one was given back.
    full_since: AtomicU64,
    pub(super) log: RejectionLog,
}

/// In the word: the number of calls, which no limit exceeds.
const CALLS: u64 = u32::MAX as u64;

/// In the word: a caller waits for a place.
const AWAITED: u64 = 1 << 32;

/// In the word: the bits above [`AWAITED`] count successes.
const SUCCESSES: u32 = 33;

/// The number of successes in the word at which they are moved. The word has room for four times as
/// many, so it does not overflow while other calls are counted before the move.
const MANY_SUCCESSES: u64 = 1 << 29;

/// In `limit`: the breaker is in shadow, so the surplus runs.
const ONLY_OBSERVES: u64 = 1 << 63;

/// What remains to be done after a call has given its place back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Chore {
    None,
    /// A caller waits for a place.
    Wake,
    /// The successes need room, and a caller may wait for a place.
    MoveSuccesses,
}

impl Default for InFlight {
    fn default() -> Self {
        Self {
            word: AtomicU64::new(0),
            moved: AtomicU64::new(0),
            limit: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            full_since: AtomicU64::new(FullSince::NEVER.bits()),
            log: RejectionLog::new(),
        }
    }
}

impl InFlight {
    /// Sets the limit of the policy. Call it only with the breaker's lock held.
    pub(super) fn set_limit(&self, limit: u32, policy: &Policy) {
        let observes = if policy.shadow() { ONLY_OBSERVES } else { 0 };
        let limit = u64::from(limit) | observes;
        if self.limit.load(Ordering::Relaxed) != limit {
            self.limit.store(limit, Ordering::Relaxed);
            self.forget_full();
        }
    }

    #[inline]
    pub(super) fn limit(&self) -> u64 {
        self.limit.load(Ordering::Relaxed) & !ONLY_OBSERVES
    }

    /// The number of calls in flight that hold a place.
    pub(super) fn calls(&self) -> u64 {
        self.word.load(Ordering::Relaxed) & CALLS
    }

    /// Counts a call that found no place.
    pub(super) fn count_rejected(&self, now: impl FnOnce() -> Tick) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
        // Another thread may move successes: then the sum is one that no later call finds.
        let successes = self.sum_successes();
        if !self.full_since().is_after(successes) {
            let since = FullSince::new(now(), successes);
            self.full_since.store(since.bits(), Ordering::Relaxed);
        }
    }

    fn full_since(&self) -> FullSince {
        FullSince::from_bits(self.full_since.load(Ordering::Relaxed))
    }

    fn forget_full(&self) {
        if self.full_since() != FullSince::NEVER {
            self.full_since.store(FullSince::NEVER.bits(), Ordering::Relaxed);
        }
    }

    /// For how long no place has been free, as far as a rejected call has seen it; `None` if one is
    /// free. Call it with the breaker's lock held.
    pub(super) fn full_for(&self, now: Tick) -> Option<Duration> {
        let since = self.full_since();
        let is_full = self.limit() <= self.calls() && since.is_after(self.sum_successes());
        is_full.then(|| since.age(now))
    }

    pub(super) fn rejected(&self) -> u64 {
        self.rejected.load(Ordering::Relaxed)
    }

    pub(super) fn only_observes(&self) -> bool {
        self.limit.load(Ordering::Relaxed) & ONLY_OBSERVES != 0
    }

    /// Takes a place.
    ///
    /// # Errors
    ///
    /// The numbers that the call has seen, if no place is free.
    #[inline]
    pub(super) fn take(&self) -> Result<(), Saturation> {
        let limit = self.limit();
        let mut seen = self.word.load(Ordering::Relaxed);
        while seen & CALLS < limit {
            let (taken, failed) = (Ordering::Acquire, Ordering::Relaxed);
            match self.word.compare_exchange(seen, seen + 1, taken, failed) {
                Ok(_) => return Ok(()),
                Err(other) => seen = other,
            }
        }
        Err(Saturation::new(seen & CALLS, limit))
    }

    /// Gives a place back.
    #[inline]
    pub(super) fn give_back(&self) -> Chore {
        let chore = Chore::of(self.word.fetch_sub(1, Ordering::Release));
        self.forget_full();
        chore
    }

    /// Counts a success whose caller has found a fast path, and gives its place back.
    #[inline]
    pub(super) fn give_back_in_success(&self) -> Chore {
        let one_success = 1 << SUCCESSES;
        Chore::of(self.word.fetch_add(one_success - 1, Ordering::AcqRel))
    }

    /// Returns the successes. Call it with the breaker's lock held, and the fast path disabled.
    pub(super) fn successes(&self) -> u64 {
        self.successes_in(self.word.fetch_add(0, Ordering::Release))
    }

    /// Returns the successes, without excluding calls that are being counted. Call it with the
    /// breaker's lock held.
    pub(super) fn sum_successes(&self) -> u64 {
        self.successes_in(self.word.load(Ordering::Relaxed))
    }

    fn successes_in(&self, word: u64) -> u64 {
        self.moved.load(Ordering::Relaxed) + (word >> SUCCESSES)
    }

    /// Makes room for more successes. Call it with the breaker's lock held.
    pub(super) fn move_successes(&self) {
        let successes = self.word.load(Ordering::Relaxed) >> SUCCESSES;
        self.word.fetch_sub(successes << SUCCESSES, Ordering::Relaxed);
        self.moved.fetch_add(successes, Ordering::Relaxed);
    }

    /// Whether all places are taken. If so, the next call that gives one back looks for waiters.
    /// Call it with the breaker's lock held, and add the waiter before it is released.
    pub(super) fn is_full_for_waiter(&self) -> bool {
        self.limit() <= self.word.fetch_or(AWAITED, Ordering::Relaxed) & CALLS
    }

    /// Whether the waiters are to be woken, because a place is free. Call it with the lock held.
    pub(super) fn stop_waiting(&self) -> bool {
        let is_free = self.calls() < self.limit();
        if is_free {
            self.word.fetch_and(!AWAITED, Ordering::Relaxed);
        }
        is_free
    }
}

impl Chore {
    #[inline]
    const fn of(word: u64) -> Self {
        if word < MANY_SUCCESSES << SUCCESSES {
            if word & AWAITED == 0 { Self::None } else { Self::Wake }
        } else {
            Self::MoveSuccesses
        }
    }
}

#[cfg(all(test, not(brama_loom)))]
mod tests {
    use super::*;

    fn with_successes(successes: u64) -> InFlight {
        InFlight { word: AtomicU64::new(successes << SUCCESSES), ..InFlight::default() }
    }

    #[test]
    fn successes_that_need_room_are_moved_and_none_is_lost() {
        let in_flight = with_successes(MANY_SUCCESSES - 1);
        in_flight.word.fetch_add(3, Ordering::Relaxed);
        assert_eq!(in_flight.give_back_in_success(), Chore::None);
        assert_eq!(in_flight.give_back(), Chore::MoveSuccesses);
        in_flight.move_successes();
        assert_eq!(in_flight.give_back_in_success(), Chore::None);
        assert_eq!((in_flight.successes(), in_flight.calls()), (MANY_SUCCESSES + 1, 0));
    }

    #[test]
    fn the_greatest_limit_leaves_the_flag_and_the_successes_alone() {
        let in_flight = with_successes(7);
        in_flight.limit.store(CALLS, Ordering::Relaxed);
        in_flight.word.fetch_add(CALLS - 1, Ordering::Relaxed);
        assert_eq!(in_flight.take(), Ok(()));
        assert_eq!(in_flight.take(), Err(Saturation::new(CALLS, CALLS)));
        assert_eq!(in_flight.give_back(), Chore::None);
        assert_eq!((in_flight.successes(), in_flight.calls()), (7, CALLS - 1));
    }
}
