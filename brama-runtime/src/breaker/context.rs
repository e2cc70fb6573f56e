//! The context that the breakers of a registry share.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use super::{open_share::OpenShare, pending_events::Timestamp, turnstile::FreeTurnstiles};
use crate::{bus::Bus, circuit::Reasons, config::PolicyCache, time::clock::Time};

/// What breakers share, behind one pointer each. Breakers without a key share the context of their
/// registry. The breakers of one identifier's keys share one of their own, which also has their
/// [`OpenShare`] and their free turnstiles.
pub(crate) struct SlotContext {
    registry: Arc<RegistryContext>,
    share: Option<Arc<OpenShare>>,
    /// A turnstile compares the key alone, so it is never used again for another identifier.
    pub(super) free_turnstiles: FreeTurnstiles,
}

impl SlotContext {
    /// The context of breakers without a key, in a new registry.
    pub(crate) fn new(time: Time) -> Self {
        Self::with(Arc::new(RegistryContext::new(time)), None)
    }

    /// The context of the breakers of one identifier's keys, in this registry.
    pub(crate) fn of_keys(&self, share: Arc<OpenShare>) -> Self {
        Self::with(Arc::clone(&self.registry), Some(share))
    }

    fn with(registry: Arc<RegistryContext>, share: Option<Arc<OpenShare>>) -> Self {
        Self { registry, share, free_turnstiles: FreeTurnstiles::default() }
    }

    /// How many keys of the identifier reject; `None` without a key.
    pub(super) fn share(&self) -> Option<&OpenShare> {
        self.share.as_deref()
    }
}

impl Deref for SlotContext {
    type Target = RegistryContext;

    fn deref(&self) -> &RegistryContext {
        &self.registry
    }
}

/// The clock, event bus, policy cache and setting `reasons` of a registry.
pub(crate) struct RegistryContext {
    pub(crate) time: Time,
    pub(crate) bus: Arc<Bus>,
    pub(crate) policies: PolicyCache,
    /// A [`Reasons`] as a number. It orders nothing, so it is not one of loom's.
    reasons: AtomicU8,
}

impl RegistryContext {
    fn new(time: Time) -> Self {
        let (bus, policies) = (Arc::new(Bus::default()), PolicyCache::default());
        Self { time, bus, policies, reasons: AtomicU8::new(Reasons::default() as u8) }
    }

    /// Returns how reasons of failures are recorded.
    pub(super) fn reasons(&self) -> Reasons {
        Reasons::at(self.reasons.load(Ordering::Relaxed))
    }

    /// Sets how reasons are recorded, and returns how they were until now.
    pub(crate) fn set_reasons(&self, reasons: Reasons) -> Reasons {
        Reasons::at(self.reasons.swap(reasons as u8, Ordering::Relaxed))
    }

    /// Reads the present time. The calendar is read only if there is a subscription.
    pub(crate) fn timestamp(&self) -> Timestamp {
        let Self { time, bus, .. } = self;
        Timestamp { now: time.now(), time: bus.has_subscribers().then(|| time.calendar()) }
    }
}
