//! Admission: which calls may run.

use std::num::NonZeroU64;

use super::{
    locked::Locked,
    pending_events::PendingEvents,
    record::Entry,
    rejection::{Rejection, UNKNOWN_WAIT},
    slot::Slot,
    word::Word,
};
use crate::{
    circuit::{Admission, State, Tick},
    event::EventDetail,
};

impl Slot {
    /// Admits a call if one load of the gate is enough. Otherwise, returns the loaded word.
    ///
    /// The entry is never `None` here. It is an `Option` so that the permit stores it unchanged.
    #[inline]
    pub(super) fn admit_at_gate(&self) -> Result<Option<Entry>, Word> {
        let word = self.gate.load();
        if word.admits_at_once() { Ok(Entry::new(word, Tick::NEVER)) } else { Err(word) }
    }

    /// Admits or rejects a call that loaded `word`. `None` is a call that runs in shadow: it is not
    /// recorded.
    #[expect(clippy::inline_always, reason = "its callers are not inlined")]
    #[inline(always)]
    pub(super) fn admit(&self, word: Word) -> Result<Option<Entry>, Rejection> {
        if word.rejects()
            && let Some(retry_after) = self.retry_after(word)
        {
            self.note_contention(self.gate.count_rejected());
            return Err(Rejection::at_gate(word, self.gate.opening(), retry_after));
        }
        self.admit_out_of_line(word)
    }

    #[inline(never)]
    fn admit_out_of_line(&self, word: Word) -> Result<Option<Entry>, Rejection> {
        if word.admits() {
            return Ok(Entry::new(word, self.now(word)));
        }
        if word.shadows() && self.retry_after(word).is_some() {
            self.note_contention(self.gate.count_rejected());
            return Ok(None);
        }
        self.admit_under_lock()
    }

    #[cold]
    fn admit_under_lock(&self) -> Result<Option<Entry>, Rejection> {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let now = pending.now();
        let mut locked = self.lock_for_step();
        locked.reregister(&mut pending);
        let Locked { circuit, policy, .. } = &mut *locked;
        let (admission, change) = circuit.admit(policy, now);
        let answer = match admission {
            Admission::Admitted(_) => None,
            Admission::Shadowed => Some(Ok(None)),
            Admission::Rejected { retry_after } => {
                let (state, opening) = (circuit.state(), circuit.opening());
                Some(Err(Rejection::of_circuit(state, opening, retry_after)))
            }
        };
        locked.note_change(change, &mut pending);
        if answer.is_some() {
            locked.counts_mut().totals.rejected += 1;
            pending.add_call(|| EventDetail::Rejected);
        }
        let word = locked.finish(pending);
        let started = if word.is_timed() { now } else { Tick::NEVER };
        answer.unwrap_or_else(|| Ok(Entry::new(word, started)))
    }

    /// Returns the nanoseconds until the gate's deadline, or `None` once it has passed. The wait of
    /// a forced opening is unknown.
    #[inline]
    fn retry_after(&self, word: Word) -> Option<NonZeroU64> {
        if word.state_place() == State::ForcedOpen as u64 {
            return Some(UNKNOWN_WAIT);
        }
        let until = self.gate.rejects_until();
        let left = until.nanos_since(self.context.time.coarse());
        NonZeroU64::new(if COARSE_LAG < left { left } else { self.time_left(until) })
    }

    /// Returns the nanoseconds until `until` by the precise clock, when the coarse one is too close
    /// to the deadline to tell.
    #[cold]
    fn time_left(&self, until: Tick) -> u64 {
        until.nanos_since(self.context.time.now())
    }
}

/// How far the coarse clock lags at most, in nanoseconds: no kernel updates it less often.
const COARSE_LAG: u64 = 20_000_000;
