//! The call site of a function with a literal identifier.

use std::sync::Arc;

use once_cell::sync::OnceCell;

use super::lookup::{Lookup, find};
use crate::{
    breaker::{CircuitOpen, RawPermit, SiteRef, Slot, StaticSlot},
    config::{Attribute, Declaration},
    registry::{Registry, global},
};
#[cfg(feature = "testing")]
use crate::{
    breaker::{FoundSlot, SharedSlot},
    registry::entered,
};

/// How a call holds the breaker of its call site: borrowed from the static.
#[cfg(not(feature = "testing"))]
pub type SiteSlot = SiteRef;

/// How a call holds the breaker of its call site: borrowed from the static, or counted if it
/// belongs to a test registry that was entered on this thread.
///
/// Here and in [`CachedSite`](super::CachedSite) alone, a feature changes what a call does.
#[cfg(feature = "testing")]
pub type SiteSlot = SharedSlot;

/// The breaker of one decorated function with a literal identifier: looked up once, kept in a
/// static, borrowed by every call.
///
/// What the function declares is an argument of each call, which only the first one uses. In the
/// static, it would be evaluated and proven `Sync` for each function that is compiled.
#[derive(Debug)]
pub struct CallSite {
    slot: OnceCell<StaticSlot>,
    #[cfg(feature = "testing")]
    declaration: OnceCell<&'static Declaration>,
}

impl CallSite {
    /// A site that has found no breaker yet: a constant, since the compiler evaluates the call of a
    /// function anew for each static.
    #[expect(clippy::declare_interior_mutable_const, reason = "each static has a site of its own")]
    pub const EMPTY: Self = Self {
        slot: OnceCell::new(),
        #[cfg(feature = "testing")]
        declaration: OnceCell::new(),
    };

    /// Admits one call that runs on this thread to its end.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    #[inline]
    #[track_caller]
    pub fn enter(
        &'static self,
        function: impl Declares,
    ) -> Result<RawPermit<SiteSlot>, CircuitOpen> {
        RawPermit::acquire_in_scope(self.find(function))
    }

    /// Admits one call that is polled.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    #[inline]
    #[track_caller]
    pub fn admit(
        &'static self,
        function: impl Declares,
    ) -> Result<RawPermit<SiteSlot>, CircuitOpen> {
        RawPermit::acquire(self.find(function))
    }

    /// The look-up runs before the static is initialized. It publishes an event, and a subscriber
    /// that it wakes may call this function.
    #[cold]
    #[track_caller]
    fn make(&'static self, function: impl Declares) -> &'static StaticSlot {
        let slot = Self::look_up(function.declaration(), global());
        self.slot.get_or_init(|| StaticSlot::leak(slot))
    }

    fn look_up(declaration: &'static Declaration, registry: &Registry) -> Arc<Slot> {
        let lookup = Lookup::new(declaration.identifier(), declaration.scope());
        find(registry, lookup, declaration.attribute())
    }
}

#[cfg(not(feature = "testing"))]
impl CallSite {
    /// Returns the breaker, to admit a call later.
    #[inline]
    #[track_caller]
    pub fn find(&'static self, function: impl Declares) -> SiteSlot {
        match self.slot.get() {
            Some(slot) => SiteRef(slot),
            None => SiteRef(self.make(function)),
        }
    }
}

#[cfg(feature = "testing")]
impl CallSite {
    /// Returns the breaker, to admit a call later.
    #[track_caller]
    pub fn find(&'static self, function: impl Declares) -> SiteSlot {
        let declaration = match self.declaration.get() {
            Some(declaration) => declaration,
            None => self.declaration.get_or_init(|| function.declaration()),
        };
        match (entered(), self.slot.get()) {
            (Some(registry), _) => SharedSlot::Counted(Self::look_up(declaration, &registry)),
            (None, Some(slot)) => SiteRef(slot).into_shared(),
            (None, None) => SiteRef(self.make(*declaration)).into_shared(),
        }
    }
}

/// What a function declares about its breaker.
pub trait Declares {
    /// Returns the declaration.
    fn declaration(self) -> &'static Declaration;
}

/// The identifier of a function whose attribute gives nothing else.
impl Declares for &'static str {
    #[track_caller]
    fn declaration(self) -> &'static Declaration {
        Box::leak(Box::new(Declaration::new(self, None, Attribute::plain())))
    }
}

impl Declares for &'static Declaration {
    fn declaration(self) -> &'static Declaration {
        self
    }
}
