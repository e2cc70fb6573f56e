//! The texts of an identity, one after the other.

use std::{
    hash::{Hash, Hasher},
    str,
    sync::Arc,
};

use super::short::{Lengths, Parts, Short};

/// Scope, identifier and key, each a whole text. What is short enough is [`Short`](Self::Short) however it
/// came, so two of different kinds are different, but for the long ones.
#[derive(Clone)]
pub(super) enum Joined<'a> {
    Short(Short),
    Borrowed(&'a [u8], Lengths),
    Shared(Arc<[u8]>, Lengths),
}

impl<'a> Joined<'a> {
    #[inline]
    pub(super) fn of(bytes: &'a [u8], lengths: Lengths) -> Self {
        Short::of(bytes, lengths).map_or(Self::Borrowed(bytes, lengths), Self::Short)
    }

    #[inline]
    pub(super) fn into_owned(self) -> Joined<'static> {
        match self {
            Self::Short(short) => Joined::Short(short),
            Self::Borrowed(bytes, lengths) => Joined::Shared(bytes.into(), lengths),
            Self::Shared(bytes, lengths) => Joined::Shared(bytes, lengths),
        }
    }

    /// The same, borrowed.
    #[inline]
    pub(super) fn as_ref(&self) -> Joined<'_> {
        match self {
            Self::Short(short) => Joined::Short(*short),
            Self::Borrowed(bytes, lengths) => Joined::Borrowed(bytes, *lengths),
            Self::Shared(bytes, lengths) => Joined::Borrowed(bytes, *lengths),
        }
    }

    #[inline]
    pub(super) fn lengths(&self) -> Lengths {
        match self {
            Self::Short(short) => short.lengths(),
            Self::Borrowed(_, lengths) | Self::Shared(_, lengths) => *lengths,
        }
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short(short) => short.as_bytes(),
            Self::Borrowed(bytes, _) => bytes,
            Self::Shared(bytes, _) => bytes,
        }
    }

    /// Scope and identifier.
    #[inline]
    pub(super) fn keyless(&self) -> &[u8] {
        let (bytes, key) = (self.as_bytes(), self.lengths().key().unwrap_or_default());
        bytes.get(..bytes.len() - key).unwrap_or_default()
    }

    /// Identifier and key.
    pub(super) fn scopeless(&self) -> &[u8] {
        let scope = self.lengths().scope().unwrap_or_default();
        self.as_bytes().get(scope..).unwrap_or_default()
    }

    pub(super) fn parts(&self) -> Parts<'_> {
        let (lengths, keyless) = (self.lengths(), self.keyless());
        let (scope, identifier) = keyless.split_at(lengths.scope().unwrap_or_default());
        let key = self.as_bytes().get(keyless.len()..).unwrap_or_default();
        let text = |bytes| str::from_utf8(bytes).unwrap_or_default();
        Parts {
            scope: lengths.scope().map(|_| text(scope)),
            identifier: text(identifier),
            key: lengths.key().map(|_| text(key)),
            is_overflow: lengths.is_overflow(),
        }
    }

    #[cold]
    fn is_long_and_like(&self, other: &Joined<'_>) -> bool {
        self.lengths() == other.lengths() && self.as_bytes() == other.as_bytes()
    }

    #[cold]
    fn hash_long<H: Hasher>(&self, state: &mut H) {
        state.write(self.as_bytes());
        self.lengths().hash(state);
    }
}

impl PartialEq for Joined<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Short(one), Self::Short(other)) => one == other,
            _ => self.is_long_and_like(other),
        }
    }
}

impl Eq for Joined<'_> {}

impl Hash for Joined<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Short(short) => short.hash(state),
            Self::Borrowed(..) | Self::Shared(..) => self.hash_long(state),
        }
    }
}
