//! Absorbing: a failure that changes only runs and window leaves the gate as it is.
//!
//! Such a failure needs no step: no word to publish, no event, and no time, except for a window of
//! time. Other calls go on without seeing it.

use std::time::Duration;

use super::{
    entry::Entry,
    locked::{Locked, LockedCounts},
    slot::Slot,
    word::Word,
};
use crate::{
    circuit::{Reasons, Tick},
    outcome::Failure,
};

impl Slot {
    /// Records a failure if the circuit absorbs it. Otherwise returns the failure, which a step has
    /// to judge.
    #[inline]
    pub(super) fn absorb(
        &self,
        entry: Entry,
        failure: Failure,
        took: Option<Duration>,
    ) -> Option<Failure> {
        let word = self.gate.load();
        if failure.asks_for_nothing() && entry.is_absorbed_under(word) {
            // The clock may be user code, and is therefore read without the lock.
            let now = if word.is_bucketed() { self.now(word) } else { Tick::ORIGIN };
            return self.absorb_under_lock(word, failure, took, now);
        }
        Some(failure)
    }

    fn absorb_under_lock(
        &self,
        word: Word,
        failure: Failure,
        took: Option<Duration>,
        now: Tick,
    ) -> Option<Failure> {
        let mut locked = self.locked.lock();
        if self.gate.load() != word {
            return Some(failure);
        }
        // A success that this sum misses counts as later than the failure (promise 5 of the gate).
        locked.sync_counters(word, self.sum_successes());
        // Read under the lock, so that no reason is kept after the past ones were redacted.
        let keeps_text = self.context.reasons() == Reasons::Text;
        let is_plain = keeps_text && !locked.policy.is_slow(took) && !locked.has_waiters();
        let Locked { circuit, policy, counts, .. } = &mut *locked;
        if !is_plain || !circuit.absorbs_failure(policy, word.generation(), now) {
            return Some(failure);
        }
        LockedCounts::of(counts, circuit).count_failure();
        circuit.absorb_failure(policy, failure.into_reason(), now);
        None
    }
}

impl Entry {
    /// Whether a failure of this call may be absorbed while the gate shows `word`.
    fn is_absorbed_under(self, word: Word) -> bool {
        word.absorbs_failures()
            && word.is_of_generation_of(self.word())
            && !self.word().is_let_through()
    }
}
