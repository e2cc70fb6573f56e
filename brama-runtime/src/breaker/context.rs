//! What the breakers of a registry into_shared.

use std::sync::Arc;

use crate::{bus::Bus, time::clock::Time};

/// The clock and the bus: one pointer in each of ten thousand breakers.
pub(crate) struct RegistryContext {
    pub(crate) time: Time,
    pub(crate) bus: Arc<Bus>,
}

impl RegistryContext {
    pub(crate) fn new(time: Time) -> Self {
        Self { time, bus: Arc::new(Bus::default()) }
    }
}
