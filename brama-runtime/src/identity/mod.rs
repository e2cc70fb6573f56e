//! Which breaker: scope, identifier and key.

mod part;

use std::{
    borrow::Cow,
    fmt,
    hash::{Hash, Hasher},
};

#[cfg(feature = "serde")]
use serde::Serialize;

use self::part::Part;

/// The name of a breaker: an identifier, and where wanted a scope and a key.
///
/// The three are compared one by one and never joined: `a` in scope `b` is another breaker than
/// `b/a`. A borrowed text stays borrowed and a short one needs no place of its own, so a look-up
/// allocates nothing.
///
/// ```
/// # use brama_runtime as brama;
/// use brama::Identity;
///
/// let node = 7;
/// let identity = Identity::new("storage").in_scope("payments").with_key(node);
/// assert_eq!(identity.identifier(), "storage");
/// assert_eq!(identity.to_string(), "payments/storage[7]");
/// assert_ne!(identity, Identity::from("payments/storage[7]"));
/// ```
#[derive(Debug, Clone, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Identity<'a> {
    scope: Option<Part<'a>>,
    identifier: Part<'a>,
    key: Option<Part<'a>>,
    /// Of all keys for which there was no room. No user can say it, so it collides with no name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    is_overflow: bool,
}

impl<'a> Identity<'a> {
    /// The identity with that identifier, no scope and no key.
    #[must_use]
    pub fn new(identifier: impl Into<Cow<'a, str>>) -> Self {
        Self { scope: None, identifier: identifier.into().into(), key: None, is_overflow: false }
    }

    /// The same in that scope.
    #[must_use]
    pub fn in_scope(self, scope: impl Into<Cow<'a, str>>) -> Self {
        Self { scope: Some(scope.into().into()), ..self }
    }

    /// The same with that key: a node, a host, a tenant.
    #[must_use]
    pub fn with_key(self, key: impl fmt::Display) -> Self {
        Self { key: Some(Cow::from(key.to_string()).into()), is_overflow: false, ..self }
    }

    /// The identity of those parts, the key written out from whole texts: put together in place.
    #[inline]
    pub(crate) fn of_parts(
        scope: Option<&'a str>,
        identifier: &'a str,
        key: Option<&'a [u8]>,
    ) -> Self {
        Self {
            scope: scope.map(Part::Borrowed),
            identifier: Part::Borrowed(identifier),
            key: key.map(Part::written),
            is_overflow: false,
        }
    }

    /// The scope.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_ref().map(Part::as_str)
    }

    /// The identifier.
    #[must_use]
    pub fn identifier(&self) -> &str {
        self.identifier.as_str()
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_ref().map(Part::as_str)
    }

    /// Whether this is the breaker that counts the calls of all keys for which an identifier has no
    /// room: see `Config::max_keys`. It has no key, and is another breaker than that of the identifier
    /// alone.
    #[must_use]
    pub const fn is_overflow(&self) -> bool {
        self.is_overflow
    }

    /// The identifier in its scope, of whatever key this is.
    pub(crate) fn without_key(&self) -> Identity<'_> {
        Identity { key: None, is_overflow: false, ..self.into() }
    }

    /// The breaker of all keys for which there is no room.
    pub(crate) fn overflow(&self) -> Identity<'_> {
        Identity { is_overflow: true, ..self.without_key() }
    }

    /// The same with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Identity<'static> {
        Identity {
            scope: self.scope.map(Part::into_owned),
            identifier: self.identifier.into_owned(),
            key: self.key.map(Part::into_owned),
            is_overflow: self.is_overflow,
        }
    }
}

/// The key first: where two identities differ, it is by that most likely.
impl PartialEq for Identity<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
            && self.identifier == other.identifier
            && self.scope == other.scope
            && self.is_overflow == other.is_overflow
    }
}

impl Hash for Identity<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identifier.hash(state);
        // That there is no key or scope, or an empty one, is all the same to a hash.
        self.key.iter().for_each(|key| key.hash(state));
        self.scope.iter().for_each(|scope| scope.hash(state));
    }
}

impl<'a> From<&'a str> for Identity<'a> {
    fn from(identifier: &'a str) -> Self {
        Self::new(identifier)
    }
}

impl From<String> for Identity<'_> {
    fn from(identifier: String) -> Self {
        Self::new(identifier)
    }
}

impl<'a> From<&'a String> for Identity<'a> {
    fn from(identifier: &'a String) -> Self {
        Self::new(identifier)
    }
}

impl<'a> From<&'a Identity<'_>> for Identity<'a> {
    fn from(identity: &'a Identity<'_>) -> Self {
        Self {
            scope: identity.scope.as_ref().map(Part::as_ref),
            identifier: identity.identifier.as_ref(),
            key: identity.key.as_ref().map(Part::as_ref),
            is_overflow: identity.is_overflow,
        }
    }
}

/// For people: `scope/identifier[key]`; `scope/identifier (overflow)` for the keys without room. Not an
/// encoding: two identities may read alike.
impl fmt::Display for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scope) = self.scope() {
            write!(f, "{scope}/")?;
        }
        f.write_str(self.identifier())?;
        self.key().map_or(Ok(()), |key| write!(f, "[{key}]"))?;
        if self.is_overflow { f.write_str(" (overflow)") } else { Ok(()) }
    }
}
