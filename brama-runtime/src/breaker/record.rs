//! Recording: how the outcome of a call reaches the circuit.

use std::time::Duration;

use super::{
    entry::Entry,
    gate::Gate,
    locked::{Locked, LockedCounts},
    pending_events::PendingEvents,
    slot::Slot,
    stopped_time::StoppedTime,
    word::Word,
};
use crate::{
    circuit::{Abandoned, Fate, Policy, Reason, State, Tick, Verdict},
    counters::Contention,
    event::ProbeVerdict,
    histogram::TimedOutcome,
    logs,
    outcome::{Failure, Judgement, Outcome},
    sys::sync::{MutexGuard, lock_unless},
};

impl Gate {
    /// Counts a success on the counter that all threads share, unless something else has to see it.
    ///
    /// Only this is inlined into call sites, for a program in which no span takes outcomes. A
    /// missing entry needs no test, because the zero in its place shows no fast path either.
    #[inline]
    pub(super) fn take_success(&self, entry: Option<Entry>) -> Option<Contention> {
        let word = Entry::word_of(entry);
        let is_fast = word.has_shared_fast_path() && self.load() == word;
        if is_fast && !logs::takes_outcomes() { Some(self.count_shared_success()) } else { None }
    }

    /// Counts a success on the stripe of this thread, unless something else has to see it.
    #[inline]
    pub(super) fn take_striped_success(&self, entry: Entry) -> Option<Contention> {
        let word = self.load();
        let is_fast = word == entry.word() && word.has_striped_fast_path();
        if is_fast && !logs::takes_outcomes() { Some(self.count_success()) } else { None }
    }
}

impl Slot {
    /// Records a success.
    pub(super) fn record_success(&self, entry: Option<Entry>) {
        match (self.gate.take_success(entry), entry) {
            (Some(contention), _) => self.note_contention(contention),
            (None, Some(entry)) => self.record_success_out_of_line(entry),
            (None, None) => {}
        }
    }

    /// Records a success that the shared counter does not take, or that a span may take: on this
    /// thread's stripe, in the window's present bucket, as a timed call that was not slow, or else
    /// under the lock.
    #[inline(never)]
    pub(super) fn record_success_out_of_line(&self, entry: Entry) {
        if !logs::takes_outcomes() && self.counts_success_of(entry) {
            return self.note_contention(self.gate.count_success());
        }
        if entry.word().holds_place() {
            return self.record_success_in_place(entry);
        }
        logs::note_outcome(self, || "success");
        let entry = self.leave_scope(entry);
        if entry.word().is_let_through() {
            let took = self.took(entry);
            return self.record_verdict(entry, Verdict::Success { took });
        }
        if self.counts_success_of(entry) {
            return self.note_contention(self.gate.count_success());
        }
        let took = self.took(entry);
        self.count_duration(entry, TimedOutcome::Success, took);
        let word = self.gate.load();
        let is_fast = || self.takes_fast_path(word, took, || self.now(word));
        if word.is_of_generation_of(entry.word()) && is_fast() {
            return self.note_contention(self.gate.count_success());
        }
        self.record_success_under_lock(entry, took);
    }

    /// Whether the gate counts a success of this call, without a look at how long it took. The word
    /// of a call that holds a place, or is in a scope or let through, is never the gate's.
    #[inline]
    fn counts_success_of(&self, entry: Entry) -> bool {
        let word = self.gate.load();
        word == entry.word() && (word.has_striped_fast_path() || self.is_in_present_bucket(word))
    }

    #[cold]
    fn record_success_under_lock(&self, entry: Entry, took: Option<Duration>) {
        // The timestamp is read before the lock is taken, because the clock may be user code.
        let at = self.context.timestamp();
        let is_fast = || {
            let word = self.gate.load();
            word.is_of_generation_of(entry.word()) && self.takes_fast_path(word, took, || at.now())
        };
        // While this thread waits for the lock, its holder may restore the fast path. A step would
        // disable it again and send the other threads to the lock, one after the other.
        match lock_unless(&self.locked, is_fast) {
            Some(locked) => {
                self.step(locked, entry, Verdict::Success { took }, PendingEvents::of(at));
            }
            None => self.note_contention(self.gate.count_success()),
        }
    }

    /// Whether the window's present bucket has not ended by the coarse clock, which lags a little.
    fn is_in_present_bucket(&self, word: Word) -> bool {
        word.has_fast_path_in_bucket()
            && self.context.time.coarse() < self.gate.published().fast_path_until()
    }

    /// Whether a success of this duration changes nothing while the gate shows `word`.
    fn takes_fast_path(
        &self,
        word: Word,
        took: Option<Duration>,
        now: impl FnOnce() -> Tick,
    ) -> bool {
        let slow = || {
            word.is_timed() && took.is_some_and(|took| self.gate.published().slow_after() < took)
        };
        word.has_fast_path()
            && !slow()
            && !(word.is_bucketed() && self.gate.published().fast_path_until() <= now())
    }

    /// Records a judgement, and shows it to the current span.
    #[cold]
    pub(super) fn record(&self, entry: Entry, judgement: Judgement) {
        let Some(entry) = self.unless_in_shadow(entry) else { return };
        match judgement {
            Judgement::Outcome(Outcome::Success) => self.record_success(Some(entry)),
            Judgement::Outcome(Outcome::Ignore) => {
                logs::note_outcome(self, || "ignored");
                self.record_ignored(entry, Verdict::Ignore);
            }
            Judgement::InnerRejection => {
                logs::note_outcome(self, || "rejected");
                self.record_ignored(entry, Verdict::InnerRejection);
            }
            Judgement::Outcome(Outcome::Failure(failure)) => {
                let shown = || if failure.has_timed_out() { "timed_out" } else { "failure" };
                logs::note_outcome(self, shown);
                self.record_failure(entry, failure);
            }
        }
    }

    fn record_failure(&self, entry: Entry, failure: Failure) {
        let (entry, _place) = self.place_of(self.leave_scope(entry));
        let took = self.took(entry);
        self.count_duration(entry, TimedOutcome::Failure, took);
        if let Some(failure) = self.absorb(entry, failure, took) {
            self.record_verdict(entry, failure.into_verdict(took));
        }
    }

    fn record_ignored(&self, entry: Entry, verdict: Verdict) {
        let (entry, _place) = self.place_of(self.leave_scope(entry));
        if entry.word().is_measured() {
            self.count_duration(entry, TimedOutcome::Ignored, self.took(entry));
        }
        let word = self.gate.load();
        let is_quiet = word.admits() && !word.is_observed() && !entry.word().is_let_through();
        if is_quiet && word.is_of_generation_of(entry.word()) {
            self.note_contention(self.gate.count_ignored());
        } else {
            self.record_verdict(entry, verdict);
        }
    }

    /// Records that the body panicked.
    #[cold]
    pub(super) fn record_panic(&self, entry: Entry) {
        let Some(entry) = self.unless_in_shadow(entry) else { return };
        logs::note_outcome(self, || "panicked");
        self.record_failure(entry, Failure::of(Reason::from("panic").fixed()));
    }

    /// Records that the call was dropped before it had an outcome.
    #[cold]
    pub(super) fn record_abandoned(&self, entry: Entry) {
        let Some(entry) = self.unless_in_shadow(entry) else { return };
        logs::note_outcome(self, || "abandoned");
        let (entry, _place) = self.place_of(self.leave_scope(entry));
        let took = self.took(entry);
        self.record_verdict(entry, Verdict::Abandoned { took });
    }

    /// Records a verdict about a call that has left its scope and gives its place back itself.
    #[cold]
    pub(super) fn record_verdict(&self, entry: Entry, verdict: Verdict) {
        let pending = PendingEvents::of(self.context.timestamp());
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
        // Read under the lock, so that no reason is kept after the past ones were redacted.
        let verdict = verdict.recorded_as(self.context.reasons());
        let Locked { circuit, policy, counts, .. } = &mut *locked;
        let is_slow = policy.is_slow(verdict.took());
        let is_abandoned = matches!(verdict, Verdict::Abandoned { .. });
        if is_abandoned && policy.abandoned() == Abandoned::Failure {
            self.count_duration(entry, TimedOutcome::Failure, verdict.took());
        }
        let counts = LockedCounts::of(counts, circuit);
        counts.count(&verdict, policy);
        pending.add_outcome(&verdict, policy);
        let verdict = match entry.stopped_time() {
            Some(stopped) => verdict.held(stopped, policy, pending.now()),
            None => verdict,
        };
        let generation = entry.word().generation();
        let told = entry.word().is_let_through().then(|| ProbeVerdict::of(&verdict, policy));
        // A ramp ends by itself, whatever its calls say.
        let asks = is_abandoned && circuit.state() == State::HalfOpen && !circuit.is_ramp();
        let (fate, changes) = circuit.report(policy, generation, verdict, pending.now());
        if matches!(fate, Fate::Late | Fate::Extended) {
            counts.count_late();
        }
        pending.add_fate(fate, is_slow);
        if is_abandoned {
            let totals = self.totals(&locked);
            let is_probe = asks && fate == Fate::Judged;
            locked.rare_mut().abandoned.add(totals, is_probe);
        }
        if let Some(verdict) = told {
            locked.tell_overlay(entry, verdict, &mut pending);
        }
        if matches!(fate, Fate::Extended) {
            locked.note_extension(&mut pending);
        }
        if !changes.is_empty() {
            locked.note_changes(changes, &mut pending);
        }
        locked.finish(pending);
    }
}

impl Verdict {
    /// A call whose time was stopped is held for longer than it took, until it is abandoned.
    #[cold]
    fn held(self, stopped: StoppedTime, policy: &Policy, now: Tick) -> Self {
        match (self, policy.abandoned()) {
            (Self::Abandoned { .. }, Abandoned::Ignore) => {
                Self::Abandoned { took: Some(stopped.held(now)) }
            }
            (verdict, Abandoned::Ignore | Abandoned::Failure) => verdict,
        }
    }
}
