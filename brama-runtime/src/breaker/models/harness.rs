//! What the models share: a slot on a clock of its own, and calls on it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use loom::thread;

use crate::{
    breaker::{Slot, SlotContext, entry::Entry, rejection::Rejection},
    circuit::{PolicyPatch, Tick},
    config::{Config, Layers, SharedConfig},
    identity::Identity,
    outcome::Outcome,
    time::clock::{Clock, Time},
};

/// A clock that a model moves between its phases, and never while threads run.
#[derive(Debug, Clone, Default)]
pub(super) struct ModelClock(Arc<AtomicU64>);

impl ModelClock {
    pub(super) fn pass(&self, duration: Duration) {
        let now = self.now().after(duration);
        self.0.store(now.as_nanos(), Ordering::Relaxed);
    }
}

impl Clock for ModelClock {
    fn now(&self) -> Tick {
        Tick::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

pub(super) fn slot(patch: PolicyPatch) -> (Arc<Slot>, ModelClock) {
    let clock = ModelClock::default();
    let time = Time::Of(Arc::new(clock.clone()));
    (slot_in(Arc::new(SlotContext::new(time)), patch), clock)
}

pub(super) fn slot_in(context: Arc<SlotContext>, patch: PolicyPatch) -> Arc<Slot> {
    let identity = Identity::new("model");
    let shared = Arc::new(SharedConfig::new(None).with_defaults(&Config::new().defaults(patch)));
    Arc::new(Slot::new(identity, Layers::new(shared), 0, context, Tick::ORIGIN))
}

pub(super) fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(check);
}

/// Admits a call as a permit does: at the gate, or with the word that was loaded there.
pub(super) fn admit(slot: &Slot) -> Result<Entry, Rejection> {
    let entry = slot.gate.admit_at_once().or_else(|seen| slot.admit(seen))?;
    Ok(entry.expect("no model runs in shadow"))
}

/// Calls once. Returns the entry of a call that was admitted and succeeded.
pub(super) fn call(slot: &Slot) -> Option<Entry> {
    let entry = admit(slot).ok()?;
    slot.record_success(Some(entry));
    Some(entry)
}

pub(super) fn fail(slot: &Slot) {
    if let Ok(entry) = admit(slot) {
        slot.record(entry, Outcome::failure("model").into());
    }
}

pub(super) fn spawn<T: 'static>(
    slot: &Arc<Slot>,
    run: impl FnOnce(&Slot) -> T + 'static,
) -> Join<T> {
    let slot = Arc::clone(slot);
    thread::spawn(move || run(&slot))
}

pub(super) type Join<T> = thread::JoinHandle<T>;
