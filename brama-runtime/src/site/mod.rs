//! The call site: what a decorated function holds of the runtime. Only generated code comes here.

mod answer;
mod verdict;

use std::sync::{Arc, OnceLock};

pub use self::{
    answer::{OpenError, OpenOutput, answer},
    verdict::{
        __default_verdict, AnyError, ChainError, Judged, Questioned, SilentError, WrappedCall,
        WrappedError, WrappedSendError, WrittenError, is_ignored, is_no_failure,
    },
};
pub use crate::registry::registry as global;
use crate::{
    breaker::{CircuitOpen, Lease, Slot},
    circuit::PolicyPatch,
    identity::Identity,
    registry::{Registry, registry},
};

/// The breaker of one decorated function with a literal identifier: looked up once, kept in a
/// static, borrowed by every call.
#[derive(Debug)]
pub struct CallSite {
    slot: OnceLock<Arc<Slot>>,
    identifier: &'static str,
    scope: Option<&'static str>,
    policy: PolicyPatch,
}

impl CallSite {
    /// The site of a function with these options.
    #[must_use]
    pub const fn new(
        identifier: &'static str,
        scope: Option<&'static str>,
        policy: PolicyPatch,
    ) -> Self {
        Self { slot: OnceLock::new(), identifier, scope, policy }
    }

    /// Asks for the right to one call.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] where the call may not run now.
    #[inline]
    pub fn enter(&'static self) -> Result<Lease<&'static Slot>, CircuitOpen> {
        Lease::ask(self.slot())
    }

    #[inline]
    fn slot(&'static self) -> &'static Slot {
        match self.slot.get() {
            Some(slot) => slot,
            None => self.find(),
        }
    }

    #[cold]
    fn find(&'static self) -> &'static Slot {
        let found = || slot(registry(), self.identifier, self.scope, self.policy);
        self.slot.get_or_init(found)
    }
}

/// Asks for the right to one call of a function whose identifier or registry is an expression.
///
/// # Errors
///
/// [`CircuitOpen`] where the call may not run now.
pub fn enter<N: Name + ?Sized>(
    registry: &Registry,
    identifier: &N,
    scope: Option<&'static str>,
    policy: PolicyPatch,
) -> Result<Lease<Arc<Slot>>, CircuitOpen> {
    Lease::ask(slot(registry, identifier.name(), scope, policy))
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

fn slot(
    registry: &Registry,
    identifier: &str,
    scope: Option<&'static str>,
    policy: PolicyPatch,
) -> Arc<Slot> {
    let identity = Identity::new(identifier);
    let identity = match scope {
        Some(scope) => identity.in_scope(scope),
        None => identity,
    };
    let slot = registry.slot(&identity);
    slot.meet_site(policy);
    slot
}

/// What can be an identifier: anything that is a string.
#[diagnostic::on_unimplemented(
    message = "an identifier must be a string, and `{Self}` is none",
    label = "not a string",
    note = "a literal, a constant or any expression of a type that is `AsRef<str>` will do"
)]
pub trait Name {
    /// The text.
    fn name(&self) -> &str;
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<str> + ?Sized> Name for T {
    fn name(&self) -> &str {
        self.as_ref()
    }
}
