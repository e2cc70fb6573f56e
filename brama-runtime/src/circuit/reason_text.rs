//! The text of a reason, in three words.

use std::{
    fmt,
    hash::{Hash, Hasher},
    str,
};

/// A constant, or an owned text, which is inline if it is short, as most are.
///
/// Not the representation of identities: that one holds three texts and is compared by words.
#[derive(Clone)]
pub(super) enum ReasonText {
    Constant(&'static str),
    Inline { length: u8, bytes: [u8; INLINE_BYTES] },
    Long(Box<str>),
}

/// With the length and the discriminant, an inline text takes three words.
const INLINE_BYTES: usize = 22;

impl ReasonText {
    /// Copies the bytes of a text, which must be valid UTF-8.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut bytes = [0; INLINE_BYTES];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(text);
                Self::Inline { length, bytes }
            }
            _ => Self::Long(str::from_utf8(text).unwrap_or_default().into()),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Constant(text) => text,
            // The bytes are valid UTF-8, so the default is never used.
            Self::Inline { .. } => str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Self::Long(text) => text,
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Constant(text) => text.as_bytes(),
            Self::Inline { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Self::Long(text) => text.as_bytes(),
        }
    }
}

impl PartialEq for ReasonText {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for ReasonText {}

impl Hash for ReasonText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for ReasonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_no_more_than_24_bytes_whatever_it_is() {
        assert!(size_of::<Option<ReasonText>>() <= 24);
    }

    #[test]
    fn a_text_of_22_bytes_is_kept_in_place_and_one_of_23_is_not() {
        assert!(matches!(ReasonText::of(&[b'a'; 22]), ReasonText::Inline { .. }));
        assert!(matches!(ReasonText::of(&[b'a'; 23]), ReasonText::Long(_)));
    }

    #[test]
    fn a_stored_text_reads_as_the_bytes_it_was_made_of() {
        for text in [
            "",
            "short",
            "of 22 bytes and no more",
            "zwei Wörter, 22 bytes",
            "a text of more than 22 bytes",
        ] {
            assert_eq!(ReasonText::of(text.as_bytes()).as_str(), text);
        }
    }
}
