//! One part of an identity: a text, short as a rule.

use std::{
    borrow::Cow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str,
    sync::Arc,
};

#[cfg(feature = "serde")]
use serde::{Serialize, Serializer};

/// A scope, an identifier or a key.
///
/// What is kept of a short one stands in place: a look-up that compares it follows no pointer, and
/// ten thousand of them are no allocations. Parts are compared by their bytes, as texts are.
#[derive(Clone)]
pub(super) enum Part<'a> {
    Short(Short),
    Borrowed(&'a str),
    Shared(Arc<str>),
}

/// A text of at most [`SHORT`] bytes.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Short {
    length: u8,
    /// Zeros after the text.
    bytes: [u8; SHORT],
}

/// With its length and what tells the kinds apart, three words.
const SHORT: usize = 22;

impl<'a> Part<'a> {
    /// One with a text of its own.
    pub(super) fn owned(text: &str) -> Self {
        Short::of(text.as_bytes()).map_or_else(|| Self::Shared(text.into()), Self::Short)
    }

    /// One that was put together from whole texts.
    #[inline]
    pub(super) fn written(bytes: &'a [u8]) -> Self {
        let borrowed = || Self::Borrowed(str::from_utf8(bytes).unwrap_or_default());
        Short::of(bytes).map_or_else(borrowed, Self::Short)
    }

    pub(super) fn into_owned(self) -> Part<'static> {
        match self {
            Self::Short(short) => Part::Short(short),
            Self::Borrowed(text) => Part::owned(text),
            Self::Shared(text) => Part::Shared(text),
        }
    }

    /// The same, borrowed.
    pub(super) fn as_ref(&self) -> Part<'_> {
        match self {
            Self::Short(short) => Part::Short(*short),
            Self::Borrowed(text) => Part::Borrowed(text),
            Self::Shared(text) => Part::Borrowed(text),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            // It was a whole text.
            Self::Short(short) => str::from_utf8(short.as_bytes()).unwrap_or_default(),
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short(short) => short.as_bytes(),
            Self::Borrowed(text) => text.as_bytes(),
            Self::Shared(text) => text.as_bytes(),
        }
    }
}

impl Short {
    #[inline]
    fn of(text: &[u8]) -> Option<Self> {
        let length = u8::try_from(text.len()).ok()?;
        let mut bytes = [0; SHORT];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self { length, bytes })
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl<'a> From<Cow<'a, str>> for Part<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Borrowed(text),
            Cow::Owned(text) => Self::owned(&text),
        }
    }
}

impl PartialEq for Part<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            // Of a length that the compiler knows, so nothing is called to compare them.
            (Self::Short(one), Self::Short(other)) => one == other,
            _ => self.as_bytes() == other.as_bytes(),
        }
    }
}

impl Eq for Part<'_> {}

impl PartialOrd for Part<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Part<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.as_bytes());
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(feature = "serde")]
impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use foldhash::fast::FixedState;
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn a_part_reads_the_same_however_it_is_kept() {
        for length in [0, 1, SHORT / 2, SHORT / 2 + 1, SHORT, SHORT + 1, 100] {
            let (narrow, wide) = ("a".repeat(length), "é".repeat(length));
            for text in [&*narrow, &*wide] {
                let (owned, borrowed) = (Part::owned(text), Part::Borrowed(text));
                assert_eq!((owned.as_str(), borrowed.as_str()), (text, text));
                assert_eq!((&owned, owned.as_ref()), (&borrowed, Part::Shared(text.into())));
                let hash = |part| FixedState::default().hash_one(part);
                assert_eq!(hash(&owned), hash(&borrowed));
            }
        }
    }

    #[test]
    fn parts_are_in_the_order_of_their_texts() {
        let texts = ["", "a", "a\0", "ab", "b", "é", &"é".repeat(SHORT)];
        let parts: Vec<_> = texts.into_iter().map(Part::owned).collect();
        assert!(texts.is_sorted() && parts.is_sorted());
    }
}
