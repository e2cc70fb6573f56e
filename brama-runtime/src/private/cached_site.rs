//! The call site of a function whose breaker has a changing name.

use std::sync::Arc;

use once_cell::sync::OnceCell;

use super::lookup::Asked;
#[cfg(feature = "testing")]
use super::lookup::find;
#[cfg(feature = "testing")]
use crate::registry::entered;
use crate::{
    breaker::{CircuitOpen, Lease, Shared, Slot},
    config::Attribute,
    identity::Identity,
    registry::global,
};

/// The first breaker that a call site met, kept in a static.
///
/// Names are expressions that may change at each call and with each type parameter, but at most
/// sites one name dominates. So the names are compared, by their content, with those of the breaker
/// that came first: where they are the same, that is borrowed; else the registry is asked.
#[derive(Debug)]
pub struct CachedSite {
    first: OnceCell<Arc<Slot>>,
}

impl CachedSite {
    /// A site that has met no breaker.
    #[must_use]
    pub const fn empty() -> Self {
        Self { first: OnceCell::new() }
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
        Lease::ask(self.slot(asked, attribute))
    }

    /// The breaker that is asked for, to be asked later: it owns what it needs for that.
    #[inline]
    pub fn find(&'static self, asked: Asked<'_>, attribute: &'static Attribute) -> Shared {
        #[cfg(feature = "testing")]
        if let Some(registry) = entered() {
            return Shared::Counted(find(&registry, asked, attribute));
        }
        self.slot(asked, attribute)
    }

    #[inline(never)]
    fn slot(&'static self, asked: Asked<'_>, attribute: &'static Attribute) -> Shared {
        asked.identified(|identity| match self.first.get() {
            Some(first) if identity == first.identity() => Shared::Static(first),
            Some(_) | None => Shared::Counted(self.look_up(identity, attribute)),
        })
    }

    fn look_up(&'static self, identity: &Identity<'_>, attribute: &'static Attribute) -> Arc<Slot> {
        let slot = global().slot(identity);
        slot.meet(attribute);
        // That which counts for keys without room has no name that anybody asks for.
        if self.first.get().is_none() && !slot.identity().is_overflow() {
            self.first.get_or_init(|| Arc::clone(&slot));
        }
        slot
    }
}
