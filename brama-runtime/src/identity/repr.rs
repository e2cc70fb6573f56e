//! The texts of an identity that are inline, in place.

use std::{
    hash::{Hash, Hasher},
    str,
    sync::Arc,
};

#[cfg(feature = "serde")]
use serde::Serialize;

/// Texts of at most [`MOST`] bytes together.
///
/// Who compares it follows no pointer, and ten thousand of them are no allocations.
#[derive(Clone, Copy)]
#[repr(align(8))]
pub(super) struct InlineTexts {
    /// The texts, zeros, and in the last three bytes how long all of it is, the scope and the key.
    bytes: [u8; SIZE],
}

/// Four words: a look-up reads them from the line of memory in which the breaker begins.
pub(super) const SIZE: usize = 32;

const MOST: usize = SIZE - 3;

impl InlineTexts {
    #[inline]
    pub(super) fn of(texts: &[u8], layout: Layout) -> Option<Self> {
        let mut padded = [0; SIZE];
        padded.get_mut(..texts.len())?.copy_from_slice(texts);
        Self::padded(&padded, texts.len(), layout)
    }

    /// The same of texts that zeros follow.
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

/// By words: a processor waits where it is to read at once what was written in pieces, or in pieces of
/// another size.
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

/// An identity as it is ordered, printed and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(Serialize), serde(rename = "Identity"))]
pub(super) struct IdentityParts<'a> {
    pub(super) scope: Option<&'a str>,
    pub(super) identifier: &'a str,
    pub(super) key: Option<&'a str>,
    /// Of all keys for which there was no room. No user can say it, so it collides with no name.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub(super) is_overflow: bool,
}

/// How long the scope and the key are; what is between them is the identifier.
///
/// No text is longer than `isize::MAX`. What is not there has a negative length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Layout {
    scope: isize,
    key: isize,
}

/// There is no such text.
const NONE: isize = -1;

/// There is no key: this is of all keys for which there was no room.
const OVERFLOW: isize = -2;

impl Layout {
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

/// Scope, identifier and key, each a whole text. What is inline enough is [`InlineTexts`](Self::InlineTexts) however it
/// came, so two of different kinds are different, but for the long ones.
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

    /// The same, borrowed.
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

    /// Scope and identifier.
    #[inline]
    pub(super) fn keyless(&self) -> &[u8] {
        let (bytes, key) = (self.as_bytes(), self.layout().key().unwrap_or_default());
        bytes.get(..bytes.len() - key).unwrap_or_default()
    }

    /// Identifier and key.
    pub(super) fn scopeless(&self) -> &[u8] {
        let scope = self.layout().scope().unwrap_or_default();
        self.as_bytes().get(scope..).unwrap_or_default()
    }

    pub(super) fn parts(&self) -> IdentityParts<'_> {
        let (layout, keyless) = (self.layout(), self.keyless());
        let (scope, identifier) = keyless.split_at(layout.scope().unwrap_or_default());
        let key = self.as_bytes().get(keyless.len()..).unwrap_or_default();
        let text = |bytes| str::from_utf8(bytes).unwrap_or_default();
        IdentityParts {
            scope: layout.scope().map(|_| text(scope)),
            identifier: text(identifier),
            key: layout.key().map(|_| text(key)),
            is_overflow: layout.is_overflow(),
        }
    }

    #[cold]
    fn is_long_and_like(&self, other: &Repr<'_>) -> bool {
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
            _ => self.is_long_and_like(other),
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
