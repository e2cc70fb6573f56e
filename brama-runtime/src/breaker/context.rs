//! The context that the breakers of a registry share.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use super::pending_events::Timestamp;
use crate::{bus::Bus, circuit::Reasons, config::PolicyCache, time::clock::Time};

/// The clock, event bus, policy cache and setting `reasons` of a registry. Each breaker holds one
/// pointer to it.
pub(crate) struct RegistryContext {
    pub(crate) time: Time,
    pub(crate) bus: Arc<Bus>,
    pub(crate) policies: PolicyCache,
    /// A [`Reasons`] as a number. It orders nothing, so it is not one of loom's.
    reasons: AtomicU8,
}

impl RegistryContext {
    pub(crate) fn new(time: Time) -> Self {
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
