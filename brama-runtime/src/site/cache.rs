//! The call site of a function whose breaker has a changing name.

use std::sync::{Arc, OnceLock};

use super::{asked::Asked, find};
#[cfg(feature = "testing")]
use crate::entered::entered;
use crate::{
    breaker::{CircuitOpen, Lease, Shared, Slot},
    config::Attribute,
    registry::registry,
};

/// The first breaker that a call site met, kept in a static.
///
/// Names are expressions that may change at each call and with each type parameter, but at most
/// sites one name dominates. So the names are compared, by their content, with those of the breaker
/// that came first: where they are the same, that is borrowed; else the registry is asked.
#[derive(Debug)]
pub struct CachedSite {
    first: OnceLock<Arc<Slot>>,
}

impl CachedSite {
    /// A site that has met no breaker.
    #[must_use]
    pub const fn empty() -> Self {
        Self { first: OnceLock::new() }
    }

    /// Asks for the right to one call.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] where the call may not run now.
    #[inline]
    pub fn enter(
        &'static self,
        asked: Asked<'_>,
        attribute: &'static Attribute,
    ) -> Result<Lease<Shared>, CircuitOpen> {
        #[cfg(feature = "testing")]
        if let Some(registry) = entered() {
            return Lease::ask(Shared::Counted(find(&registry, asked, attribute)));
        }
        match self.first.get() {
            Some(first) if asked.is(first.identity()) => Lease::ask(Shared::Static(first)),
            Some(_) | None => Lease::ask(Shared::Counted(self.look_up(asked, attribute))),
        }
    }

    /// The breaker that is asked for, to be asked later: it owns what it needs for that.
    #[inline]
    pub fn find(&'static self, asked: Asked<'_>, attribute: &'static Attribute) -> Shared {
        #[cfg(feature = "testing")]
        if let Some(registry) = entered() {
            return Shared::Counted(find(&registry, asked, attribute));
        }
        match self.first.get() {
            Some(first) if asked.is(first.identity()) => Shared::Static(first),
            Some(_) | None => Shared::Counted(self.look_up(asked, attribute)),
        }
    }

    #[inline(never)]
    fn look_up(&'static self, asked: Asked<'_>, attribute: &'static Attribute) -> Arc<Slot> {
        let slot = find(registry(), asked, attribute);
        // That which counts for keys without room has no name that anybody asks for.
        if !slot.identity().is_overflow() {
            self.first.get_or_init(|| Arc::clone(&slot));
        }
        slot
    }
}
