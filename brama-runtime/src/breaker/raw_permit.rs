//! A permit over any kind of reference to a slot.

use std::{fmt, ops::Deref, sync::Arc};

use super::{
    circuit_open::CircuitOpen,
    entry::Entry,
    gate::Gate,
    slot::{SharedSlot, Slot},
    word::Word,
};
use crate::outcome::Judgement;

/// The right to one call, with a way to its slot: borrowed from a call site or a handle, a counted
/// reference, or the passage through a turnstile.
#[must_use = "dropping a permit abandons the call"]
pub struct RawPermit<S: SlotRef> {
    pub(super) slot: S,
    /// `None` if nothing remains to be recorded: the outcome was reported, or the call runs in
    /// shadow and holds no place.
    pub(super) entry: Option<Entry>,
}

/// How a permit reaches its slot.
pub trait SlotRef {
    /// Passes the slot to `then`. `None` if the permit needs it no more.
    fn with_slot<R>(&self, then: impl FnOnce(&Slot) -> R) -> Option<R>;

    /// Records a success. Nothing remains to be recorded if there is no entry.
    fn record_success(&mut self, entry: Option<Entry>);

    /// Records a judgement.
    #[inline]
    fn record(&self, entry: Entry, judgement: Judgement) {
        self.with_slot(|slot| slot.record(entry, judgement));
    }

    /// Records that the body panicked.
    #[inline]
    fn record_panic(&self, entry: Entry) {
        self.with_slot(|slot| slot.record_panic(entry));
    }

    /// Records that the call was dropped before it had an outcome.
    #[inline]
    fn record_abandoned(&self, entry: Entry) {
        self.with_slot(|slot| slot.record_abandoned(entry));
    }
}

/// Implements [`SlotRef`] for references to a slot.
macro_rules! slot_refs {
    ($([$($generic:tt)*] $reference:ty),*) => {$(
        impl<$($generic)*> SlotRef for $reference {
            #[inline]
            fn with_slot<R>(&self, then: impl FnOnce(&Slot) -> R) -> Option<R> {
                Some(then(self))
            }

            #[inline]
            fn record_success(&mut self, entry: Option<Entry>) {
                match (self.gate.take_success(entry), entry) {
                    (Some(contention), _) => self.note_contention(contention),
                    (None, Some(entry)) => self.record_success_out_of_line(entry),
                    (None, None) => {}
                }
            }
        }
    )*};
}

slot_refs!([] Arc<Slot>, [] &'static Slot, [] SharedSlot, ['a] Borrowed<'a>);

/// A reference to a slot that was found, by which a call is admitted.
pub trait FoundSlot: SlotRef + Deref<Target = Slot> {
    /// The gate of the slot. A call that succeeds while the circuit is closed uses nothing else.
    #[inline]
    fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Converts the reference into one that an error can own and that may outlive the caller.
    fn into_shared(self) -> SharedSlot;

    /// Admits or rejects a call that one load of the gate did not admit. The load returned `seen`.
    ///
    /// Not a default method, so that it is compiled once in this crate and not again in each crate
    /// that calls it.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    fn acquire_out_of_line(self, seen: Word, runs: Runs) -> Result<RawPermit<Self>, CircuitOpen>
    where
        Self: Sized;
}

/// Where the body of an admitted call runs.
#[derive(Debug, Clone, Copy)]
pub enum Runs {
    /// On the thread that admits the call, to its end.
    OnThread,
    /// Wherever a task is polled, or a permit is sent.
    Elsewhere,
}

impl<S: FoundSlot> RawPermit<S> {
    /// Acquires the right to one call.
    #[inline]
    pub(crate) fn acquire(slot: S) -> Result<Self, CircuitOpen> {
        match slot.gate().admit_at_once() {
            Ok(entry) => Ok(Self { slot, entry }),
            // `?` takes the result apart and rebuilds it, so that a permit from the gate stays in
            // registers.
            Err(seen) => Ok(slot.acquire_out_of_line(seen, Runs::Elsewhere)?),
        }
    }

    /// Admits or rejects a call that one load of the gate did not admit.
    #[expect(
        clippy::inline_always,
        reason = "its callers, one for each type of reference, are not inlined"
    )]
    #[inline(always)]
    fn admit(slot: S, seen: Word, runs: Runs) -> Result<Self, CircuitOpen> {
        Self::admit_into(slot, seen, runs, |slot, entry| Self { slot, entry })
    }

    /// As [`admit`](Self::admit), for a permit that `into` makes of the slot and the entry.
    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    pub(super) fn admit_into<P>(
        slot: S,
        seen: Word,
        runs: Runs,
        into: impl FnOnce(S, Option<Entry>) -> P,
    ) -> Result<P, CircuitOpen> {
        match slot.admit_in(seen, runs) {
            Ok(entry) => Ok(into(slot, entry)),
            Err(rejection) => Err(CircuitOpen::logged(slot.into_shared(), rejection)),
        }
    }

    /// Acquires the right to one call that runs on this thread to its end: if it is a probe, its
    /// body runs in the scope of its breaker. Only a call that the gate does not admit can be one.
    #[inline]
    pub(crate) fn acquire_in_scope(slot: S) -> Result<Self, CircuitOpen> {
        match slot.gate().admit_at_once() {
            Ok(entry) => Ok(Self { slot, entry }),
            Err(seen) => slot.acquire_out_of_line(seen, Runs::OnThread),
        }
    }
}

impl<S: SlotRef> RawPermit<S> {
    /// The word of the admission; zero if nothing remains to be recorded.
    #[inline]
    pub(super) fn word(&self) -> Word {
        Entry::word_of(self.entry)
    }

    /// Stops the time of the call, if it is timed.
    pub(super) fn stop_timing(&mut self) {
        let entry =
            self.entry.and_then(|entry| self.slot.with_slot(|slot| slot.stop_timing(entry)));
        self.entry = entry.or(self.entry);
    }

    /// Records a panic, unless an outcome was recorded before.
    #[inline]
    pub(super) fn record_panic(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.slot.record_panic(entry);
        }
    }

    #[inline]
    pub(super) fn record_success(mut self) {
        self.succeed();
    }

    /// Records a success in place.
    #[inline]
    pub(super) fn succeed(&mut self) {
        let entry = self.entry.take();
        self.slot.record_success(entry);
    }

    /// Records a judgement in place, usually not a success.
    #[inline]
    pub(crate) fn fail(&mut self, judgement: Judgement) {
        if let Some(entry) = self.entry.take() {
            self.slot.record(entry, judgement);
        }
    }

    pub(super) fn record(mut self, judgement: impl Into<Judgement>) {
        self.fail(judgement.into());
    }
}

impl<S: SlotRef> Drop for RawPermit<S> {
    #[inline]
    fn drop(&mut self) {
        if let Some(entry) = self.entry {
            self.slot.record_abandoned(entry);
        }
    }
}

impl<S: SlotRef> fmt::Debug for RawPermit<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Permit");
        self.slot.with_slot(|slot| {
            fields.field("identity", slot.identity());
        });
        fields.finish_non_exhaustive()
    }
}

impl FoundSlot for Arc<Slot> {
    fn into_shared(self) -> SharedSlot {
        SharedSlot::Counted(self)
    }

    #[inline(never)]
    fn acquire_out_of_line(self, seen: Word, runs: Runs) -> Result<RawPermit<Self>, CircuitOpen> {
        RawPermit::admit(self, seen, runs)
    }
}

impl FoundSlot for &'static Slot {
    fn into_shared(self) -> SharedSlot {
        SharedSlot::Static(self)
    }

    #[inline(never)]
    fn acquire_out_of_line(self, seen: Word, runs: Runs) -> Result<RawPermit<Self>, CircuitOpen> {
        RawPermit::admit(self, seen, runs)
    }
}

impl FoundSlot for SharedSlot {
    fn into_shared(self) -> SharedSlot {
        self
    }

    #[inline(never)]
    fn acquire_out_of_line(self, seen: Word, runs: Runs) -> Result<RawPermit<Self>, CircuitOpen> {
        RawPermit::admit(self, seen, runs)
    }
}

/// A slot borrowed from a handle that outlives the permit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Borrowed<'a>(pub(super) &'a Arc<Slot>);

impl Deref for Borrowed<'_> {
    type Target = Slot;

    fn deref(&self) -> &Slot {
        self.0
    }
}

impl FoundSlot for Borrowed<'_> {
    fn into_shared(self) -> SharedSlot {
        SharedSlot::Counted(Arc::clone(self.0))
    }

    #[inline(never)]
    fn acquire_out_of_line(self, seen: Word, runs: Runs) -> Result<RawPermit<Self>, CircuitOpen> {
        RawPermit::admit(self, seen, runs)
    }
}
