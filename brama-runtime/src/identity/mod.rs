//! The identity of a breaker: scope, identifier and key.

mod buffer;
mod inline_key;
mod key_text;
mod repr;
#[cfg(feature = "serde")]
mod serde_impls;

use std::{borrow::Cow, cmp::Ordering, fmt, hash::Hash};

pub(crate) use self::buffer::IdentityBuf;
pub(crate) use self::inline_key::{INLINE_KEY_WORDS, InlineKey};
pub use self::key_text::{KeyPart, KeyParts, KeyText};
use self::repr::{IdentityParts, Layout, Repr};
use crate::text::Escaped;

/// The name of a breaker: an identifier, and optionally a scope and a key.
///
/// The three texts are compared one by one: `a` in scope `b` is another breaker than `ba` and than
/// `b/a`. They are stored one after the other, and inline if they have at most 29 bytes together,
/// as most do. A look-up with such an identity does not allocate.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::Identity;
///
/// let node = 7;
/// let identity = Identity::new("storage").in_scope("payments").with_key(node);
/// assert_eq!(identity.identifier(), "storage");
/// assert_eq!(identity.to_string(), "payments/storage[7]");
/// assert_ne!(identity, Identity::from("payments/storage[7]"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identity<'a>(Repr<'a>);

impl<'a> Identity<'a> {
    /// Creates an identity with an identifier, no scope and no key.
    #[must_use]
    pub fn new(identifier: impl Into<Cow<'a, str>>) -> Self {
        match identifier.into() {
            Cow::Borrowed(identifier) => Self(Repr::of(identifier.as_bytes(), Layout::IDENTIFIER)),
            Cow::Owned(identifier) => Identity::from(&identifier).into_owned(),
        }
    }

    /// Creates an identity from the three texts that [`scope`](Self::scope),
    /// [`identifier`](Self::identifier) and [`key`](Self::key) return.
    ///
    /// An overflow breaker cannot be named by its parts ([`is_overflow`](Self::is_overflow)).
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::Identity;
    ///
    /// let identity = Identity::new("storage").in_scope("payments").with_key(7);
    /// let parts = (identity.scope(), identity.identifier(), identity.key());
    /// assert_eq!(Identity::from_parts(parts.0, parts.1, parts.2), identity);
    /// ```
    #[must_use]
    pub fn from_parts(
        scope: Option<&str>,
        identifier: &str,
        key: Option<&str>,
    ) -> Identity<'static> {
        let mut buffer = IdentityBuf::new();
        buffer.write(scope, identifier);
        if let Some(key) = key {
            buffer.write_key(KeyText::Text(key));
        }
        buffer.identity().into_owned()
    }

    /// Returns the identity in this scope, in place of an earlier one.
    #[must_use]
    pub fn in_scope(self, scope: impl Into<Cow<'a, str>>) -> Self {
        let (scope, mut buffer) = (scope.into(), IdentityBuf::new());
        let layout = self.0.layout().with_scope(scope.len());
        buffer.write_joined(scope.as_bytes(), layout);
        buffer.write_joined(self.0.scopeless(), layout);
        buffer.identity().into_owned()
    }

    /// Returns the identity with this key, in place of an earlier one: a node, a host, a tenant.
    #[must_use]
    pub fn with_key(self, key: impl fmt::Display) -> Self {
        self.keyed(&key)
    }

    fn keyed(&self, key: &dyn fmt::Display) -> Self {
        let mut buffer = IdentityBuf::new();
        self.write_keyless(&mut buffer);
        buffer.write_key(KeyText::Shown(key));
        buffer.identity().into_owned()
    }

    /// Returns the scope.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.parts().scope
    }

    /// Returns the identifier.
    #[must_use]
    pub fn identifier(&self) -> &str {
        self.parts().identifier
    }

    /// Returns the key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.parts().key
    }

    /// Returns whether this is the overflow breaker of an identifier.
    ///
    /// It counts the calls of all keys for which the identifier has no room: see
    /// `Config::max_keys`. It has no key, and differs from the breaker of the identifier alone.
    #[must_use]
    pub fn is_overflow(&self) -> bool {
        self.0.layout().is_overflow()
    }

    /// Writes the scope and the identifier.
    #[inline]
    pub(crate) fn write_keyless(&self, buffer: &mut IdentityBuf) {
        buffer.write_joined(self.0.keyless(), self.0.layout().without_key());
    }

    /// Returns the identity without its key.
    pub(crate) fn without_key(&self) -> Identity<'_> {
        Identity(Repr::of(self.0.keyless(), self.0.layout().without_key()))
    }

    /// Returns the identity of the overflow breaker, for all keys for which there is no room.
    pub(crate) fn overflow(&self) -> Identity<'_> {
        Identity(Repr::of(self.0.keyless(), self.0.layout().overflowing()))
    }

    /// Returns the identity with owned texts.
    #[must_use]
    pub fn into_owned(self) -> Identity<'static> {
        Identity(self.0.into_owned())
    }

    fn parts(&self) -> IdentityParts<'_> {
        self.0.parts()
    }

    fn write<'s, T: fmt::Display>(
        &'s self,
        out: &mut dyn fmt::Write,
        shown: impl Fn(&'s str) -> T,
    ) -> fmt::Result {
        let IdentityParts { scope, identifier, key, is_overflow } = self.parts();
        scope.map_or(Ok(()), |scope| write!(out, "{}/", shown(scope)))?;
        write!(out, "{}", shown(identifier))?;
        key.map_or(Ok(()), |key| write!(out, "[{}]", shown(key)))?;
        if is_overflow { out.write_str(" (overflow)") } else { Ok(()) }
    }
}

impl PartialOrd for Identity<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Identity<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.parts_as_bytes().cmp(&other.0.parts_as_bytes())
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
        Self(identity.0.as_ref())
    }
}

/// Writes the whole text, quoted and escaped as the `Debug` of a string.
impl fmt::Debug for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text, |part| part)?;
        fmt::Debug::fmt(&text, f)
    }
}

/// Writes `scope/identifier[key]`, or `scope/identifier (overflow)` for an overflow breaker.
///
/// This is for people and not an encoding: different identities can have equal texts. A line break
/// or another character that would be hidden is shown as an escape such as `\n`. Of each part at
/// most 128 bytes are shown; a longer one ends in `…`.
impl fmt::Display for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, Escaped::name)
    }
}

#[cfg(test)]
mod tests;
