//! A key as its type has it.
//!
//! A text or a whole number need not be written out by its `Display`, which takes many of a look-up's
//! instructions. Whether a key is one depends on its type, and generated code alone knows that. So each
//! sort has a type of its own here, which dereferences to the next. A method call follows them to the
//! first whose bounds the key keeps.

use std::{borrow::Cow, fmt::Display, ops::Deref, rc::Rc, sync::Arc};

use crate::identity::Spelling;

/// What an expression gave for a key.
#[inline]
pub const fn key<K>(given: &K) -> Text<'_, K> {
    Text(Number(Shown(given)))
}

/// A text of the standard library's, or else a number.
#[expect(missing_debug_implementations, reason = "lives for one question")]
pub struct Text<'a, K>(Number<'a, K>);

/// A whole number, or else something that can be shown.
#[expect(missing_debug_implementations, reason = "lives for one question")]
pub struct Number<'a, K>(Shown<'a, K>);

/// Anything that can be written out.
#[expect(missing_debug_implementations, reason = "lives for one question")]
pub struct Shown<'a, K>(&'a K);

impl<'a, K: AsText> Text<'a, K> {
    /// How it is written out.
    #[inline]
    #[must_use]
    pub fn __brama_spelling(&self) -> Spelling<'a> {
        let &Self(Number(Shown(key))) = self;
        Spelling::Text(key.as_text())
    }
}

impl<'a, K: AsNumber> Number<'a, K> {
    /// How it is written out.
    #[inline]
    #[must_use]
    pub fn __brama_spelling(&self) -> Spelling<'a> {
        let &Self(Shown(key)) = self;
        let (magnitude, is_negative) = key.as_number();
        Spelling::Number { magnitude, is_negative }
    }
}

impl<'a, K> Shown<'a, K> {
    /// How it is written out.
    // The bound stands on the method and not on the impl: so rustc finds it, and speaks in `Key`'s words.
    #[inline]
    #[must_use]
    pub fn __brama_spelling(&self) -> Spelling<'a>
    where
        K: Key,
    {
        Spelling::Shown(self.0.shown())
    }
}

impl<'a, K> Deref for Text<'a, K> {
    type Target = Number<'a, K>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, K> Deref for Number<'a, K> {
    type Target = Shown<'a, K>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// A type that is a text, and whose `Display` shows that.
pub trait AsText {
    /// The text.
    fn as_text(&self) -> &str;
}

impl AsText for str {
    #[inline]
    fn as_text(&self) -> &str {
        self
    }
}

/// Implements [`AsText`] for what dereferences to a text.
macro_rules! texts {
    ($([$($generic:tt)*] $text:ty),*) => {$(
        impl<$($generic)*> AsText for $text {
            #[inline]
            fn as_text(&self) -> &str {
                (**self).as_text()
            }
        }
    )*};
}

texts!([T: AsText + ?Sized] &T, [] String, [] Cow<'_, str>, [] Box<str>, [] Rc<str>, [] Arc<str>);

/// A whole number.
pub trait AsNumber {
    /// Its magnitude, and whether it is below zero.
    fn as_number(&self) -> (u64, bool);
}

/// Implements [`AsNumber`] for what is no wider than 64 bits.
macro_rules! numbers {
    ($($unsigned:ty, $signed:ty);*) => {$(
        #[allow(clippy::cast_lossless, reason = "only `usize` and `isize` lack `From`, so it is not to be expected")]
        impl AsNumber for $unsigned {
            #[inline]
            fn as_number(&self) -> (u64, bool) {
                (*self as u64, false)
            }
        }

        impl AsNumber for $signed {
            #[inline]
            fn as_number(&self) -> (u64, bool) {
                let (magnitude, _) = self.unsigned_abs().as_number();
                (magnitude, *self < 0)
            }
        }
    )*};
}

numbers!(u8, i8; u16, i16; u32, i32; u64, i64; usize, isize);

impl<T: AsNumber + ?Sized> AsNumber for &T {
    #[inline]
    fn as_number(&self) -> (u64, bool) {
        (**self).as_number()
    }
}

/// What can be a key: anything that can be written out.
#[diagnostic::on_unimplemented(
    message = "a key must be `Display`, and `{Self}` is not",
    label = "cannot be written out",
    note = "a number, a string or any expression of a type that is `Display` will do"
)]
pub trait Key {
    /// The text to be.
    fn shown(&self) -> &dyn Display;
}

#[diagnostic::do_not_recommend]
impl<T: Display> Key for T {
    fn shown(&self) -> &dyn Display {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Draft;

    /// How a key of that spelling reads.
    fn read(spelling: Spelling<'_>) -> String {
        let mut draft = Draft::new();
        draft.write(None, "");
        draft.write_key(spelling);
        draft.identity().key().map(str::to_owned).unwrap_or_default()
    }

    /// What a key is taken for, and that it reads as its `Display` shows it.
    macro_rules! sort {
        ($key:expr) => {{
            let given = $key;
            let spelling = key(&given).__brama_spelling();
            assert_eq!(read(spelling), given.to_string());
            match spelling {
                Spelling::Text(_) => "text",
                Spelling::Number { .. } => "number",
                Spelling::Shown(_) => "shown",
            }
        }};
    }

    #[test]
    fn texts_are_taken_for_what_they_are() {
        let text = "é".to_owned();
        let sorts = [sort!("a"), sort!(&"a"), sort!(&text), sort!(&&text), sort!(Cow::from("a"))];
        assert_eq!(sorts, ["text"; 5]);
        let sorts = [sort!(Box::<str>::from("")), sort!(Rc::<str>::from("a")), sort!(text)];
        assert_eq!(sorts, ["text"; 3]);
        assert_eq!(sort!(Arc::<str>::from("a".repeat(1_000))), "text");
    }

    #[test]
    fn whole_numbers_are_written_as_they_show_themselves() {
        assert_eq!([sort!(0_u8), sort!(u8::MAX), sort!(i8::MIN), sort!(-1_i8)], ["number"; 4]);
        assert_eq!([sort!(u16::MAX), sort!(i16::MIN), sort!(10_u16)], ["number"; 3]);
        assert_eq!([sort!(u32::MAX), sort!(i32::MIN), sort!(&&99_u32)], ["number"; 3]);
        assert_eq!([sort!(u64::MAX), sort!(i64::MIN), sort!(i64::MAX)], ["number"; 3]);
        assert_eq!([sort!(usize::MAX), sort!(isize::MIN), sort!(7)], ["number"; 3]);
    }

    #[test]
    fn all_else_is_shown() {
        /// A text to itself, but another to those who read it.
        struct Node(&'static str);
        impl AsRef<str> for Node {
            fn as_ref(&self) -> &str {
                self.0
            }
        }
        impl Display for Node {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "node {}", self.0)
            }
        }
        fn generic<K: Display>(given: K) -> &'static str {
            sort!(given)
        }
        assert_eq!([sort!(Node("a")), sort!(u128::MAX), sort!('a'), sort!(true)], ["shown"; 4]);
        assert_eq!([generic("a"), generic(7), generic(Node("a"))], ["shown"; 3]);
    }
}
