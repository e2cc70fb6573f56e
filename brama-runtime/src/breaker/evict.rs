//! The end of a breaker that may be forgotten: one of a key.
//!
//! It goes only while nobody but its registry holds it, so nobody is left who could count on it. The
//! argument is promise 4 of the gate.

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
    /// Goes for good, if it may and nobody holds it: what it counted, and whom to wake, which is for the
    /// caller, who holds the registry's lock.
    ///
    /// `is_held` reads the count of holds by writing to it.
    pub(crate) fn evict(
        &self,
        moment: Timestamp,
        is_held: impl Fn() -> bool,
    ) -> Option<(Totals, Wakes)> {
        if is_held() {
            return None;
        }
        let mut locked = self.lock_for_step();
        if locked.is_evictable(moment.now()) {
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
        let mut pending = PendingEvents::of(moment);
        if locked.is_registered() {
            pending.add(EventDetail::Removed);
        }
        Some((self.totals(&locked), self.send(&mut locked, pending)))
    }

    /// Whether it has evicted, or is about to: asked by one who has just taken a hold. Who has the
    /// registry's lock knows which; `false` holds for as long as the hold does.
    #[inline]
    pub(crate) fn is_evicted(&self) -> bool {
        self.gate.load_after_hold().is_evicted()
    }
}

impl Locked {
    /// Whether nothing would be lost with it but counts.
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
