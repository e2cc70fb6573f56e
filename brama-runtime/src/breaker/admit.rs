//! Admission: which calls come in.

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
    /// Lets a call in that needs no more than a load at the gate; else answers what it saw.
    #[inline]
    pub(super) fn admit_at_once(&self) -> Result<Entry, Word> {
        let word = self.gate.load();
        if word.admits_at_once() { Ok(Entry { word, started: Tick::NEVER }) } else { Err(word) }
    }

    /// Lets a call in or rejects it.
    #[inline]
    pub(super) fn ask(&self) -> Result<Entry, Rejection> {
        let word = match self.admit_at_once() {
            Ok(entry) => return Ok(entry),
            Err(word) => word,
        };
        self.reject(word).map_or_else(|| self.ask_further(word), Err)
    }

    /// Refuses a call that saw `word`, where the gate alone can do so.
    #[inline]
    fn reject(&self, word: Word) -> Option<Rejection> {
        if !word.rejects() {
            return None;
        }
        let retry_after = self.retry_after(word)?;
        self.note_contention(self.gate.count_rejected());
        Some(Rejection::at_gate(word, self.gate.opening(), retry_after))
    }

    /// Nanoseconds until the gate's deadline; `None` where that has come.
    #[inline]
    fn retry_after(&self, word: Word) -> Option<NonZeroU64> {
        if word.state() == State::ForcedOpen {
            return Some(UNKNOWN_WAIT);
        }
        let until = self.gate.refused_until();
        let left = until.nanos_since(self.context.time.coarse());
        NonZeroU64::new(if COARSE_LAG < left { left } else { self.time_left(until) })
    }

    /// The same by the precise clock, where the coarse one is too near the deadline to tell.
    #[cold]
    fn time_left(&self, until: Tick) -> u64 {
        until.nanos_since(self.context.time.now())
    }

    /// Lets a call in or rejects it that saw `word` and was not refused by that.
    #[inline(never)]
    fn ask_further(&self, word: Word) -> Result<Entry, Rejection> {
        if word.admits() {
            return Ok(Entry { word, started: self.now(word) });
        }
        if word.shadows() && self.retry_after(word).is_some() {
            self.note_contention(self.gate.count_rejected());
            return Ok(Entry::NONE);
        }
        self.ask_circuit()
    }

    #[cold]
    fn ask_circuit(&self) -> Result<Entry, Rejection> {
        let mut pending = PendingEvents::of(self.moment());
        let now = pending.now();
        let mut locked = self.lock_for_step();
        locked.reregister(&mut pending);
        let Locked { circuit, policy, .. } = &mut *locked;
        let (admission, change) = circuit.admit(policy, now);
        let refused = match admission {
            Admission::Admitted(_) => None,
            Admission::Shadowed => Some(Ok(Entry::NONE)),
            Admission::Rejected { retry_after } => {
                let (state, opening) = (circuit.state(), circuit.opening());
                Some(Err(Rejection::of_circuit(state, opening, retry_after)))
            }
        };
        locked.note(change, &mut pending);
        if refused.is_some() {
            locked.counts_mut().totals.rejected += 1;
            pending.add_call(|| EventDetail::Rejected);
        }
        let word = self.finish(locked, pending);
        let started = if word.is_timed() { now } else { Tick::NEVER };
        refused.unwrap_or(Ok(Entry { word, started }))
    }
}

/// Nanoseconds: no kernel's tick is longer, so a coarse moment is at most so far behind.
const COARSE_LAG: u64 = 20_000_000;
