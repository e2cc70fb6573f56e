//! The call site of a function whose identifier or key is an expression.

use std::sync::Arc;

use once_cell::sync::OnceCell;

use super::lookup::Lookup;
#[cfg(feature = "testing")]
use super::lookup::find;
#[cfg(feature = "testing")]
use crate::registry::entered;
use crate::{
    breaker::{CircuitOpen, RawPermit, SharedSlot, Slot},
    config::Attribute,
    identity::Identity,
    registry::global,
};

/// The first breaker that a call site used, kept in a static.
///
/// An expression may give another name at each call and for each type parameter, but at most sites
/// one name dominates. If a call's identity equals that of the first breaker, the call borrows it;
/// otherwise it looks its breaker up in the registry.
#[derive(Debug)]
pub struct CachedSite {
    first: OnceCell<Arc<Slot>>,
}

impl CachedSite {
    /// A site that has used no breaker yet.
    #[must_use]
    pub const fn empty() -> Self {
        Self { first: OnceCell::new() }
    }

    /// Admits one call that runs on this thread to its end.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    #[inline]
    pub fn enter(
        &'static self,
        lookup: Lookup<'_>,
        attribute: &'static Attribute,
    ) -> Result<RawPermit<SharedSlot>, CircuitOpen> {
        RawPermit::acquire_in_scope(self.find(lookup, attribute))
    }

    /// Admits one call that is polled.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    #[inline]
    pub fn admit(
        &'static self,
        lookup: Lookup<'_>,
        attribute: &'static Attribute,
    ) -> Result<RawPermit<SharedSlot>, CircuitOpen> {
        RawPermit::acquire(self.find(lookup, attribute))
    }

    /// Returns the breaker, to admit a call later. It borrows nothing from the look-up.
    #[inline]
    pub fn find(&'static self, lookup: Lookup<'_>, attribute: &'static Attribute) -> SharedSlot {
        #[cfg(feature = "testing")]
        if let Some(registry) = entered() {
            return SharedSlot::Counted(find(&registry, lookup, attribute));
        }
        self.slot(lookup, attribute)
    }

    #[inline(never)]
    fn slot(&'static self, lookup: Lookup<'_>, attribute: &'static Attribute) -> SharedSlot {
        lookup.with_identity(|identity| match self.first.get() {
            Some(first) if identity == first.identity() => SharedSlot::Static(first),
            Some(_) | None => SharedSlot::Counted(self.look_up(identity, attribute)),
        })
    }

    fn look_up(&'static self, identity: &Identity<'_>, attribute: &'static Attribute) -> Arc<Slot> {
        let slot = global().slot(identity, Some(attribute));
        // Never cache the overflow breaker: no call looks it up by name.
        if self.first.get().is_none() && !slot.identity().is_overflow() {
            self.first.get_or_init(|| Arc::clone(&slot));
        }
        slot
    }
}
