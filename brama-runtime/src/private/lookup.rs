//! The look-up of a call's breaker, from the attribute's expressions.

use std::{fmt, sync::Arc};

use crate::{
    breaker::{CircuitOpen, FoundSlot, RawPermit, Slot},
    config::Attribute,
    identity::{Identity, IdentityBuf, InlineKey, KeyText},
    registry::Registry,
};

/// The identity to look up. Its parts are borrowed for one call only.
#[derive(Clone, Copy)]
pub struct Lookup<'a> {
    /// Whether every call of a site has this identifier.
    is_constant: bool,
    scope: Option<&'static str>,
    identifier: &'a str,
    key: Option<KeyText<'a>>,
}

impl<'a> Lookup<'a> {
    /// Looks up this identifier, in this scope.
    pub fn new<N: AsIdentifier + ?Sized>(identifier: &'a N, scope: Option<&'static str>) -> Self {
        Self { is_constant: false, scope, identifier: identifier.as_identifier(), key: None }
    }

    /// Looks up the identifier that every call of a site has.
    #[must_use]
    #[inline]
    pub const fn constant(identifier: &'static str, scope: Option<&'static str>) -> Self {
        Self { is_constant: true, scope, identifier, key: None }
    }

    /// Adds a key.
    #[must_use]
    #[inline]
    pub const fn with_key(self, key: KeyText<'a>) -> Self {
        Self { key: Some(key), ..self }
    }

    #[inline]
    pub(super) const fn is_constant(&self) -> bool {
        self.is_constant
    }

    #[inline]
    pub(super) const fn identifier(&self) -> &'a str {
        self.identifier
    }

    /// The key, if it is a number, or a short text that is none: as most are.
    #[inline]
    pub(super) fn quick_key(&self) -> Option<InlineKey> {
        match &self.key {
            Some(KeyText::Text(text)) => InlineKey::of_short_text(text),
            Some(KeyText::Number { magnitude, is_negative }) => {
                Some(InlineKey::of_number(*magnitude, *is_negative))
            }
            Some(KeyText::Tuple(_) | KeyText::Shown(_)) | None => None,
        }
    }

    #[inline]
    pub(super) const fn key(&self) -> Option<KeyText<'a>> {
        self.key
    }

    /// Passes the identity, with its key written out, to `then`.
    #[inline]
    pub(super) fn with_identity<R>(&self, then: impl FnOnce(&Identity<'_>) -> R) -> R {
        let mut buffer = IdentityBuf::new();
        buffer.write(self.scope, self.identifier);
        if let Some(key) = self.key {
            buffer.write_key(key);
        }
        then(&buffer.identity())
    }
}

impl fmt::Debug for Lookup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_identity(|identity| fmt::Debug::fmt(identity, f))
    }
}

/// The registry of a function with one of its own.
///
/// For a value of another type in a field, rustc adds no note about this module, as it does for an
/// argument.
#[derive(Clone, Copy, Debug)]
pub struct OwnRegistry<'a> {
    /// The registry.
    pub registry: &'a Registry,
}

/// Admits one call of a function with a registry of its own, which runs on this thread to its end.
///
/// # Errors
///
/// [`CircuitOpen`] if the call is rejected.
pub fn enter(
    registry: &Registry,
    lookup: Lookup<'_>,
    attribute: &'static Attribute,
) -> Result<RawPermit<Arc<Slot>>, CircuitOpen> {
    RawPermit::acquire_in_scope(find(registry, lookup, attribute))
}

/// Admits one call of such a function that is polled.
///
/// # Errors
///
/// [`CircuitOpen`] if the call is rejected.
pub fn admit(
    registry: &Registry,
    lookup: Lookup<'_>,
    attribute: &'static Attribute,
) -> Result<RawPermit<Arc<Slot>>, CircuitOpen> {
    RawPermit::acquire(find(registry, lookup, attribute))
}

/// Finds the breaker of such a function, to admit a call later.
#[must_use]
pub fn find(registry: &Registry, lookup: Lookup<'_>, attribute: &'static Attribute) -> Arc<Slot> {
    lookup.with_identity(|identity| registry.slot(identity, Some(attribute)))
}

/// Admits one call of a breaker that was found before.
///
/// # Errors
///
/// [`CircuitOpen`] if the call is rejected.
#[inline]
pub fn acquire<S: FoundSlot>(found: S) -> Result<RawPermit<S>, CircuitOpen> {
    RawPermit::acquire(found)
}

/// Admits one call of a breaker that was found before, which runs on this thread to its end.
///
/// # Errors
///
/// [`CircuitOpen`] if the call is rejected.
#[inline]
pub fn acquire_on_thread<S: FoundSlot>(found: S) -> Result<RawPermit<S>, CircuitOpen> {
    RawPermit::acquire_in_scope(found)
}

/// A type that can be an identifier: any string.
#[diagnostic::on_unimplemented(
    message = "an identifier must be a string, but `{Self}` is not",
    label = "not a string",
    note = "use a literal, a constant or any expression whose type implements `AsRef<str>`"
)]
pub trait AsIdentifier {
    /// The text.
    fn as_identifier(&self) -> &str;
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<str> + ?Sized> AsIdentifier for T {
    fn as_identifier(&self) -> &str {
        self.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{circuit::PolicyPatch, config::RESOLUTIONS};

    #[test]
    fn no_part_of_an_identity_can_replace_another() {
        let identity = Identity::new("a").in_scope("s").with_key("k");
        let is = |lookup: Lookup<'_>, other: &Identity<'_>| {
            lookup.with_identity(|identity| identity == other)
        };
        let keyed =
            |identifier, scope, key| Lookup::new(identifier, scope).with_key(KeyText::Text(key));
        let finds = |identifier, scope, key| is(keyed(identifier, scope, key), &identity);
        assert!(finds("a", Some("s"), "k"));
        assert!(!finds("b", Some("s"), "k") && !finds("a", None, "k"));
        assert!(!finds("a", Some("s"), "l") && !is(Lookup::new("a", Some("s")), &identity));
        assert!(!is(keyed("a", None, "k"), &Identity::new("a")));
    }

    #[test]
    fn the_first_key_resolves_the_policy_and_later_ones_share_it() {
        static PLAIN: Attribute = Attribute::plain();
        static RATE: Attribute = Attribute::new(Some("http"), PolicyPatch::new().failure_rate(50));
        let registry = Registry::new();
        for (identifier, attribute) in [("plain", &PLAIN), ("rate", &RATE)] {
            let resolutions = ["a", "b", "c"].map(|key| {
                let before = RESOLUTIONS.get();
                let lookup = Lookup::new(identifier, None).with_key(KeyText::Text(key));
                let _slot = find(&registry, lookup, attribute);
                RESOLUTIONS.get() - before
            });
            assert_eq!(resolutions, [1, 0, 0]);
        }
    }
}
