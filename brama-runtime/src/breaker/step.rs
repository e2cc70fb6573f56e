//! A step: the circuit changes under the breaker's lock, and the new word is published.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use super::{
    locked::Locked, pending_events::PendingEvents, published::GateFields, slot::Slot, word::Word,
};
use crate::{
    bus::Wakes,
    circuit::{Change, State},
    counters::Counter,
    event::EventKinds,
    sys::sync::MutexGuard,
};

/// The locked state while neither the gate nor the turnstile counts successes.
///
/// Only this guard publishes at either.
pub(super) struct StepGuard<'s> {
    slot: &'s Slot,
    locked: MutexGuard<'s, Locked>,
    /// Whether the circuit knows every success that was counted before the step.
    is_synced: bool,
}

impl Slot {
    /// Locks the breaker and begins a step. Until the step ends, no success is counted at the gate,
    /// and the circuit knows every success that was counted before.
    pub(super) fn lock_for_step(&self) -> StepGuard<'_> {
        self.begin_step(self.locked.lock())
    }

    /// Begins a step for a caller that already holds the lock.
    pub(super) fn begin_step<'s>(&'s self, mut locked: MutexGuard<'s, Locked>) -> StepGuard<'s> {
        let seen = self.disable_fast_path();
        locked.sync_counters(seen, self.successes());
        StepGuard { slot: self, locked, is_synced: true }
    }

    /// Begins a step that judges a call.
    ///
    /// If the gate was closed without a fast path, the counters were read when the fast path was
    /// switched off, and they are not read again. At most one success per thread is missing until
    /// a later step reads it (promise 2 of the gate). Reading the counters takes their cache lines
    /// from every thread; `cargo peers` shows the cost when calls fail on two threads.
    pub(super) fn begin_judging<'s>(&'s self, mut locked: MutexGuard<'s, Locked>) -> StepGuard<'s> {
        let seen = self.disable_fast_path();
        let is_synced = !seen.is_closed_without_fast_path();
        if is_synced {
            locked.sync_counters(seen, self.successes());
        }
        StepGuard { slot: self, locked, is_synced }
    }

    /// Sends successes to the lock. Returns the word that the gate has shown until now.
    fn disable_fast_path(&self) -> Word {
        if let Some(turnstile) = self.turnstile() {
            turnstile.close();
        }
        self.gate.disable_fast_path()
    }
}

impl StepGuard<'_> {
    /// Publishes, sends the events, unlocks, and wakes the subscribers and waiters. Returns the
    /// published word.
    pub(super) fn finish(mut self, pending: PendingEvents) -> Word {
        if pending.has_change {
            self.sync_rejections();
        }
        let word = self.publish();
        if pending.is_empty() && !self.has_waiters() {
            return word;
        }
        let wakes = self.notify(pending);
        drop(self);
        wakes.wake();
        word
    }

    /// Records changes for subscribers and for rejected callers.
    pub(super) fn note_changes(
        &mut self,
        changes: impl IntoIterator<Item = Change>,
        pending: &mut PendingEvents,
    ) {
        for change in changes {
            self.note_change(change, pending);
        }
    }

    #[cold]
    fn note_change(&mut self, change: Change, pending: &mut PendingEvents) {
        let Change { from, to, at, mut cause, .. } = change;
        if to == State::Open {
            self.locked.begin_share(self.slot.context.share(), at);
            cause.held_back = self.locked.is_held_back();
        }
        pending.has_change = true;
        if from != to {
            self.locked.rare_mut().transitions.add(from, to);
        }
        let cause = Arc::new(cause);
        pending.add_change(from, to, &cause);
        self.locked.keep_opening(to, at, cause);
    }

    /// Publishes, sends the events and unlocks. The caller triggers the returned wake-ups once it
    /// has released the lock of the registry.
    pub(super) fn finish_without_waking(mut self, pending: PendingEvents) -> Wakes {
        self.publish();
        self.notify(pending)
    }

    fn notify(&mut self, pending: PendingEvents) -> Wakes {
        let Slot { identity, context, .. } = self.slot;
        let now = pending.now();
        let mut wakes = pending.send(&mut self.locked, identity, &context.bus, &context.time);
        self.slot.wake_waiters(&mut self.locked, now, &mut wakes);
        wakes
    }

    /// Assigns the gate's rejections to the state that the circuit has left.
    fn sync_rejections(&mut self) {
        let (counted, state) = (self.slot.gate.sum(Counter::Rejected), self.circuit.state());
        self.rare_mut().sync_rejections(counted, state);
    }

    /// Publishes at the gate what the circuit would answer. Returns the published word.
    ///
    /// While a subscriber receives events of calls, the gate only admits, and each outcome is
    /// recorded under the lock.
    pub(super) fn publish(&mut self) -> Word {
        self.locked.settle_share(self.slot.context.share());
        let Locked { circuit, policy, .. } = &*self.locked;
        let state = circuit.state();
        let mut fields = GateFields {
            // A forced opening has no deadline. The previous one is kept for a thread that still
            // reads an older word.
            rejects_until: circuit.rejects_until(policy).filter(|_| state != State::ForcedOpen),
            overlay: None,
            edge: match state {
                State::Closed => circuit.settled_until(),
                State::Open | State::HalfOpen | State::ForcedOpen | State::Disabled => {
                    circuit.since()
                }
            },
            opening: circuit.opening(),
            slow_after: policy.slow_call_duration(),
        };
        if let Some(limit) = policy.concurrency_limit() {
            self.slot.extras().in_flight.set_limit(limit, policy);
        }
        let word = Word::of(circuit, policy);
        // A stray success that is unread must not end the present run (promise 5 of the gate).
        let may_end_failures = self.is_synced || circuit.failures() == 0;
        let word = if may_end_failures { word } else { word.without_fast_path() };
        let word = if self.locked.is_held_back() { word.held_back() } else { word };
        let Slot { identity, context, gate, .. } = self.slot;
        let kind = || self.locked.layers().kind();
        let is_observed = context.bus.has_subscribers()
            && context.bus.has_subscribers_of(EventKinds::CALLS, identity, kind);
        let is_overlaid = self.locked.is_overlaid();
        let word = if is_overlaid { self.locked.mark_overlay(word, &mut fields) } else { word };
        let word = if is_observed { word.observed() } else { word };
        let word = gate.publish(self.locked.mark(word), fields);
        if let Some(turnstile) = self.slot.turnstile() {
            turnstile.publish(word);
        }
        word
    }
}

impl Deref for StepGuard<'_> {
    type Target = Locked;

    fn deref(&self) -> &Locked {
        &self.locked
    }
}

impl DerefMut for StepGuard<'_> {
    fn deref_mut(&mut self) -> &mut Locked {
        &mut self.locked
    }
}
