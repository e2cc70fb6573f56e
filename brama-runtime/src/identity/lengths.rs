//! Where one text of an identity ends and the next begins.

/// How long the scope and the key are; what is between them is the identifier.
///
/// No text is longer than `isize::MAX`. What is not there has a negative length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Lengths {
    scope: isize,
    key: isize,
}

/// There is no such text.
const NONE: isize = -1;

/// There is no key: this is of all keys for which there was no room.
const OVERFLOW: isize = -2;

impl Lengths {
    /// Of an identifier alone.
    pub(super) const IDENTIFIER: Self = Self { scope: NONE, key: NONE };

    #[inline]
    pub(super) const fn with_scope(self, length: usize) -> Self {
        Self { scope: length.cast_signed(), ..self }
    }

    #[inline]
    pub(super) const fn with_key(self, length: usize) -> Self {
        Self { key: length.cast_signed(), ..self }
    }

    #[inline]
    pub(super) const fn without_key(self) -> Self {
        Self { key: NONE, ..self }
    }

    pub(super) const fn overflowing(self) -> Self {
        Self { key: OVERFLOW, ..self }
    }

    pub(super) const fn is_overflow(self) -> bool {
        self.key == OVERFLOW
    }

    #[inline]
    pub(super) fn scope(self) -> Option<usize> {
        usize::try_from(self.scope).ok()
    }

    #[inline]
    pub(super) fn key(self) -> Option<usize> {
        usize::try_from(self.key).ok()
    }

    /// A byte for the scope and one for the key, where that will do.
    #[inline]
    pub(super) fn as_bytes(self) -> Option<[u8; 2]> {
        let byte = |length| i8::try_from(length).ok().map(i8::cast_unsigned);
        Some([byte(self.scope)?, byte(self.key)?])
    }

    #[inline]
    pub(super) fn of_bytes([scope, key]: [u8; 2]) -> Self {
        Self { scope: scope.cast_signed().into(), key: key.cast_signed().into() }
    }
}
