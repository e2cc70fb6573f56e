//! The right to one call.

use std::{fmt, ops::Deref, sync::Arc};

use super::{
    record::Entry,
    rejection::{CircuitOpen, Rejection},
    slot::{SharedSlot, Slot},
    word::Word,
};
use crate::{circuit::Reason, logs, outcome::Outcome};

/// The right to one call, whose outcome is reported once.
///
/// If a permit is dropped without a report, the call is abandoned: it does not count as an outcome
/// of the dependency, unless the policy sets `abandoned = "failure"`. A probe gives its place back
/// either way. If all places are taken and the newest probe has been held for longer than the
/// policy's `probe_timeout`, all probes lose their places, and the next caller takes one. What such
/// a displaced probe reports still counts like the outcome of any probe, as long as the circuit is
/// in the same half-open.
///
/// The report of a permit from before the present state began is late: it counts only in the
/// totals. If it is a failure with a retry-after hint, it can also prolong an opening.
#[must_use = "dropping a permit abandons the call"]
pub struct Permit(RawPermit<Arc<Slot>>);

impl Permit {
    pub(super) fn acquire(slot: Arc<Slot>) -> Result<Self, CircuitOpen> {
        RawPermit::acquire(slot).map(Self)
    }

    /// Reports a success.
    pub fn success(self) {
        self.0.record_success();
    }

    /// Reports a failure with its reason: a text, a reference to an error, or `()` for none.
    ///
    /// [`record`](Self::record) takes a failure with a retry-after hint, or one that opens the
    /// circuit at once ([`Outcome::trip`]).
    pub fn failure(self, reason: impl Into<Reason>) {
        self.record(Outcome::failure(reason));
    }

    /// Reports that the call says nothing about the dependency.
    ///
    /// Ten probes in a row that end so, or abandoned after 1 s or more, open the circuit again.
    pub fn ignore(self) {
        self.record(Outcome::Ignore);
    }

    /// Reports an outcome.
    pub fn record(self, outcome: Outcome) {
        self.0.record(outcome);
    }
}

/// A permit over any kind of slot reference: a call site's static, a borrowed handle, or a counted
/// reference.
#[must_use = "dropping a permit abandons the call"]
pub struct RawPermit<S: SlotRef> {
    pub(super) slot: S,
    /// `None` if nothing remains to be recorded: the outcome was reported, or the call runs in
    /// shadow.
    pub(super) entry: Option<Entry>,
}

/// A reference to a slot.
pub trait SlotRef: Deref<Target = Slot> {
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

impl<S: SlotRef> RawPermit<S> {
    /// Acquires the right to one call.
    #[inline]
    pub(crate) fn acquire(slot: S) -> Result<Self, CircuitOpen> {
        match slot.admit_at_gate() {
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
        match slot.admit(seen) {
            Ok(entry) => Ok(Self { entry: entry.map(|entry| slot.enter_scope(entry, runs)), slot }),
            Err(rejection) if logs::is_listening() => Self::reject_and_log(slot, rejection),
            Err(rejection) => Err(CircuitOpen::new(slot.into_shared(), rejection)),
        }
    }

    /// Rejects while a subscriber may listen. The other way stays free of calls.
    #[cold]
    fn reject_and_log(slot: S, rejection: Rejection) -> Result<Self, CircuitOpen> {
        let open = CircuitOpen::new(slot.into_shared(), rejection);
        open.log();
        Err(open)
    }

    /// Acquires the right to one call that runs on this thread to its end: if it is a probe, its
    /// body runs in the scope of its breaker. Only a call that the gate does not admit can be one.
    #[inline]
    pub(crate) fn acquire_in_scope(slot: S) -> Result<Self, CircuitOpen> {
        match slot.admit_at_gate() {
            Ok(entry) => Ok(Self { slot, entry }),
            Err(seen) => slot.acquire_out_of_line(seen, Runs::OnThread),
        }
    }

    /// The word of the admission; zero if nothing remains to be recorded.
    #[inline]
    pub(super) fn word(&self) -> Word {
        Entry::word_of(self.entry)
    }

    /// Records a panic, unless an outcome was recorded before.
    #[inline]
    pub(super) fn record_panic(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.slot.record_panic(entry);
        }
    }

    fn record_success(mut self) {
        let entry = self.entry.take();
        self.slot.record_success(entry);
    }

    fn record(mut self, outcome: Outcome) {
        if let Some(entry) = self.entry.take() {
            self.slot.record(entry, outcome.into());
        }
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

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: SlotRef> fmt::Debug for RawPermit<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("identity", self.slot.identity()).finish_non_exhaustive()
    }
}

impl SlotRef for Arc<Slot> {
    fn into_shared(self) -> SharedSlot {
        SharedSlot::Counted(self)
    }

    #[inline(never)]
    fn acquire_out_of_line(self, seen: Word, runs: Runs) -> Result<RawPermit<Self>, CircuitOpen> {
        RawPermit::admit(self, seen, runs)
    }
}

impl SlotRef for &'static Slot {
    fn into_shared(self) -> SharedSlot {
        SharedSlot::Static(self)
    }

    #[inline(never)]
    fn acquire_out_of_line(self, seen: Word, runs: Runs) -> Result<RawPermit<Self>, CircuitOpen> {
        RawPermit::admit(self, seen, runs)
    }
}

impl SlotRef for SharedSlot {
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

impl SlotRef for Borrowed<'_> {
    fn into_shared(self) -> SharedSlot {
        SharedSlot::Counted(Arc::clone(self.0))
    }

    #[inline(never)]
    fn acquire_out_of_line(self, seen: Word, runs: Runs) -> Result<RawPermit<Self>, CircuitOpen> {
        RawPermit::admit(self, seen, runs)
    }
}
