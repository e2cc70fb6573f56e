//! The eviction of a breaker with a key.
//!
//! A breaker is evicted only while nothing but its registry holds it, so that nothing still relies
//! on it. Promise 4 of the gate holds the argument.

use std::time::Duration;

use super::{
    gate::Gate,
    locked::Locked,
    pending_events::{PendingEvents, Timestamp},
    slot::Slot,
    turnstile::Turnstile,
};
use crate::{
    bus::Wakes,
    circuit::{State, Tick},
    counters::Totals,
    event::EventDetail,
    status::Series,
};

impl Slot {
    /// Evicts the breaker if it is evictable and not held. Returns what is left of it, and the
    /// wake-ups, which the caller triggers once it has released the lock of the registry.
    ///
    /// `is_held` reads the reference count by writing to it.
    pub(crate) fn evict(
        &self,
        timestamp: Timestamp,
        idle: Idle,
        is_held: impl Fn() -> bool,
    ) -> Option<(Evicted, Wakes)> {
        let is_held = || is_held() || self.turnstile().is_some_and(Turnstile::is_held);
        if is_held() {
            return None;
        }
        let mut locked = self.lock_for_step();
        let idle = if self.has_counted_since(&locked, idle) { Idle::default() } else { idle };
        if locked.is_evictable(timestamp.now(), idle) {
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
        locked.sync_counters(self.gate.load(), self.successes());
        self.give_turnstile_back();
        let mut pending = PendingEvents::of(timestamp);
        if locked.is_registered() {
            pending.add(EventDetail::Removed);
        }
        let summed = self.is_summed().then(|| self.series_of(&locked, timestamp.now()));
        let evicted = Evicted { totals: self.totals(&locked), summed };
        let (bus, time) = (&self.context.bus, &self.context.time);
        Some((evicted, pending.send(&mut locked, &self.identity, bus, time)))
    }

    /// Whether the breaker has counted a call since it was examined, and therefore is not idle.
    fn has_counted_since(&self, locked: &Locked, idle: Idle) -> bool {
        idle != Idle::default() && self.totals(locked).moves() != idle.moves
    }

    /// Whether the breaker is evicted or about to be, for a caller that has just taken a hold. Only
    /// a thread with the lock of the registry can tell which. `false` stays true for as long as the
    /// hold lasts.
    #[inline]
    pub(crate) fn is_evicted(&self) -> bool {
        self.gate.load_after_hold().is_evicted()
    }
}

/// What is left of an evicted breaker.
pub(crate) struct Evicted {
    pub(crate) totals: Totals,
    /// Its series, if metrics sum it with others.
    pub(crate) summed: Option<Series>,
}

/// For how long a breaker with a key has counted nothing, as far as its registry knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Idle {
    /// The sum of its counters when it was examined.
    pub(crate) moves: u64,
    pub(crate) duration: Duration,
    /// Whether that is long enough to forget what a closed breaker remembers.
    pub(crate) is_stale: bool,
}

impl Locked {
    /// Whether the breaker may be evicted: because that would lose nothing but counts, or because
    /// the rest is stale.
    fn is_evictable(&self, now: Tick, idle: Idle) -> bool {
        !self.rare().is_some_and(|rare| rare.is_pinned)
            && !self.layers().is_configured_by_key()
            && !self.overlay().is_some_and(|overlay| overlay.is_present(now))
            && self.is_forgettable(now, idle)
    }

    /// Whether the state of the circuit may be forgotten.
    ///
    /// Flapping keys keep their progressive waits: after an opening, its length must pass without a
    /// call. An opening past its deadline counts as half-open. A ramp goes on to its end.
    fn is_forgettable(&self, now: Tick, idle: Idle) -> bool {
        let circuit = &self.circuit;
        let opening = circuit.open_duration().map_or(Duration::ZERO, |opening| opening.duration);
        let is_over = opening <= idle.duration && circuit.admitting(now).is_none();
        match circuit.state() {
            State::Closed => idle.is_stale || self.remembers_nothing(now),
            State::HalfOpen => circuit.probes() == 0 && is_over,
            State::Open => circuit.until().is_some_and(|until| until <= now) && is_over,
            State::ForcedOpen | State::Disabled => false,
        }
    }

    /// Whether a closed circuit has no failure in its run and nothing bad in its window.
    fn remembers_nothing(&self, now: Tick) -> bool {
        let window = self.circuit.counts(now);
        self.circuit.failures() == 0 && window.failures == 0 && window.slow == 0
    }
}
