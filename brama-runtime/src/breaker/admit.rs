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
    /// Admits a call if one load of the gate is enough. Otherwise returns the word that it saw.
    ///
    /// `None` stands for a call of which nothing is recorded; there is none here.
    #[inline]
    pub(super) fn admit_at_gate(&self) -> Result<Option<Entry>, Word> {
        let word = self.gate.load();
        if word.admits_at_once() { Ok(Entry::new(word, Tick::NEVER)) } else { Err(word) }
    }

    /// Admits or rejects a call that saw `word`. `None` is a call that runs in shadow: nothing is
    /// recorded of it.
    #[inline]
    pub(super) fn admit(&self, word: Word) -> Result<Option<Entry>, Rejection> {
        if word.rejects()
            && let Some(retry_after) = self.retry_after(word)
        {
            self.note_contention(self.gate.count_rejected());
            return Err(Rejection::at_gate(word, self.gate.opening(), retry_after));
        }
        self.admit_out_of_line(word)
    }

    /// Nanoseconds until the gate's deadline; `None` once it has come.
    #[inline]
    fn retry_after(&self, word: Word) -> Option<NonZeroU64> {
        if word.state_number() == State::ForcedOpen as u64 {
            return Some(UNKNOWN_WAIT);
        }
        let until = self.gate.rejects_until();
        let left = until.nanos_since(self.context.time.coarse());
        NonZeroU64::new(if COARSE_LAG < left { left } else { self.time_left(until) })
    }

    /// The time left by the precise clock. The coarse one is too near the deadline to tell.
    #[cold]
    fn time_left(&self, until: Tick) -> u64 {
        until.nanos_since(self.context.time.now())
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
        let rejected = match admission {
            Admission::Admitted(_) => None,
            Admission::Shadowed => Some(Ok(None)),
            Admission::Rejected { retry_after } => {
                let (state, opening) = (circuit.state(), circuit.opening());
                Some(Err(Rejection::of_circuit(state, opening, retry_after)))
            }
        };
        locked.note_change(change, &mut pending);
        if rejected.is_some() {
            locked.counts_mut().totals.rejected += 1;
            pending.add_call(|| EventDetail::Rejected);
        }
        let word = locked.finish(pending);
        let started = if word.is_timed() { now } else { Tick::NEVER };
        rejected.unwrap_or_else(|| Ok(Entry::new(word, started)))
    }
}

/// In nanoseconds. No kernel's tick is longer, so a coarse moment lags at most so far behind.
const COARSE_LAG: u64 = 20_000_000;
