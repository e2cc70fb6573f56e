//! The call site of a function with a literal identifier.

use std::sync::Arc;

use once_cell::sync::OnceCell;

use super::lookup::{Lookup, find};
#[cfg(feature = "testing")]
use crate::{breaker::SharedSlot, registry::entered};
use crate::{
    breaker::{CircuitOpen, RawPermit, Slot},
    config::{Attribute, Declaration},
    registry::{Registry, global},
};

/// How a call holds the breaker of its call site: borrowed from the static.
#[cfg(not(feature = "testing"))]
pub type SiteSlot = &'static Slot;

/// How a call holds the breaker of its call site: borrowed from the static, or counted if it
/// belongs to a test registry that was entered on this thread.
///
/// Here and in [`CachedSite`](super::CachedSite) alone, a feature changes what a call does.
#[cfg(feature = "testing")]
pub type SiteSlot = SharedSlot;

/// The breaker of one decorated function with a literal identifier: looked up once, kept in a
/// static, borrowed by every call.
#[derive(Debug)]
pub struct CallSite {
    slot: OnceCell<Arc<Slot>>,
    declaration: Declaration,
}

impl CallSite {
    /// The site of a function with this identifier and attribute.
    #[must_use]
    pub const fn new(
        identifier: &'static str,
        scope: Option<&'static str>,
        attribute: Attribute,
    ) -> Self {
        Self { slot: OnceCell::new(), declaration: Declaration::new(identifier, scope, attribute) }
    }

    /// The site of a function whose attribute gives an identifier and nothing else.
    #[must_use]
    #[track_caller]
    pub const fn named(identifier: &'static str) -> Self {
        Self::new(identifier, None, Attribute::plain())
    }

    /// Returns what the function declares.
    #[must_use]
    pub const fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// Admits one call that runs on this thread to its end.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    #[inline]
    pub fn enter(&'static self) -> Result<RawPermit<SiteSlot>, CircuitOpen> {
        RawPermit::acquire_in_scope(self.find())
    }

    /// Admits one call that is polled.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    #[inline]
    pub fn admit(&'static self) -> Result<RawPermit<SiteSlot>, CircuitOpen> {
        RawPermit::acquire(self.find())
    }

    /// Returns the breaker, to admit a call later.
    #[cfg(not(feature = "testing"))]
    #[inline]
    pub fn find(&'static self) -> SiteSlot {
        self.slot()
    }

    /// Returns the breaker, to admit a call later.
    #[cfg(feature = "testing")]
    #[inline]
    pub fn find(&'static self) -> SiteSlot {
        match entered() {
            Some(registry) => SharedSlot::Counted(self.look_up(&registry)),
            None => SharedSlot::Static(self.slot()),
        }
    }

    #[inline]
    fn slot(&'static self) -> &'static Slot {
        match self.slot.get() {
            Some(slot) => slot,
            None => self.make(),
        }
    }

    /// The look-up runs before the static is initialized. It publishes an event, and a subscriber
    /// that it wakes may call this function.
    #[cold]
    fn make(&'static self) -> &'static Slot {
        let slot = self.look_up(global());
        self.slot.get_or_init(|| slot)
    }

    fn look_up(&'static self, registry: &Registry) -> Arc<Slot> {
        let Self { declaration, .. } = self;
        let lookup = Lookup::new(declaration.identifier(), declaration.scope());
        find(registry, lookup, declaration.attribute())
    }
}
