//! A text that is kept for people.

use std::{
    fmt,
    hash::{Hash, Hasher},
    str,
};

/// A constant, or a text of its own: in place where it is short, as most are. Not the one of identities:
/// that holds three texts and is compared by words.
#[derive(Clone)]
pub(super) enum Text {
    Constant(&'static str),
    Short { length: u8, bytes: [u8; SHORT] },
    Long(Box<str>),
}

/// With its length, and what tells the kinds of texts apart, three words.
const SHORT: usize = 22;

impl Text {
    /// One of its own, of the bytes of a whole text.
    pub(super) fn of(text: &[u8]) -> Self {
        let long = || Self::Long(str::from_utf8(text).unwrap_or_default().into());
        Self::short(text).unwrap_or_else(long)
    }

    fn short(text: &[u8]) -> Option<Self> {
        let length = u8::try_from(text.len()).ok()?;
        let mut bytes = [0; SHORT];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self::Short { length, bytes })
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Constant(text) => text,
            // It was a whole text.
            Self::Short { .. } => str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Self::Long(text) => text,
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Constant(text) => text.as_bytes(),
            Self::Short { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Self::Long(text) => text.as_bytes(),
        }
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_no_more_than_24_bytes_whatever_it_is() {
        assert!(size_of::<Option<Text>>() <= 24);
    }

    #[test]
    fn a_text_of_22_bytes_is_kept_in_place_and_one_of_23_is_not() {
        assert!(matches!(Text::of(&[b'a'; 22]), Text::Short { .. }));
        assert!(matches!(Text::of(&[b'a'; 23]), Text::Long(_)));
    }

    #[test]
    fn a_text_of_its_own_says_what_it_was_made_of() {
        for text in [
            "",
            "short",
            "of 22 bytes and no more",
            "zwei Wörter, 22 bytes",
            "a text of more than 22 bytes",
        ] {
            assert_eq!(Text::of(text.as_bytes()).as_str(), text);
        }
    }
}
