//! The breaker that a layer calls again and again.

use std::{collections::BTreeMap, sync::Arc};

use once_cell::sync::OnceCell;

use crate::{
    breaker::{Breaker, CircuitOpen, Permit, SharedSlot, Slot},
    identity::Identity,
    registry::{Registry, is_global},
    sys::sync::Mutex,
};

/// A breaker for the calls of a layer.
///
/// Threads that share a reference count wait for each other at each call. A breaker of the global
/// registry without a key lives as long as the process, so calls borrow it, as the calls of a
/// decorated function do. References to other breakers are counted.
#[derive(Debug, Clone)]
pub struct HeldBreaker(SharedSlot);

impl HeldBreaker {
    /// Holds the breaker of a layer's identity.
    #[must_use]
    pub fn of_layer(registry: &Registry, breaker: &Breaker) -> Self {
        if is_global(registry) && breaker.identity().key().is_none() {
            return Self(SharedSlot::Static(forever(&breaker.slot)));
        }
        breaker.clone().into()
    }

    /// Acquires the right to one call.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    #[inline]
    pub fn acquire(self) -> Result<Permit, CircuitOpen> {
        Permit::acquire(self.0)
    }

    #[cfg(feature = "tokio")]
    pub(super) const fn slot(&self) -> &SharedSlot {
        &self.0
    }
}

impl From<Breaker> for HeldBreaker {
    #[inline]
    fn from(breaker: Breaker) -> Self {
        Self(SharedSlot::Counted(breaker.slot))
    }
}

/// Returns one reference for all layers of an identity, so that at most one is leaked for each
/// identity.
fn forever(slot: &Arc<Slot>) -> &'static Slot {
    static HELD: OnceCell<Mutex<BTreeMap<Identity<'static>, &'static Arc<Slot>>>> = OnceCell::new();
    let mut held = HELD.get_or_init(Mutex::default).lock();
    let leak = || &*Box::leak(Box::new(Arc::clone(slot)));
    held.entry(slot.identity().clone()).or_insert_with(leak)
}
