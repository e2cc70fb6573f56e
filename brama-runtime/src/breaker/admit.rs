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
        if word.is_half_open() && self.is_in_scope(word) {
            match self.admit_nested(word) {
                Nested::InProbe => return Ok(None),
                Nested::InRamp(entry) => return Ok(entry),
                Nested::TooLate => {}
            }
        }
        if word.is_full() && self.retry_after(word).is_some() {
            self.note_contention(self.gate.count_rejected());
            return Err(Rejection::of_circuit(State::HalfOpen, self.gate.opening(), None));
        }
        if word.shadows() && self.retry_after(word).is_some() {
            self.note_contention(self.gate.count_rejected());
            return Ok(None);
        }
        self.admit_under_lock()
    }

    /// Admits a call within a probe as part of it, or a call within one that the ramp admitted like
    /// a call of a closed circuit.
    fn admit_nested(&self, word: Word) -> Nested {
        let now = self.context.time.now();
        let mut locked = self.locked.lock();
        let circuit = &locked.circuit;
        if circuit.generation() != word.generation() || circuit.state() != State::HalfOpen {
            return Nested::TooLate;
        }
        if circuit.admitting(now).is_some() {
            return Nested::InRamp(Entry::new(word, now));
        }
        locked.counts_mut().totals.nested += 1;
        Nested::InProbe
    }

    #[cold]
    fn admit_under_lock(&self) -> Result<Option<Entry>, Rejection> {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let now = pending.now();
        let mut locked = self.lock_for_step();
        locked.reregister(&mut pending);
        let Locked { circuit, policy, .. } = &mut *locked;
        let (admission, change) = circuit.admit(policy, now);
        let (state, opening) = (circuit.state(), circuit.opening());
        locked.note_changes(change, &mut pending);
        let answer = match admission {
            Admission::Admitted(_) => None,
            Admission::Rejected { .. } if locked.remains_held_back(self.share.as_deref(), now) => {
                Some(Ok(None))
            }
            Admission::Shadowed => Some(Ok(None)),
            Admission::Rejected { retry_after } => {
                Some(Err(Rejection::of_circuit(state, opening, retry_after)))
            }
        };
        if answer.is_some() {
            locked.count_rejected();
            pending.add_call(|| EventDetail::Rejected);
        }
        let word = locked.finish(pending);
        // Probes are always timed: one that is abandoned within 1 s is not inconclusive.
        let is_timed = word.is_timed() || word.is_measured() || word.is_half_open();
        let started = if is_timed { now } else { Tick::NEVER };
        answer.unwrap_or_else(|| Ok(Entry::new(word, started)))
    }

    /// Returns the nanoseconds until the gate's deadline, at most the length of the opening, or
    /// `None` once it has passed. The wait of a forced opening is unknown.
    #[inline]
    fn retry_after(&self, word: Word) -> Option<NonZeroU64> {
        if word.state_place() == State::ForcedOpen as u64 {
            return Some(UNKNOWN_WAIT);
        }
        let until = self.gate.rejects_until();
        // The coarse clock may lag behind the beginning of the opening.
        let now = self.context.time.coarse().max(self.gate.since());
        let left = until.nanos_since(now);
        NonZeroU64::new(if COARSE_LAG < left { left } else { self.time_left(until) })
    }

    /// Returns the nanoseconds until `until` by the precise clock, when the coarse one is too close
    /// to the deadline to tell.
    #[cold]
    fn time_left(&self, until: Tick) -> u64 {
        until.nanos_since(self.context.time.now().max(self.gate.since()))
    }
}

/// A call within another one of its breaker that was admitted while half-open.
enum Nested {
    /// It is part of a probe, and recorded nowhere else.
    InProbe,
    /// It runs and counts like a call of a closed circuit.
    InRamp(Option<Entry>),
    /// The half-open of the other call is over.
    TooLate,
}

/// How far the coarse clock lags at most, in nanoseconds: no kernel updates it less often.
const COARSE_LAG: u64 = 20_000_000;
