//! The representation of an identity's texts, inline if they are short.

use std::{
    hash::{Hash, Hasher},
    str,
    sync::Arc,
};

#[cfg(feature = "serde")]
use serde::Serialize;

/// Texts of at most [`MOST`] bytes together.
///
/// A comparison follows no pointer, and ten thousand identities need no allocation.
#[derive(Clone, Copy)]
#[repr(align(8))]
pub(super) struct InlineTexts {
    /// The texts, then zeros, then a byte each for the lengths of all texts, the scope and the key.
    bytes: [u8; SIZE],
}

/// Four words: a look-up reads them from the cache line in which the breaker begins.
pub(super) const SIZE: usize = 32;

const MOST: usize = SIZE - 3;

impl InlineTexts {
    #[inline]
    pub(super) fn of(texts: &[u8], layout: Layout) -> Option<Self> {
        let mut padded = [0; SIZE];
        padded.get_mut(..texts.len())?.copy_from_slice(texts);
        Self::padded(&padded, texts.len(), layout)
    }

    /// Creates inline texts of the first `length` bytes of `texts`. The other bytes must be zeros.
    #[inline]
    pub(super) fn padded(texts: &[u8; SIZE], length: usize, layout: Layout) -> Option<Self> {
        let all = u8::try_from(length).ok().filter(|_| length <= MOST)?;
        let [scope, key] = layout.as_bytes()?;
        let mut words = words(texts);
        words[3] |= u64::from_le_bytes([0, 0, 0, 0, 0, all, scope, key]);
        let mut bytes = [0; SIZE];
        let places = bytes.as_chunks_mut().0.iter_mut();
        places.zip(words).for_each(|(place, word)| *place = word.to_le_bytes());
        Some(Self { bytes })
    }

    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        let [texts @ .., all, _, _] = &self.bytes;
        texts.get(..usize::from(*all)).unwrap_or_default()
    }

    #[inline]
    pub(super) fn layout(&self) -> Layout {
        let [.., scope, key] = self.bytes;
        Layout::of_bytes([scope, key])
    }
}

/// Reads the bytes as words. A processor stalls if one load needs the bytes of several stores, or
/// if load and store differ in size.
#[inline]
fn words(bytes: &[u8; SIZE]) -> [u64; 4] {
    match bytes.as_chunks().0 {
        [a, b, c, d] => [a, b, c, d].map(|word| u64::from_le_bytes(*word)),
        _ => [0; 4],
    }
}

impl PartialEq for InlineTexts {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        let pairs = words(&self.bytes).into_iter().zip(words(&other.bytes));
        pairs.fold(0, |unlike, (one, other)| unlike | one ^ other) == 0
    }
}

impl Hash for InlineTexts {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c, d] = words(&self.bytes).map(u128::from);
        state.write_u128(a | b << 64);
        state.write_u128(c | d << 64);
    }
}

/// The parts of an identity, as it is ordered, printed and serialized.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(Serialize), serde(rename = "Identity"))]
pub(super) struct IdentityParts<'a, Text: ?Sized = str> {
    pub(super) scope: Option<&'a Text>,
    pub(super) identifier: &'a Text,
    pub(super) key: Option<&'a Text>,
    /// Whether this is an overflow breaker. Users cannot create such an identity, so it cannot
    /// collide with one of theirs.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub(super) is_overflow: bool,
}

/// The lengths of the scope and of the key; the identifier is between them.
///
/// No text is longer than `isize::MAX`, so negative lengths can stand for missing texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Layout {
    scope: isize,
    key: isize,
}

/// The length of a missing text.
const NONE: isize = -1;

/// The length of a missing key in the identity of an overflow breaker.
const OVERFLOW: isize = -2;

impl Layout {
    /// The layout of an identifier alone.
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

    /// Returns a byte for the scope and a byte for the key, if both lengths fit.
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

/// Scope, identifier and key, each valid UTF-8.
///
/// Texts that fit are always [`InlineTexts`](Self::InlineTexts), so an inline value never equals a
/// long one. The two kinds of long values can be equal.
#[derive(Clone)]
pub(super) enum Repr<'a> {
    InlineTexts(InlineTexts),
    Borrowed(&'a [u8], Layout),
    Shared(Arc<[u8]>, Layout),
}

impl<'a> Repr<'a> {
    #[inline]
    pub(super) fn of(bytes: &'a [u8], layout: Layout) -> Self {
        InlineTexts::of(bytes, layout).map_or(Self::Borrowed(bytes, layout), Self::InlineTexts)
    }

    #[inline]
    pub(super) fn into_owned(self) -> Repr<'static> {
        match self {
            Self::InlineTexts(inline) => Repr::InlineTexts(inline),
            Self::Borrowed(bytes, layout) => Repr::Shared(bytes.into(), layout),
            Self::Shared(bytes, layout) => Repr::Shared(bytes, layout),
        }
    }

    /// Borrows the texts.
    #[inline]
    pub(super) fn as_ref(&self) -> Repr<'_> {
        match self {
            Self::InlineTexts(inline) => Repr::InlineTexts(*inline),
            Self::Borrowed(bytes, layout) => Repr::Borrowed(bytes, *layout),
            Self::Shared(bytes, layout) => Repr::Borrowed(bytes, *layout),
        }
    }

    #[inline]
    pub(super) fn layout(&self) -> Layout {
        match self {
            Self::InlineTexts(inline) => inline.layout(),
            Self::Borrowed(_, layout) | Self::Shared(_, layout) => *layout,
        }
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::InlineTexts(inline) => inline.as_bytes(),
            Self::Borrowed(bytes, _) => bytes,
            Self::Shared(bytes, _) => bytes,
        }
    }

    /// Returns the scope and the identifier.
    #[inline]
    pub(super) fn keyless(&self) -> &[u8] {
        let (bytes, key) = (self.as_bytes(), self.layout().key().unwrap_or_default());
        bytes.get(..bytes.len() - key).unwrap_or_default()
    }

    /// Returns the identifier and the key.
    pub(super) fn scopeless(&self) -> &[u8] {
        let scope = self.layout().scope().unwrap_or_default();
        self.as_bytes().get(scope..).unwrap_or_default()
    }

    pub(super) fn parts(&self) -> IdentityParts<'_> {
        let IdentityParts { scope, identifier, key, is_overflow } = self.parts_as_bytes();
        let text = |bytes| str::from_utf8(bytes).unwrap_or_default();
        let (scope, identifier, key) = (scope.map(text), text(identifier), key.map(text));
        IdentityParts { scope, identifier, key, is_overflow }
    }

    /// Returns the parts unchecked. Their order is that of the texts.
    pub(super) fn parts_as_bytes(&self) -> IdentityParts<'_, [u8]> {
        let (layout, keyless) = (self.layout(), self.keyless());
        let (scope, identifier) = keyless.split_at(layout.scope().unwrap_or_default());
        let key = self.as_bytes().get(keyless.len()..).unwrap_or_default();
        IdentityParts {
            scope: layout.scope().map(|_| scope),
            identifier,
            key: layout.key().map(|_| key),
            is_overflow: layout.is_overflow(),
        }
    }

    #[cold]
    fn eq_long(&self, other: &Repr<'_>) -> bool {
        self.layout() == other.layout() && self.as_bytes() == other.as_bytes()
    }

    #[cold]
    fn hash_long<H: Hasher>(&self, state: &mut H) {
        state.write(self.as_bytes());
        self.layout().hash(state);
    }
}

impl PartialEq for Repr<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::InlineTexts(one), Self::InlineTexts(other)) => one == other,
            _ => self.eq_long(other),
        }
    }
}

impl Eq for Repr<'_> {}

impl Hash for Repr<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::InlineTexts(inline) => inline.hash(state),
            Self::Borrowed(..) | Self::Shared(..) => self.hash_long(state),
        }
    }
}
