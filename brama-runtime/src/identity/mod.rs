//! Which breaker: scope, identifier and key.

mod buffer;
mod repr;

use std::{borrow::Cow, cmp::Ordering, fmt, hash::Hash};

#[cfg(feature = "serde")]
use serde::{Serialize, Serializer};

pub(crate) use self::buffer::IdentityBuf;
pub use self::buffer::KeyText;
use self::repr::{IdentityParts, Layout, Repr};

/// The name of a breaker: an identifier, and where wanted a scope and a key.
///
/// The three stand one after the other, but are compared one by one: `a` in scope `b` is another breaker
/// than `ba`, and than `b/a`. Together they are inline as a rule, and then need no place of their own: a
/// look-up allocates nothing.
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
    /// The identity with that identifier, no scope and no key.
    #[must_use]
    pub fn new(identifier: impl Into<Cow<'a, str>>) -> Self {
        match identifier.into() {
            Cow::Borrowed(identifier) => Self(Repr::of(identifier.as_bytes(), Layout::IDENTIFIER)),
            Cow::Owned(identifier) => Identity::from(&identifier).into_owned(),
        }
    }

    /// The same in that scope.
    #[must_use]
    pub fn in_scope(self, scope: impl Into<Cow<'a, str>>) -> Self {
        let (scope, mut buffer) = (scope.into(), IdentityBuf::new());
        let layout = self.0.layout().with_scope(scope.len());
        buffer.write_joined(scope.as_bytes(), layout);
        buffer.write_joined(self.0.scopeless(), layout);
        buffer.identity().into_owned()
    }

    /// The same with that key: a node, a host, a tenant.
    #[must_use]
    pub fn with_key(self, key: impl fmt::Display) -> Self {
        self.keyed(&key)
    }

    fn keyed(&self, key: &dyn fmt::Display) -> Self {
        let mut buffer = IdentityBuf::new();
        buffer.write_joined(self.0.keyless(), self.0.layout().without_key());
        buffer.write_key(KeyText::Shown(key));
        buffer.identity().into_owned()
    }

    /// The scope.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.parts().scope
    }

    /// The identifier.
    #[must_use]
    pub fn identifier(&self) -> &str {
        self.parts().identifier
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.parts().key
    }

    /// Whether this is the breaker that counts the calls of all keys for which an identifier has no
    /// room: see `Config::max_keys`. It has no key, and is another breaker than that of the identifier
    /// alone.
    #[must_use]
    pub fn is_overflow(&self) -> bool {
        self.0.layout().is_overflow()
    }

    /// The identifier in its scope, of whatever key this is.
    pub(crate) fn without_key(&self) -> Identity<'_> {
        Identity(Repr::of(self.0.keyless(), self.0.layout().without_key()))
    }

    /// The breaker of all keys for which there is no room.
    pub(crate) fn overflow(&self) -> Identity<'_> {
        Identity(Repr::of(self.0.keyless(), self.0.layout().overflowing()))
    }

    /// The same with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Identity<'static> {
        Identity(self.0.into_owned())
    }

    fn parts(&self) -> IdentityParts<'_> {
        self.0.parts()
    }
}

impl PartialOrd for Identity<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Identity<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(&other.parts())
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

impl fmt::Debug for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts().fmt(f)
    }
}

#[cfg(feature = "serde")]
impl Serialize for Identity<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.parts().serialize(serializer)
    }
}

/// For people: `scope/identifier[key]`; `scope/identifier (overflow)` for the keys without room. Not an
/// encoding: two identities may read alike.
impl fmt::Display for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let IdentityParts { scope, identifier, key, is_overflow } = self.parts();
        if let Some(scope) = scope {
            write!(f, "{scope}/")?;
        }
        f.write_str(identifier)?;
        key.map_or(Ok(()), |key| write!(f, "[{key}]"))?;
        if is_overflow { f.write_str(" (overflow)") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
