//! Which breaker a call asks, in the words of the attribute's expressions.

use std::{fmt, sync::Arc};

use crate::{
    breaker::{CircuitOpen, Hold, Lease, Slot},
    config::Attribute,
    identity::{Draft, Identity, Spelling},
    registry::Registry,
};

/// An identity whose parts are borrowed for the question only.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    scope: Option<&'static str>,
    identifier: &'a str,
    key: Option<Spelling<'a>>,
}

impl<'a> Asked<'a> {
    /// The breaker of that identifier, in that scope.
    pub fn new<N: Name + ?Sized>(identifier: &'a N, scope: Option<&'static str>) -> Self {
        Self { scope, identifier: identifier.name(), key: None }
    }

    /// The same with that key.
    #[must_use]
    #[inline]
    pub const fn with_key(self, key: Spelling<'a>) -> Self {
        Self { key: Some(key), ..self }
    }

    /// What `then` answers to the identity, whose key is written out for it.
    #[inline]
    pub(super) fn identified<R>(&self, then: impl FnOnce(&Identity<'_>) -> R) -> R {
        let mut draft = Draft::new();
        draft.write(self.scope, self.identifier);
        if let Some(key) = self.key {
            draft.write_key(key);
        }
        then(&draft.identity())
    }
}

impl fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.identified(|identity| fmt::Debug::fmt(identity, f))
    }
}

/// Admits one call of a function with a registry of its own.
///
/// # Errors
///
/// [`CircuitOpen`] if the call is rejected.
pub fn enter(
    registry: &Registry,
    asked: Asked<'_>,
    attribute: &'static Attribute,
) -> Result<Lease<Arc<Slot>>, CircuitOpen> {
    Lease::ask(find(registry, asked, attribute))
}

/// Finds the breaker of such a function, to admit a call later.
#[must_use]
pub fn find(registry: &Registry, asked: Asked<'_>, attribute: &'static Attribute) -> Arc<Slot> {
    let slot = asked.identified(|identity| registry.slot(identity));
    slot.meet(attribute);
    slot
}

/// Admits one call of a breaker that was found before.
///
/// # Errors
///
/// [`CircuitOpen`] if the call is rejected.
#[inline]
pub fn ask<S: Hold>(found: S) -> Result<Lease<S>, CircuitOpen> {
    Lease::ask(found)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_an_identity_stands_for_another() {
        let identity = Identity::new("a").in_scope("s").with_key("k");
        let is = |asked: Asked<'_>, other: &Identity<'_>| asked.identified(|asked| asked == other);
        let keyed =
            |identifier, scope, key| Asked::new(identifier, scope).with_key(Spelling::Text(key));
        let asked = |identifier, scope, key| is(keyed(identifier, scope, key), &identity);
        assert!(asked("a", Some("s"), "k"));
        assert!(!asked("b", Some("s"), "k") && !asked("a", None, "k"));
        assert!(!asked("a", Some("s"), "l") && !is(Asked::new("a", Some("s")), &identity));
        assert!(!is(keyed("a", None, "k"), &Identity::new("a")));
    }
}
