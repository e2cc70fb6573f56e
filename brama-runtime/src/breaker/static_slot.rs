//! The slot in the static of a call site.

use std::{fmt, ops::Deref, sync::Arc};

use super::{
    circuit_open::CircuitOpen,
    entry::Entry,
    gate::Gate,
    raw_permit::{FoundSlot, RawPermit, Runs, SlotRef},
    slot::{SharedSlot, Slot},
    word::Word,
};
use crate::{counters::Contention, outcome::Judgement};

/// A slot that is kept until the process ends, in two parts: the gate, which every call uses, and
/// the rest, which calls use out of line.
///
/// The compiler proves anew for each static that its type is `Sync`. The proof follows a reference
/// to a slot through all types of which a breaker consists, and takes longer than anything else in
/// a decorated function. A gate consists of atomics, and a trait object ends the proof.
pub(crate) struct StaticSlot {
    gate: &'static Gate,
    slot: &'static dyn OpaqueSlot,
}

impl StaticSlot {
    pub(crate) fn leak(slot: Arc<Slot>) -> Self {
        let slot: &'static Arc<Slot> = Box::leak(Box::new(slot));
        Self { gate: &slot.gate, slot: &**slot }
    }
}

/// A slot, known as a trait object.
trait OpaqueSlot: Send + Sync {
    fn slot(&'static self) -> &'static Slot;

    fn record_success(&self, entry: Entry);

    fn acquire(
        &'static self,
        site: SiteRef,
        seen: Word,
        runs: Runs,
    ) -> Result<RawPermit<SiteRef>, CircuitOpen>;
}

impl OpaqueSlot for Slot {
    fn slot(&'static self) -> &'static Slot {
        self
    }

    fn record_success(&self, entry: Entry) {
        self.record_success_out_of_line(entry);
    }

    fn acquire(
        &'static self,
        site: SiteRef,
        seen: Word,
        runs: Runs,
    ) -> Result<RawPermit<SiteRef>, CircuitOpen> {
        RawPermit::admit_into(self, seen, runs, |_, entry| RawPermit { slot: site, entry })
    }
}

/// How a call holds the breaker of its call site: borrowed from the static.
#[derive(Clone, Copy)]
pub struct SiteRef(pub(crate) &'static StaticSlot);

/// Its methods take `self` by value, so that a permit stays in registers.
impl SiteRef {
    #[inline]
    fn slot(self) -> &'static Slot {
        self.0.slot.slot()
    }

    /// Records a success that the shared counter does not take: on a stripe without the slot.
    #[inline(never)]
    fn record_success_out_of_line(self, entry: Entry) {
        match self.0.gate.take_striped_success(entry) {
            Some(Contention::None) => {}
            Some(Contention::Seen) => self.slot().inflate(),
            None => self.0.slot.record_success(entry),
        }
    }

    #[cold]
    #[inline(never)]
    fn record_by(self, record: fn(&Slot, Entry), entry: Entry) {
        record(self.slot(), entry);
    }

    #[cold]
    #[inline(never)]
    fn judge(self, entry: Entry, judgement: Judgement) {
        self.slot().record(entry, judgement);
    }
}

impl Deref for SiteRef {
    type Target = Slot;

    #[inline]
    fn deref(&self) -> &Slot {
        self.slot()
    }
}

impl SlotRef for SiteRef {
    #[inline]
    fn with_slot<R>(&self, then: impl FnOnce(&Slot) -> R) -> Option<R> {
        Some(then(self.slot()))
    }

    #[inline]
    fn record_success(&mut self, entry: Option<Entry>) {
        match (self.0.gate.take_success(entry), entry) {
            (Some(Contention::None), _) | (None, None) => {}
            (Some(Contention::Seen), _) => self.slot().inflate(),
            (None, Some(entry)) => self.record_success_out_of_line(entry),
        }
    }

    #[inline]
    fn record(&self, entry: Entry, judgement: Judgement) {
        self.judge(entry, judgement);
    }

    #[inline]
    fn record_panic(&self, entry: Entry) {
        self.record_by(Slot::record_panic, entry);
    }

    #[inline]
    fn record_abandoned(&self, entry: Entry) {
        self.record_by(Slot::record_abandoned, entry);
    }
}

impl FoundSlot for SiteRef {
    #[inline]
    fn gate(&self) -> &Gate {
        self.0.gate
    }

    fn into_shared(self) -> SharedSlot {
        SharedSlot::Static(self.slot())
    }

    #[inline]
    fn acquire_out_of_line(self, seen: Word, runs: Runs) -> Result<RawPermit<Self>, CircuitOpen> {
        self.0.slot.acquire(self, seen, runs)
    }
}

impl fmt::Debug for StaticSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.slot.slot(), f)
    }
}

impl fmt::Debug for SiteRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}
