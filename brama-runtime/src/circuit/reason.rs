//! The reason of a failure or of an action, as a short text.

use std::{
    any::type_name,
    borrow::Cow,
    error::Error,
    fmt::{self, Write},
    hash::{Hash, Hasher},
    str,
};

use super::reason_buf::{self, ReasonBuf};
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
        ReasonText::of(kept.as_bytes()).into()
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
        ReasonText::of(kept.as_bytes()).into()
    }

    /// Creates a reason from the text of a box, the error in it, and the sources of that error.
    pub(crate) fn of_box(text: &(impl fmt::Display + ?Sized), error: &(dyn Error + '_)) -> Self {
        let mut kept = ReasonBuf::EMPTY;
        let _ = write!(kept, "{text}");
        kept.append_chain(error);
        ReasonText::of(kept.as_bytes()).into()
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Notes that the text is that of an error, so that its type can be recorded instead.
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
