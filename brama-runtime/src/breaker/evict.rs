//! The eviction of a breaker with a key.
//!
//! A breaker is evicted only while nothing but its registry holds it, so that nothing still relies
//! on it. Promise 4 of the gate holds the argument.

use super::{
    gate::Gate,
    locked::Locked,
    pending_events::{PendingEvents, Timestamp},
    slot::Slot,
};
use crate::{
    bus::Wakes,
    circuit::{State, Tick},
    counters::Totals,
    event::EventDetail,
};

impl Slot {
    /// Evicts the breaker if it is evictable and not held. Returns its totals and the wake-ups,
    /// which the caller triggers once it has released the lock of the registry.
    ///
    /// `is_held` reads the reference count by writing to it.
    pub(crate) fn evict(
        &self,
        timestamp: Timestamp,
        is_held: impl Fn() -> bool,
    ) -> Option<(Totals, Wakes)> {
        if is_held() {
            return None;
        }
        let mut locked = self.lock_for_step();
        if locked.is_evictable(timestamp.now()) {
            locked.rare_mut().is_evicted = true;
        }
        locked.publish();
        if locked.is_evicted() && is_held() {
            locked.rare_mut().is_evicted = false;
            locked.publish();
        }
        if !locked.is_evicted() {
            return None;
        }
        Gate::acquire_fence();
        locked.sync_counters(self.gate.load(), self.gate.successes());
        let mut pending = PendingEvents::of(timestamp);
        if locked.is_registered() {
            pending.add(EventDetail::Removed);
        }
        Some((self.totals(&locked), pending.send(&mut locked, &self.identity, &self.context.bus)))
    }

    /// Whether the breaker is evicted or about to be, for a caller that has just taken a hold. Only
    /// a thread with the lock of the registry can tell which. `false` stays true for as long as the
    /// hold lasts.
    #[inline]
    pub(crate) fn is_evicted(&self) -> bool {
        self.gate.load_after_hold().is_evicted()
    }
}

impl Locked {
    /// Whether an eviction would lose nothing but counts.
    fn is_evictable(&self, now: Tick) -> bool {
        let circuit = &self.circuit;
        let is_quiet = match circuit.state() {
            State::Closed => true,
            State::HalfOpen => circuit.probes() == 0,
            State::Open | State::ForcedOpen | State::Disabled => false,
        };
        let window = circuit.counts(now);
        is_quiet
            && circuit.failures() == 0
            && window.failures == 0
            && window.slow == 0
            && !self.rare().is_some_and(|rare| rare.is_pinned)
            && !self.layers().is_configured_by_key()
    }
}
