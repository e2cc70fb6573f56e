//! The limit of calls in flight: a bulkhead without a queue.
//!
//! It is checked before the circuit. A call that it admits holds a place until its outcome is
//! recorded, however it ends; so does one that runs although the circuit would reject it, and that
//! is not recorded. A call within a probe is part of the probe and takes none.

use std::{mem, ops::ControlFlow};

use super::{
    circuit_open::CircuitOpen, entry::Entry, in_flight::Chore, pending_events::PendingEvents,
    rejection::Rejection, slot::Slot, word::Word,
};
use crate::{
    bus::Wakes,
    circuit::{Cause, Limit, Policy, Rule, Tick},
    event::EventDetail,
    logs,
};

/// A place of one call. It is given back when this is dropped.
#[must_use = "dropped, it gives the place back"]
pub(super) struct CallPlace<'s>(&'s Slot);

impl CallPlace<'_> {
    /// Leaves the place to the entry of the call.
    fn leave_to(self, entry: Entry) -> Entry {
        mem::forget(self);
        entry.holding_place(true)
    }
}

impl Drop for CallPlace<'_> {
    fn drop(&mut self) {
        self.0.do_chore(self.0.extras().in_flight.give_back());
    }
}

impl Slot {
    /// Admits or rejects a call of a breaker that limits the calls in flight.
    #[inline]
    pub(super) fn admit_limited(&self, word: Word) -> Result<Option<Entry>, Rejection> {
        if word.admits_untimed() && self.extras().in_flight.take() {
            return Ok(Entry::new(word.holding_place(true), Tick::NEVER));
        }
        self.admit_limited_slowly(word)
    }

    #[inline(never)]
    fn admit_limited_slowly(&self, word: Word) -> Result<Option<Entry>, Rejection> {
        if let ControlFlow::Break(nested) = self.admit_in_scope(word) {
            return Ok(nested);
        }
        if let Some(rejection) = self.reject_unless_saturated(word) {
            return Err(rejection);
        }
        let Some(place) = self.take_place() else { return self.reject_saturated(word) };
        let entry = self.ask_circuit(word)?.or_else(Entry::in_shadow);
        Ok(entry.map(|entry| place.leave_to(entry)))
    }

    /// Rejects a call that finds a place while the circuit rejects every call, without taking the
    /// place: another call would not find it meanwhile.
    fn reject_unless_saturated(&self, word: Word) -> Option<Rejection> {
        if word.rejects_out_of_line() && !self.is_saturated(word) {
            self.reject_at_gate(word)
        } else {
            None
        }
    }

    fn take_place(&self) -> Option<CallPlace<'_>> {
        self.extras().in_flight.take().then(|| CallPlace(self))
    }

    /// Takes the place over that the call holds, if it holds one.
    pub(super) fn place_of(&self, entry: Entry) -> (Entry, Option<CallPlace<'_>>) {
        if !entry.word().holds_place() {
            return (entry, None);
        }
        (entry.holding_place(false), Some(CallPlace(self)))
    }

    /// Returns the entry, unless the call runs in shadow: then all that remains is its place, which
    /// is given back.
    pub(super) fn unless_in_shadow(&self, entry: Entry) -> Option<Entry> {
        if !entry.word().is_in_shadow() {
            return Some(entry);
        }
        drop(self.place_of(entry));
        None
    }

    /// Records a success of a call that holds a place, which is given back at the end.
    pub(super) fn record_success_in_place(&self, entry: Entry) {
        let word = entry.word().holding_place(false);
        if word.has_striped_fast_path() && self.gate.load() == word {
            logs::note_outcome(self, || "success");
            return self.do_chore(self.extras().in_flight.give_back_in_success());
        }
        let Some(entry) = self.unless_in_shadow(entry) else { return };
        let (entry, _place) = self.place_of(entry);
        self.record_success_out_of_line(entry);
    }

    #[inline]
    fn do_chore(&self, chore: Chore) {
        if chore != Chore::None {
            self.do_chore_under_lock(chore);
        }
    }

    #[cold]
    fn do_chore_under_lock(&self, chore: Chore) {
        if chore == Chore::MoveSuccesses {
            let _locked = self.locked.lock();
            self.extras().in_flight.move_successes();
        }
        self.wake_for_place();
    }

    fn reject_saturated(&self, word: Word) -> Result<Option<Entry>, Rejection> {
        let in_flight = &self.extras().in_flight;
        in_flight.count_rejected();
        if word.is_observed() || word.is_unregistered() {
            self.announce_rejection();
        }
        if in_flight.only_observes() {
            return Ok(None);
        }
        Err(Rejection::saturated(word, self.gate.published().opening()))
    }

    #[cold]
    fn announce_rejection(&self) {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let mut locked = self.lock_for_step();
        locked.reregister(&mut pending);
        pending.add_call(|| EventDetail::Rejected);
        locked.finish(pending);
    }

    /// Whether the next call would be rejected because too many calls are in flight.
    pub(super) fn is_saturated(&self, word: Word) -> bool {
        word.is_limited() && {
            let in_flight = &self.extras().in_flight;
            in_flight.limit() <= in_flight.calls() && !in_flight.only_observes()
        }
    }

    /// As [`is_saturated`](Self::is_saturated), for a caller that holds the lock, under which there
    /// is a waiter or one is added.
    pub(super) fn is_saturated_for_waiter(&self, word: Word) -> bool {
        self.is_saturated(word) && self.extras().in_flight.is_full_for_waiter()
    }

    fn wake_for_place(&self) {
        // No clock is read: it may be user code that panics, while a panic drops the place.
        let (mut locked, mut wakes) = (self.locked.lock(), Wakes::default());
        if self.extras().in_flight.stop_waiting() {
            let from = locked.admits_from(self.context.share(), Tick::ORIGIN);
            locked.wake_waiters(from, Tick::ORIGIN, &mut wakes);
        }
        drop(locked);
        wakes.wake();
    }

    /// The evidence of a rejection by the limit: the present numbers.
    pub(super) fn saturation(&self) -> Cause {
        let (calls, limit) = {
            let in_flight = &self.extras().in_flight;
            (in_flight.calls(), in_flight.limit())
        };
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        Cause { run: calls, limit: Some(Limit::Count(limit)), ..Cause::of_rule(Rule::Saturated) }
    }

    pub(super) fn log_saturated(&self, rejected: &CircuitOpen) {
        let in_flight = &self.extras().in_flight;
        let (limit, minute) = (Some(in_flight.limit()), self.present_minute());
        in_flight.log.add_of_minute(self.identity(), limit, None, minute, rejected);
    }

    /// The number of the present minute.
    pub(super) fn present_minute(&self) -> u64 {
        self.context.time.coarse().as_nanos() / NANOS_A_MINUTE
    }

    /// The number of calls in flight; `None` if they are not limited.
    pub(super) fn in_flight(&self, policy: &Policy) -> Option<u64> {
        let _limit = policy.concurrency_limit()?;
        Some(self.extras.get().map_or(0, |extras| extras.in_flight.calls()))
    }

    /// The number of calls that were rejected because too many were in flight.
    pub(super) fn saturated(&self) -> u64 {
        self.extras.get().map_or(0, |extras| extras.in_flight.rejected())
    }
}

const NANOS_A_MINUTE: u64 = 60_000_000_000;
