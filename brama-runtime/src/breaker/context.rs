//! The context that the breakers of a registry share.

use std::sync::Arc;

use super::pending_events::Timestamp;
use crate::{bus::Bus, config::PolicyCache, time::clock::Time};

/// The clock, event bus and policy cache of a registry. Each breaker holds one pointer to it.
pub(crate) struct RegistryContext {
    pub(crate) time: Time,
    pub(crate) bus: Arc<Bus>,
    pub(crate) policies: PolicyCache,
}

impl RegistryContext {
    pub(crate) fn new(time: Time) -> Self {
        Self { time, bus: Arc::new(Bus::default()), policies: PolicyCache::default() }
    }

    /// Reads the present time. The calendar is read only if there is a subscriber.
    pub(crate) fn timestamp(&self) -> Timestamp {
        let Self { time, bus, .. } = self;
        Timestamp { now: time.now(), time: bus.has_subscribers().then(|| time.calendar()) }
    }
}
