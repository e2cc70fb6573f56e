//! An admitted call: from its entry to the record of its outcome.

use std::{mem, time::Duration};

use super::{
    locked::Locked, pending_events::PendingEvents, slot::Slot, step::StepGuard, word::Word,
};
use crate::{
    circuit::{Fate, Reason, Tick, Verdict},
    outcome::Outcome,
    sys::sync::{MutexGuard, lock_unless},
};

/// How a call came in: the word under which it was admitted, and when where that matters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) word: Word,
    /// [`Tick::NEVER`] where calls are not timed.
    pub(super) started: Tick,
}

impl Slot {
    /// Records a success.
    ///
    /// What is compiled into each call site is no more than the way of a breaker that one thread calls.
    #[inline]
    pub(super) fn succeed(&self, entry: Entry) {
        match self.gate.count_shared(entry.word) {
            Some(contention) => self.note_contention(contention),
            None => self.succeed_apart(entry),
        }
    }

    #[inline(never)]
    fn succeed_apart(&self, entry: Entry) {
        match self.gate.count_striped(entry.word) {
            Some(contention) => self.note_contention(contention),
            None => self.succeed_slowly(entry),
        }
    }

    #[inline(never)]
    fn succeed_slowly(&self, entry: Entry) {
        if self.is_in_fast_bucket(entry.word) {
            self.note_contention(self.gate.count_success());
        } else if entry.is_recorded() {
            self.succeed_by_length(entry);
        }
    }

    /// Whether the gate still shows `word`, and that is settled by the coarse clock alone.
    fn is_in_fast_bucket(&self, word: Word) -> bool {
        word.has_fast_path_in_bucket()
            && self.gate.load() == word
            && self.context.time.coarse() < self.gate.fast_path_until()
    }

    #[inline(never)]
    fn succeed_by_length(&self, entry: Entry) {
        let took = self.took(entry);
        let word = self.gate.load();
        let is_fast = || self.takes_fast_path(word, took, || self.now(word));
        if word.is_of(entry.word) && (is_fast() || self.gate.end_failures(word)) {
            return self.note_contention(self.gate.count_success());
        }
        self.succeed_under_lock(entry, took);
    }

    #[cold]
    fn succeed_under_lock(&self, entry: Entry, took: Option<Duration>) {
        // Before the lock: the clock may be the user's.
        let moment = self.moment();
        let is_fast = || {
            let word = self.gate.load();
            word.is_of(entry.word) && self.takes_fast_path(word, took, || moment.now())
        };
        // Whoever has the lock may settle the gate. A step would unsettle it again and send the others
        // here, one after the other.
        match lock_unless(&self.locked, is_fast) {
            Some(locked) => {
                self.step(locked, entry, Verdict::Success { took }, PendingEvents::of(moment))
            }
            None => self.note_contention(self.gate.count_success()),
        }
    }

    /// Whether a success of that length changes nothing where the gate shows `word`.
    fn takes_fast_path(
        &self,
        word: Word,
        took: Option<Duration>,
        now: impl FnOnce() -> Tick,
    ) -> bool {
        let slow = || word.is_timed() && took.is_some_and(|took| self.gate.slow_after() < took);
        word.has_fast_path()
            && !slow()
            && !(word.is_bucketed() && self.gate.fast_path_until() <= now())
    }

    /// Records an outcome that is synced by its value: a success has a way of its own.
    #[cold]
    pub(super) fn record(&self, entry: Entry, outcome: Outcome) {
        if !entry.is_recorded() {
            return;
        }
        match outcome {
            Outcome::Success => self.succeed(entry),
            Outcome::Ignore => self.ignore(entry),
            Outcome::Failure(_) => self.report(entry, outcome.into_verdict(self.took(entry))),
        }
    }

    fn ignore(&self, entry: Entry) {
        let word = self.gate.load();
        if word.admits() && !word.is_heard() && word.is_of(entry.word) {
            self.note_contention(self.gate.count_ignored());
        } else {
            self.report(entry, Verdict::Ignore);
        }
    }

    /// Records that the body panicked.
    #[cold]
    pub(super) fn panic(&self, entry: Entry) {
        self.record(entry, Outcome::failure("panic"));
    }

    /// Records that the call was dropped without an outcome.
    #[cold]
    pub(super) fn abandon(&self, entry: Entry) {
        let took = self.took(entry);
        self.report(entry, Verdict::Abandoned { took });
    }

    /// Records any outcome.
    #[cold]
    pub(super) fn report(&self, entry: Entry, verdict: Verdict) {
        let pending = PendingEvents::of(self.moment());
        self.step(self.locked.lock(), entry, verdict, pending);
    }

    fn step(
        &self,
        locked: MutexGuard<'_, Locked>,
        entry: Entry,
        verdict: Verdict,
        mut pending: PendingEvents,
    ) {
        let mut locked = self.begin_judging(locked);
        let Locked { circuit, policy, counts, .. } = &mut *locked;
        let totals = &mut counts.get_or_insert_default().totals;
        totals.count(&verdict, policy);
        pending.add_outcome(&verdict, policy);
        let is_slow = policy.is_slow(verdict.took());
        let (fate, change) =
            circuit.report(policy, entry.word.generation(), verdict, pending.now());
        totals.late += u64::from(fate == Fate::Late);
        pending.add_fate(fate, is_slow);
        locked.note(change, &mut pending);
        self.finish(locked, pending);
    }

    /// Takes an outcome without a permit.
    pub(super) fn tell(&self, verdict: Verdict) {
        let mut pending = PendingEvents::of(self.moment());
        let mut locked = self.lock_for_step();
        locked.reregister(&mut pending);
        self.tell_circuit(locked, verdict, pending);
    }

    pub(super) fn tell_circuit(
        &self,
        mut locked: StepGuard<'_>,
        verdict: Verdict,
        mut pending: PendingEvents,
    ) {
        let Locked { circuit, policy, counts, .. } = &mut *locked;
        counts.get_or_insert_default().totals.count(&verdict, policy);
        pending.add_outcome(&verdict, policy);
        let (_, change) = circuit.record_unpermitted(policy, verdict, pending.now());
        locked.note(change, &mut pending);
        self.finish(locked, pending);
    }

    /// How long the call took; `None` where calls are not timed.
    pub(super) fn took(&self, entry: Entry) -> Option<Duration> {
        let is_timed = entry.started != Tick::NEVER;
        is_timed.then(|| self.now(entry.word).since(entry.started))
    }
}

impl Entry {
    /// Of a call of which nothing is recorded.
    pub(super) const NONE: Self = Self { word: Word::NONE, started: Tick::NEVER };

    /// Takes it, so that nothing more is recorded of the call.
    #[inline]
    pub(super) const fn take(&mut self) -> Self {
        mem::replace(self, Self::NONE)
    }

    #[inline]
    pub(super) fn is_recorded(self) -> bool {
        self.word != Word::NONE
    }

    #[cfg(all(test, brama_loom))]
    pub(super) const fn generation(self) -> crate::circuit::Generation {
        self.word.generation()
    }
}

impl Slot {
    /// Takes a check that passed.
    pub(crate) fn pass_check(&self) {
        let mut pending = PendingEvents::of(self.moment());
        let locked = self.locked.lock();
        if !locked.is_registered() {
            return;
        }
        let mut locked = self.begin_step(locked);
        let Locked { circuit, policy, counts, .. } = &mut *locked;
        let (fate, change) = circuit.check_passed(policy, pending.now());
        if fate.is_some() {
            counts.get_or_insert_default().totals.count(&Verdict::SUCCESS, policy);
            pending.add_outcome(&Verdict::SUCCESS, policy);
        }
        locked.note(change, &mut pending);
        self.finish(locked, pending);
    }

    /// Takes a check that failed.
    pub(crate) fn fail_check(&self, reason: Reason) {
        let pending = PendingEvents::of(self.moment());
        let locked = self.locked.lock();
        if locked.is_registered() {
            self.tell_circuit(self.begin_step(locked), Verdict::failure(reason), pending);
        }
    }
}
