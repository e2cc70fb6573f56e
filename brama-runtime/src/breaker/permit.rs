//! The right to one call.

use std::{fmt, ops::Deref, sync::Arc};

use super::{
    record::Entry,
    rejection::{CircuitOpen, SharedSlot},
    slot::Slot,
};
use crate::{circuit::Reason, outcome::Outcome};

/// The right to one call, which reports once.
///
/// Dropped without a report the call is abandoned: it says nothing about the dependency, unless the
/// policy says `abandoned = "failure"`. A probe gives its place back either way. One that is held
/// for longer than the policy's `probe_timeout` loses its place to the next caller, and its report
/// then counts in the totals alone.
#[derive(Debug)]
#[must_use = "dropping a permit abandons the call"]
pub struct Permit(RawPermit<Arc<Slot>>);

impl Permit {
    pub(super) fn ask(slot: Arc<Slot>) -> Result<Self, CircuitOpen> {
        RawPermit::ask(slot).map(Self)
    }

    /// The dependency answered well.
    pub fn success(self) {
        self.0.succeed();
    }

    /// The dependency failed.
    pub fn failure(self, reason: impl Into<Reason>) {
        self.record(Outcome::failure(reason));
    }

    /// The call says nothing about the dependency.
    pub fn ignore(self) {
        self.record(Outcome::Ignore);
    }

    /// Reports the verdict.
    pub fn record(self, outcome: Outcome) {
        self.0.record(outcome);
    }
}

/// A permit, however its slot is held: by a call site's static, a borrowed handle or a count.
#[must_use = "dropping a permit abandons the call"]
pub struct RawPermit<S: SlotRef> {
    pub(super) slot: S,
    /// [`Entry::NONE`] where nothing is recorded of the call: it was reported already, or shadowed.
    pub(super) entry: Entry,
}

/// A way to hold a slot.
pub trait SlotRef: Deref<Target = Slot> {
    /// The slot for an error, which may outlive the holder.
    fn into_shared(self) -> SharedSlot;

    /// Asks where a look at the gate is not enough. Not a default method: so it is compiled in this crate,
    /// and not anew for each that calls it.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] where the call may not run now.
    fn ask_slowly(self) -> Result<RawPermit<Self>, CircuitOpen>
    where
        Self: Sized;
}

impl<S: SlotRef> RawPermit<S> {
    /// Asks the slot's circuit for the right to one call.
    #[inline]
    pub(crate) fn ask(slot: S) -> Result<Self, CircuitOpen> {
        match slot.admit_at_once() {
            Ok(entry) => Ok(Self { slot, entry }),
            // Taken apart and put together: so what is let in at once stays in registers.
            Err(_) => Ok(slot.ask_slowly()?),
        }
    }

    /// Asks where a look at the gate is not enough.
    #[expect(clippy::inline_always, reason = "into the one function of each holder")]
    #[inline(always)]
    pub(super) fn ask_slowly(slot: S) -> Result<Self, CircuitOpen> {
        match slot.ask() {
            Ok(entry) => Ok(Self { slot, entry }),
            Err(rejection) => Err(CircuitOpen::new(slot.into_shared(), rejection)),
        }
    }

    /// Records a panic, where nothing is recorded yet.
    #[inline]
    pub(super) fn panic(&mut self) {
        let entry = self.entry.take();
        if entry.is_recorded() {
            self.slot.panic(entry);
        }
    }

    fn succeed(mut self) {
        let entry = self.entry.take();
        self.slot.succeed(entry);
    }

    fn record(mut self, outcome: Outcome) {
        let entry = self.entry.take();
        self.slot.record(entry, outcome);
    }
}

impl<S: SlotRef> Drop for RawPermit<S> {
    #[inline]
    fn drop(&mut self) {
        if self.entry.is_recorded() {
            self.slot.abandon(self.entry);
        }
    }
}

impl<S: SlotRef> fmt::Debug for RawPermit<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawPermit")
            .field("identity", &self.slot.identity().to_string())
            .field("recorded", &self.entry.is_recorded())
            .finish_non_exhaustive()
    }
}

impl SlotRef for Arc<Slot> {
    fn into_shared(self) -> SharedSlot {
        SharedSlot::Counted(self)
    }

    #[inline(never)]
    fn ask_slowly(self) -> Result<RawPermit<Self>, CircuitOpen> {
        RawPermit::ask_slowly(self)
    }
}

impl SlotRef for &'static Slot {
    fn into_shared(self) -> SharedSlot {
        SharedSlot::Static(self)
    }

    #[inline(never)]
    fn ask_slowly(self) -> Result<RawPermit<Self>, CircuitOpen> {
        RawPermit::ask_slowly(self)
    }
}

impl SlotRef for SharedSlot {
    fn into_shared(self) -> SharedSlot {
        self
    }

    #[inline(never)]
    fn ask_slowly(self) -> Result<RawPermit<Self>, CircuitOpen> {
        RawPermit::ask_slowly(self)
    }
}

/// A slot held through a handle that stays where it is.
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
    fn ask_slowly(self) -> Result<RawPermit<Self>, CircuitOpen> {
        RawPermit::ask_slowly(self)
    }
}
