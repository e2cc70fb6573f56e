//! The limit of calls in flight: a bulkhead without a queue.
//!
//! It is checked before the circuit. A call that it admits holds a place until its outcome is
//! recorded, however it ends; so does one that runs although the circuit would reject it, and that
//! is not recorded. A call within a probe is part of the probe and takes none.

use std::{mem, ops::ControlFlow};

use super::{
    circuit_open::CircuitOpen,
    entry::Entry,
    in_flight::{Chore, Saturation},
    pending_events::PendingEvents,
    rejection::Rejection,
    slot::Slot,
    word::Word,
};
use crate::{
    bus::Wakes,
    circuit::{Policy, Tick},
    duration::Exact,
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
        if word.admits_untimed() && self.extras().in_flight.take().is_ok() {
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
        let place = match self.take_place() {
            Ok(place) => place,
            Err(saturation) => return self.reject_saturated(word, saturation),
        };
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

    fn take_place(&self) -> Result<CallPlace<'_>, Saturation> {
        self.extras().in_flight.take().map(|()| CallPlace(self))
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

    fn reject_saturated(
        &self,
        word: Word,
        saturation: Saturation,
    ) -> Result<Option<Entry>, Rejection> {
        let in_flight = &self.extras().in_flight;
        in_flight.count_rejected(|| self.context.time.coarse());
        if word.is_observed() || word.is_unregistered() {
            self.announce_rejection();
        }
        if in_flight.only_observes() {
            return Ok(None);
        }
        Err(Rejection::saturated(word, self.gate.published().opening(), saturation))
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

    pub(super) fn log_saturated(&self, rejected: &CircuitOpen, saturation: Saturation) {
        let (limit, minute) = (Some(saturation.limit().into()), self.present_minute());
        let log = &self.extras().in_flight.log;
        log.add_of_minute(self.identity(), limit, None, minute, rejected);
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

    /// A warning if no place has been free for as long as a probe may be silent.
    pub(super) fn warn_if_full(&self, word: Word, policy: &Policy, now: Tick) -> Option<String> {
        let limit = policy.concurrency_limit().filter(|_| word.is_limited())?;
        let full_for = self.extras.get()?.in_flight.full_for(now)?;
        (policy.probe_timeout() <= full_for).then(|| {
            let full_for = Exact(full_for);
            format!(
                "no place of `concurrency_limit` {limit} has been free for {full_for}: a call that \
                 hangs keeps its place, so give calls a timeout, such as the option of the attribute"
            )
        })
    }

    /// The number of calls that were rejected because too many were in flight.
    pub(super) fn saturated(&self) -> u64 {
        self.extras.get().map_or(0, |extras| extras.in_flight.rejected())
    }
}

const NANOS_A_MINUTE: u64 = 60_000_000_000;
