//! The calls in flight of a breaker, and their limit.
//!
//! This is a count with a limit and a flag; `concurrency_limit.rs` says when a call takes a place.
//!
//! # Orderings
//!
//! One word holds the calls in flight and the flag that someone waits for a place, so it is never
//! unclear which came first. A waiter sets the flag and sees in the same step whether a place is
//! free. A call that gives its place back sees in the same step whether the flag is set, and then
//! takes the breaker's lock, under which the waiter was added. So either the waiter sees the place,
//! or the call sees the waiter, and the flag itself can be `Relaxed`.
//!
//! Taking a place acquires and giving it back releases: with a limit of 1, each call sees what the
//! one before has done.

use crate::{
    circuit::Policy,
    logs::RejectionLog,
    sys::sync::{AtomicU64, Ordering},
};

/// The places of a breaker. Used only while its policy has a `concurrency_limit`, and by the calls
/// that have taken a place before.
pub(super) struct InFlight {
    /// The number of calls, and [`AWAITED`].
    calls: AtomicU64,
    /// The number of places, and [`ONLY_OBSERVES`]. It changes under the breaker's lock.
    limit: AtomicU64,
    rejected: AtomicU64,
    pub(super) log: RejectionLog,
}

/// In `calls`: someone waits for a place.
const AWAITED: u64 = 1 << 63;

/// In `limit`: the breaker is in shadow, so the surplus runs.
const ONLY_OBSERVES: u64 = 1 << 63;

impl Default for InFlight {
    fn default() -> Self {
        Self {
            calls: AtomicU64::new(0),
            limit: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            log: RejectionLog::new(),
        }
    }
}

impl InFlight {
    /// Sets the limit of the policy. Call it only with the breaker's lock held.
    pub(super) fn set_limit(&self, limit: u32, policy: &Policy) {
        let observes = if policy.shadow() { ONLY_OBSERVES } else { 0 };
        self.limit.store(u64::from(limit) | observes, Ordering::Relaxed);
    }

    pub(super) fn limit(&self) -> u64 {
        self.limit.load(Ordering::Relaxed) & !ONLY_OBSERVES
    }

    /// The number of calls in flight that hold a place.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed) & !AWAITED
    }

    pub(super) fn count_rejected(&self) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn rejected(&self) -> u64 {
        self.rejected.load(Ordering::Relaxed)
    }

    pub(super) fn only_observes(&self) -> bool {
        self.limit.load(Ordering::Relaxed) & ONLY_OBSERVES != 0
    }

    /// Takes a place, if one is free.
    pub(super) fn take(&self) -> bool {
        let limit = self.limit();
        let mut seen = self.calls.load(Ordering::Relaxed);
        while seen & !AWAITED < limit {
            let (taken, failed) = (Ordering::Acquire, Ordering::Relaxed);
            match self.calls.compare_exchange(seen, seen + 1, taken, failed) {
                Ok(_) => return true,
                Err(other) => seen = other,
            }
        }
        false
    }

    /// Gives a place back. Returns whether someone waits for one.
    pub(super) fn give_back(&self) -> bool {
        self.calls.fetch_sub(1, Ordering::Release) & AWAITED != 0
    }

    /// Whether all places are taken. If so, the next call that gives one back looks for waiters.
    /// Call it with the breaker's lock held, and add the waiter before it is released.
    pub(super) fn is_full_for_waiter(&self) -> bool {
        self.limit() <= self.calls.fetch_or(AWAITED, Ordering::Relaxed) & !AWAITED
    }

    /// Whether the waiters are to be woken, because a place is free. Call it with the lock held.
    pub(super) fn stop_waiting(&self) -> bool {
        let is_free = self.calls() < self.limit();
        if is_free {
            self.calls.fetch_and(!AWAITED, Ordering::Relaxed);
        }
        is_free
    }
}
