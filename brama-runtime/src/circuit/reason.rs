//! The reason of a failure or of an action, as a short text.

use std::{
    any::type_name,
    borrow::Cow,
    error::Error,
    fmt::{self, Write},
    hash::{Hash, Hasher},
};

use super::{
    reason_buf::{self, ReasonBuf},
    reason_text::ReasonText,
};
use crate::text::Escaped;

/// Why a call failed or an operator acted: a short text for people.
///
/// Texts convert into a reason, and so do references to errors ([`of_error`](Self::of_error)). `()`
/// converts into "no reason given".
///
/// A constant is kept without an allocation, and so is a text of at most 22 bytes. A text of more
/// than [`Reason::MAX_BYTES`] bytes is cut at a whole character and ends in `…`.
#[derive(Clone)]
pub struct Reason {
    text: ReasonText,
    /// Names the type of the error whose text this is. A function takes half the room of a name.
    name_type: Option<fn() -> &'static str>,
}

impl Reason {
    /// The maximum number of bytes in a reason, including `…`.
    pub const MAX_BYTES: usize = reason_buf::MAX_BYTES;

    /// Creates a reason from a text.
    #[must_use]
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        match text.into() {
            text if Self::MAX_BYTES < text.len() => Self::of(&text),
            Cow::Borrowed(text) => ReasonText::Constant(text).into(),
            Cow::Owned(text) => ReasonText::of(text.as_bytes()).into(),
        }
    }

    /// Creates a reason from what the `Display` of `value` writes.
    ///
    /// Writing ends at [`MAX_BYTES`](Self::MAX_BYTES). If `Display` fails, the reason is what it
    /// wrote before.
    #[must_use]
    pub fn of(value: &(impl fmt::Display + ?Sized)) -> Self {
        let mut kept = ReasonBuf::EMPTY;
        // An error means that the buffer is full or that `Display` failed. Both keep the text.
        let _ = write!(kept, "{value}");
        kept.into_text().into()
    }

    /// Creates a reason from the text of an error and the texts of its sources, joined by `: `.
    ///
    /// A source whose text is part of the texts before it is left out. At most 64 sources are read.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::Reason;
    ///
    /// let error = std::io::Error::other("connection refused");
    /// assert_eq!(Reason::of_error(&error), "connection refused");
    /// ```
    #[must_use]
    pub fn of_error(error: &(impl Error + ?Sized)) -> Self {
        let mut kept = ReasonBuf::EMPTY;
        let _ = write!(kept, "{error}");
        if let Some(source) = error.source() {
            kept.append_chain(source);
        }
        kept.into_text().into()
    }

    /// Creates a reason from the text of a box, the error in it, and the sources of that error.
    pub(crate) fn of_box(text: &(impl fmt::Display + ?Sized), error: &(dyn Error + '_)) -> Self {
        let mut kept = ReasonBuf::EMPTY;
        let _ = write!(kept, "{text}");
        kept.append_chain(error);
        kept.into_text().into()
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Notes the type of the error that the text comes from, so that it can be recorded instead.
    pub(crate) fn with_type_of<E: ?Sized>(self, _: &E) -> Self {
        self.with_type_name(type_name::<E>)
    }

    pub(super) fn with_type_name(self, name: fn() -> &'static str) -> Self {
        Self { name_type: Some(name), ..self }
    }

    /// Returns the name of the error's type; `None` if the text is of no error.
    pub(super) fn type_name(&self) -> Option<&'static str> {
        self.name_type.map(|name| name())
    }

    /// Returns whether the text is part of the program, and not made at run time.
    pub(super) const fn is_constant(&self) -> bool {
        matches!(self.text, ReasonText::Constant(_))
    }
}

impl From<ReasonText> for Reason {
    fn from(text: ReasonText) -> Self {
        Self { text, name_type: None }
    }
}

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

/// Reads "no reason given".
impl From<()> for Reason {
    fn from((): ()) -> Self {
        Self::new("no reason given")
    }
}

impl<E: Error> From<&E> for Reason {
    fn from(error: &E) -> Self {
        Self::of_error(error)
    }
}

impl From<&(dyn Error + '_)> for Reason {
    fn from(error: &(dyn Error + '_)) -> Self {
        Self::of_error(error)
    }
}

impl From<&(dyn Error + Send + Sync + '_)> for Reason {
    fn from(error: &(dyn Error + Send + Sync + '_)) -> Self {
        Self::of_error(error)
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

/// Reasons are equal if their texts are.
impl PartialEq for Reason {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Reason {}

impl Hash for Reason {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// Writes the text on one line: a line break or another character that would be hidden is shown as
/// an escape such as `\n`. At most [`Reason::MAX_BYTES`] are shown.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped::within(Self::MAX_BYTES, self.as_str()).fmt(f)
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reason").field(&self.text).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_all_the_room_is_kept_whole() {
        let text = "a".repeat(Reason::MAX_BYTES);
        assert_eq!(Reason::new(text.clone()), *text);
        assert_eq!(Reason::of(&text), *text);
    }

    #[test]
    fn a_longer_text_is_cut_at_a_whole_character() {
        for text in ["a".repeat(300), "ä".repeat(150), "€".repeat(100)] {
            let reason = Reason::new(text.clone());
            let kept = reason.as_str().strip_suffix('…').unwrap();
            assert!(text.starts_with(kept));
            assert!((Reason::MAX_BYTES - 5..=Reason::MAX_BYTES).contains(&reason.as_str().len()));
        }
    }
}
