//! A reason, in words.

use std::{borrow::Cow, fmt};

/// Why a call failed or an operator acted: a short text for people.
///
/// A constant costs nothing to keep. A text of more than [`Reason::MAX_BYTES`] bytes is cut at
/// the last whole character before that and ends in `…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reason(Cow<'static, str>);

impl Reason {
    /// The most bytes that a reason holds.
    pub const MAX_BYTES: usize = 256;

    /// The reason with that text.
    #[must_use]
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        if text.len() <= Self::MAX_BYTES {
            return Self(text);
        }
        let room = Self::MAX_BYTES - ELLIPSIS.len_utf8();
        let ends = text.char_indices().map(|(start, character)| start + character.len_utf8());
        let kept = ends.take_while(|end| *end <= room).last().unwrap_or_default();
        let mut cut = text.get(..kept).unwrap_or_default().to_owned();
        cut.push(ELLIPSIS);
        Self(Cow::Owned(cut))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const ELLIPSIS: char = '…';

impl From<&'static str> for Reason {
    fn from(text: &'static str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<Cow<'static, str>> for Reason {
    fn from(text: Cow<'static, str>) -> Self {
        Self::new(text)
    }
}

impl AsRef<str> for Reason {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Reason {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Reason {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
