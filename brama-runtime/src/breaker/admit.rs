//! Admission: which calls may run.

use std::{
    num::NonZeroU64,
    ops::ControlFlow::{self, Break, Continue},
};

use super::{
    entry::Entry,
    gate::Gate,
    locked::Locked,
    pending_events::PendingEvents,
    published::Published,
    raw_permit::Runs,
    rejection::{Rejection, UNKNOWN_WAIT},
    slot::Slot,
    word::Word,
};
use crate::{
    circuit::{Admission, State, Tick},
    event::EventDetail,
    overlay::Ruling,
};

impl Gate {
    /// Admits a call if one load is enough. Otherwise, returns the loaded word.
    ///
    /// The entry is never `None` here. It is an `Option` so that the permit stores it unchanged.
    #[inline]
    pub(super) fn admit_at_once(&self) -> Result<Option<Entry>, Word> {
        let word = self.load();
        if word.admits_at_once() { Ok(Entry::new(word, Tick::NEVER)) } else { Err(word) }
    }
}

impl Slot {
    /// Admits or rejects a call that loaded `word`. `None` is a call that runs in shadow: it is not
    /// recorded.
    #[expect(clippy::inline_always, reason = "its callers are not inlined")]
    #[inline(always)]
    pub(super) fn admit(&self, word: Word) -> Result<Option<Entry>, Rejection> {
        if word.rejects() {
            let published = self.gate.published();
            if let Some(retry_after) = self.retry_after(word, published) {
                self.note_contention(self.gate.count_rejected(published));
                return Err(Rejection::at_gate(word, published.opening(), retry_after));
            }
        }
        self.admit_out_of_line(word)
    }

    /// As [`admit`](Self::admit), for a call that runs so.
    #[expect(clippy::inline_always, reason = "its callers are not inlined")]
    #[inline(always)]
    pub(super) fn admit_in(&self, word: Word, runs: Runs) -> Result<Option<Entry>, Rejection> {
        Ok(self.admit(word)?.map(|entry| self.enter_scope(entry, runs)))
    }

    #[inline(never)]
    fn admit_out_of_line(&self, word: Word) -> Result<Option<Entry>, Rejection> {
        if word.is_limited() { self.admit_limited(word) } else { self.ask_circuit(word) }
    }

    /// Asks the circuit, at the gate if the gate can answer for it.
    pub(super) fn ask_circuit(&self, word: Word) -> Result<Option<Entry>, Rejection> {
        if word.admits() {
            return Ok(Entry::new(word, self.now(word)));
        }
        if let Break(nested) = self.admit_in_scope(word) {
            return Ok(nested);
        }
        if word.rejects_out_of_line()
            && let Some(rejection) = self.reject_at_gate(word)
        {
            return Err(rejection);
        }
        if word.shadows() {
            let published = self.gate.published();
            if self.retry_after(word, published).is_some() {
                self.note_contention(self.gate.count_rejected(published));
                return Ok(None);
            }
        }
        self.admit_under_lock()
    }

    /// Rejects a call out of line, unless the deadline has passed.
    pub(super) fn reject_at_gate(&self, word: Word) -> Option<Rejection> {
        if word.is_overlaid() {
            return self.reject_overlaid_at_gate();
        }
        let published = self.gate.published();
        let retry_after = self.retry_after(word, published)?;
        self.note_contention(self.gate.count_rejected(published));
        // Nobody knows when a probe ends.
        let retry_after = if word.is_half_open() { UNKNOWN_WAIT } else { retry_after };
        Some(Rejection::at_gate(word, published.opening(), retry_after))
    }

    /// Admits a call within a probe as part of it, recorded nowhere else, or a call within one that
    /// the ramp admitted like a call of a closed circuit. Continues for a call like others.
    pub(super) fn admit_in_scope(&self, word: Word) -> ControlFlow<Option<Entry>> {
        if !((word.is_half_open() || word.is_overlaid()) && self.is_in_scope(word)) {
            return Continue(());
        }
        let now = self.context.time.now();
        let mut locked = self.locked.lock();
        let circuit = &locked.circuit;
        if circuit.generation() != word.generation() {
            return Continue(());
        }
        if circuit.state() == State::Closed || circuit.admitting(now).is_some() {
            return Break(Entry::new(word, now));
        }
        locked.count_nested();
        Break(None)
    }

    #[cold]
    fn admit_under_lock(&self) -> Result<Option<Entry>, Rejection> {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let now = pending.now();
        let mut locked = self.lock_for_step();
        locked.reregister(&mut pending);
        let ruling = locked.rule_of_overlay(&mut pending);
        if let Ruling::Rejects(left) = ruling {
            return Err(locked.reject_overlaid(left, pending));
        }
        let Locked { circuit, policy, .. } = &mut *locked;
        let (admission, change) = circuit.admit(policy, now);
        let (state, opening) = (circuit.state(), circuit.opening());
        locked.note_changes(change, &mut pending);
        let answer = match admission {
            Admission::Admitted(_) => None,
            Admission::Rejected { .. } if locked.remains_held_back(self.context.share(), now) => {
                Some(Ok(None))
            }
            Admission::Shadowed => Some(Ok(None)),
            Admission::Rejected { retry_after } => {
                Some(Err(Rejection::of_circuit(state, opening, retry_after)))
            }
        };
        let is_let_through = answer.is_none() && ruling == Ruling::LetsThrough;
        let overlay = is_let_through.then(|| locked.overlay_mut().take_permit());
        if answer.is_some() {
            locked.count_rejected();
            pending.add_call(|| EventDetail::Rejected);
        }
        let word = locked.finish(pending);
        let word = overlay.map_or(word, |number| word.let_through(number));
        // Probes are always timed: one that is abandoned within 1 s is not inconclusive.
        let is_timed = word.is_timed() || word.is_measured() || word.is_half_open();
        let started = if is_timed { now } else { Tick::NEVER };
        answer.unwrap_or_else(|| Ok(Entry::new(word, started)))
    }

    /// Returns the nanoseconds until the gate's deadline, at most the length of the opening, or
    /// `None` once it has passed. The wait of a forced opening is unknown.
    #[inline]
    fn retry_after(&self, word: Word, published: &Published) -> Option<NonZeroU64> {
        if word.state_place() == State::ForcedOpen as u64 {
            return Some(UNKNOWN_WAIT);
        }
        let (until, since) = (published.rejects_until(), published.since());
        // The coarse clock may lag behind the beginning of the opening.
        let now = self.context.time.coarse().max(since);
        let left = until.nanos_since(now);
        NonZeroU64::new(if COARSE_LAG < left { left } else { self.time_left(until, since) })
    }

    /// Returns the nanoseconds until `until` by the precise clock, when the coarse one is too close
    /// to the deadline to tell.
    #[cold]
    fn time_left(&self, until: Tick, since: Tick) -> u64 {
        until.nanos_since(self.context.time.now().max(since))
    }
}

/// How far the coarse clock lags at most, in nanoseconds: no kernel updates it less often.
const COARSE_LAG: u64 = 20_000_000;
