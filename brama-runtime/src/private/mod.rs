//! The call site: what a decorated function holds of the runtime. Only generated code comes here.

mod cached_site;
mod future;
mod key;
mod lookup;
mod rejected;
#[cfg(feature = "tokio")]
mod timeout;
mod verdict;

use std::{sync::Arc, time::Duration};

use once_cell::sync::OnceCell;

#[cfg(feature = "tokio")]
pub use self::timeout::{
    Limited, TimedOut, TimeoutError, TimeoutOutput, Timer, answer_timeout, record_timeout,
};
pub use self::{
    cached_site::CachedSite,
    future::{Answering, PinnedBox, made},
    key::{AsNumber, AsText, Key, Number, Shown, Text, key},
    lookup::{Asked, Name},
    rejected::{OpenError, OpenOutput, answer},
    verdict::{
        Call, Chained, Judged, Questionable, SendWrapped, SilentCall, SilentSendWrapped,
        SilentWrapped, Unknown, Wrapped, Written, is_ignored, is_no_failure, verdict,
    },
};
#[cfg(feature = "testing")]
use crate::{breaker::Shared, registry::entered};
use crate::{
    breaker::{CircuitOpen, Hold, Lease, Slot},
    circuit::{Expiry, PolicyPatch},
    registry::Registry,
};
pub use crate::{config::Attribute, identity::Spelling, registry::global};

/// How a call of a literal site holds its slot. Here and in [`CachedSite`] alone a feature has a say
/// in what a call does: with `testing` the slot may be that of a registry which a test has entered.
#[cfg(not(feature = "testing"))]
pub type Held = &'static Slot;

/// How a call of a literal site holds its slot: its own, or that of a registry which a test has
/// entered on this thread.
#[cfg(feature = "testing")]
pub type Held = Shared;

/// The breaker of one decorated function with a literal identifier: looked up once, kept in a
/// static, borrowed by every call.
#[derive(Debug)]
pub struct CallSite {
    slot: OnceCell<Arc<Slot>>,
    identifier: &'static str,
    scope: Option<&'static str>,
    attribute: Attribute,
}

impl CallSite {
    /// The site of a function with that name and attribute.
    #[must_use]
    pub const fn new(
        identifier: &'static str,
        scope: Option<&'static str>,
        attribute: Attribute,
    ) -> Self {
        Self { slot: OnceCell::new(), identifier, scope, attribute }
    }

    /// The site of a function of which the attribute says no more than the name.
    #[must_use]
    #[track_caller]
    pub const fn named(identifier: &'static str) -> Self {
        Self::new(identifier, None, Attribute::plain())
    }

    /// Asks for the right to one call.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] where the call may not run now.
    #[inline]
    pub fn enter(&'static self) -> Result<Lease<Held>, CircuitOpen> {
        Lease::ask(self.find())
    }

    /// The breaker, to be asked later.
    #[cfg(not(feature = "testing"))]
    #[inline]
    pub fn find(&'static self) -> Held {
        self.slot()
    }

    /// The breaker, to be asked later.
    #[cfg(feature = "testing")]
    #[inline]
    pub fn find(&'static self) -> Held {
        match entered() {
            Some(registry) => Shared::Counted(self.look_up(&registry)),
            None => Shared::Static(self.slot()),
        }
    }

    #[inline]
    fn slot(&'static self) -> &'static Slot {
        match self.slot.get() {
            Some(slot) => slot,
            None => self.make(),
        }
    }

    /// Looked up before the static is taken: that is told, and whoever is woken may call us.
    #[cold]
    fn make(&'static self) -> &'static Slot {
        let slot = self.look_up(global());
        self.slot.get_or_init(|| slot)
    }

    fn look_up(&'static self, registry: &Registry) -> Arc<Slot> {
        find(registry, Asked::new(self.identifier, self.scope), &self.attribute)
    }
}

/// Asks for the right to one call of a function that has a registry of its own.
///
/// # Errors
///
/// [`CircuitOpen`] where the call may not run now.
pub fn enter(
    registry: &Registry,
    asked: Asked<'_>,
    attribute: &'static Attribute,
) -> Result<Lease<Arc<Slot>>, CircuitOpen> {
    Lease::ask(find(registry, asked, attribute))
}

/// Finds the breaker of such a function, to be asked later.
#[must_use]
pub fn find(registry: &Registry, asked: Asked<'_>, attribute: &'static Attribute) -> Arc<Slot> {
    let slot = asked.identified(|identity| registry.slot(identity));
    slot.meet(attribute);
    slot
}

/// Asks a breaker that was found before for the right to one call.
///
/// # Errors
///
/// [`CircuitOpen`] where the call may not run now.
#[inline]
pub fn ask<S: Hold>(found: S) -> Result<Lease<S>, CircuitOpen> {
    Lease::ask(found)
}

/// The attribute's `policy`: in a constant, a value outside its limits is an error of the
/// compiler's.
///
/// # Panics
///
/// Where a value is outside its limits; the message names the knob and the limit.
#[track_caller]
pub const fn checked(policy: PolicyPatch) -> PolicyPatch {
    policy.checked()
}

/// The attribute's `expiry` where it is a constant: an [`Expiry`], or a length for a fixed one.
///
/// A constant of another type is told in rustc's words that the method is not found: its name says
/// what is wanted.
#[derive(Debug)]
pub struct Given<T>(pub T);

impl Given<Expiry> {
    /// As it is.
    #[must_use]
    pub const fn duration_or_expiry(self) -> Expiry {
        self.0
    }
}

impl Given<Duration> {
    /// Every opening lasts so long.
    #[must_use]
    pub const fn duration_or_expiry(self) -> Expiry {
        Expiry::fixed(self.0)
    }
}
