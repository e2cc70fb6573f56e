//! A key, converted to text in the cheapest way that its type allows.
//!
//! `Display` would take a large part of a look-up's instructions, and a string or an integer does
//! not need it. As in [`verdict`](super::verdict), the method is selected by autoderef
//! specialization: [`TextKey`] dereferences to [`NumberKey`], that to [`TupleKey`], and that to
//! [`DisplayKey`]. A method call in generated code follows them to the first with a method for the
//! key's type.

use std::{fmt::Display, ops::Deref};

use super::key_value::{AsNumber, AsText};
use crate::identity::{KeyParts, KeyText};

/// The key that an expression evaluates to.
#[inline]
pub const fn key<K>(value: &K) -> TextKey<'_, K> {
    TextKey(NumberKey(TupleKey(DisplayKey(value))))
}

/// A string of the standard library; otherwise a number.
#[expect(missing_debug_implementations, reason = "lives for one expression")]
pub struct TextKey<'a, K>(NumberKey<'a, K>);

/// An integer; otherwise a tuple.
#[expect(missing_debug_implementations, reason = "lives for one expression")]
pub struct NumberKey<'a, K>(TupleKey<'a, K>);

/// A tuple of strings and integers; otherwise any type with `Display`.
#[expect(missing_debug_implementations, reason = "lives for one expression")]
pub struct TupleKey<'a, K>(DisplayKey<'a, K>);

/// Any type with `Display`.
#[expect(missing_debug_implementations, reason = "lives for one expression")]
pub struct DisplayKey<'a, K>(&'a K);

impl<'a, K: AsText> TextKey<'a, K> {
    /// The key as text.
    #[inline]
    #[must_use]
    pub fn __brama_key_text(&self) -> KeyText<'a> {
        let &Self(NumberKey(TupleKey(DisplayKey(key)))) = self;
        KeyText::Text(key.as_text())
    }
}

impl<'a, K: AsNumber> NumberKey<'a, K> {
    /// The key as text.
    #[inline]
    #[must_use]
    pub fn __brama_key_text(&self) -> KeyText<'a> {
        let &Self(TupleKey(DisplayKey(key))) = self;
        let (magnitude, is_negative) = key.as_number();
        KeyText::Number { magnitude, is_negative }
    }
}

impl<'a, K: KeyParts> TupleKey<'a, K> {
    /// The key as its parts.
    #[inline]
    #[must_use]
    pub fn __brama_key_text(&self) -> KeyText<'a> {
        let &Self(DisplayKey(key)) = self;
        KeyText::Tuple(key)
    }
}

impl<'a, K> Deref for TupleKey<'a, K> {
    type Target = DisplayKey<'a, K>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, K> DisplayKey<'a, K> {
    /// The key as text.
    // The bound is on the method and not on the impl: rustc then reports it in the words of `Key`.
    #[inline]
    #[must_use]
    pub fn __brama_key_text(&self) -> KeyText<'a>
    where
        K: Key,
    {
        KeyText::Shown(self.0.shown())
    }
}

impl<'a, K> Deref for TextKey<'a, K> {
    type Target = NumberKey<'a, K>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, K> Deref for NumberKey<'a, K> {
    type Target = TupleKey<'a, K>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// A type that can be a key: any type with `Display`.
#[diagnostic::on_unimplemented(
    message = "a key must implement `Display`, but `{Self}` does not",
    label = "cannot be converted to text",
    note = "use a number, a string, a tuple of two to four of them, or any expression whose type \
            implements `Display`"
)]
pub trait Key {
    /// The value, for its `Display`.
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
    use std::{borrow::Cow, rc::Rc, sync::Arc};

    use super::*;
    use crate::identity::IdentityBuf;

    /// The key as it stands in an identity.
    fn read(text: KeyText<'_>) -> String {
        let mut buffer = IdentityBuf::new();
        buffer.write(None, "");
        buffer.write_key(text);
        buffer.identity().key().map(str::to_owned).unwrap_or_default()
    }

    /// The kind of a key, which must read as its `Display` prints it.
    macro_rules! kind_of {
        ($key:expr) => {{
            let given = $key;
            let text = key(&given).__brama_key_text();
            assert_eq!(read(text), given.to_string());
            match text {
                KeyText::Text(_) => "text",
                KeyText::Number { .. } => "number",
                KeyText::Tuple(_) => "parts",
                KeyText::Shown(_) => "shown",
            }
        }};
    }

    #[test]
    fn strings_are_taken_as_they_are() {
        let text = "é".to_owned();
        let kinds = [
            kind_of!("a"),
            kind_of!(&"a"),
            kind_of!(&text),
            kind_of!(&&text),
            kind_of!(Cow::from("a")),
        ];
        assert_eq!(kinds, ["text"; 5]);
        let kinds =
            [kind_of!(Box::<str>::from("")), kind_of!(Rc::<str>::from("a")), kind_of!(text)];
        assert_eq!(kinds, ["text"; 3]);
        assert_eq!(kind_of!(Arc::<str>::from("a".repeat(1_000))), "text");
    }

    #[test]
    fn integers_read_as_their_display() {
        assert_eq!(
            [kind_of!(0_u8), kind_of!(u8::MAX), kind_of!(i8::MIN), kind_of!(-1_i8)],
            ["number"; 4]
        );
        assert_eq!([kind_of!(u16::MAX), kind_of!(i16::MIN), kind_of!(10_u16)], ["number"; 3]);
        assert_eq!([kind_of!(u32::MAX), kind_of!(i32::MIN), kind_of!(&&99_u32)], ["number"; 3]);
        assert_eq!([kind_of!(u64::MAX), kind_of!(i64::MIN), kind_of!(i64::MAX)], ["number"; 3]);
        assert_eq!([kind_of!(usize::MAX), kind_of!(isize::MIN), kind_of!(7)], ["number"; 3]);
    }

    #[test]
    fn the_parts_of_a_tuple_are_told_apart_whatever_they_contain() {
        let is_read = |text: KeyText<'_>, as_text: &str| assert_eq!(read(text), as_text);
        let (eu, seven) = ("eu".to_owned(), 7_u64);
        is_read(key(&(&eu, seven)).__brama_key_text(), "eu,7");
        is_read(key(&(eu.as_str(), &seven, -1_i8)).__brama_key_text(), "eu,7,-1");
        is_read(key(&("", Box::<str>::from(""), "", 0_usize)).__brama_key_text(), ",,,0");
        is_read(key(&("a,b", "c")).__brama_key_text(), r"a\,b,c");
        is_read(key(&("a", "b,c")).__brama_key_text(), r"a,b\,c");
        is_read(key(&(r"a\", "c")).__brama_key_text(), r"a\\,c");
        is_read(key(&("é".repeat(50), "c")).__brama_key_text(), &("é".repeat(50) + ",c"));
    }

    #[test]
    fn other_types_use_display() {
        /// A string whose `Display` prints another string.
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
            kind_of!(given)
        }
        assert_eq!(
            [kind_of!(Node("a")), kind_of!(u128::MAX), kind_of!('a'), kind_of!(true)],
            ["shown"; 4]
        );
        assert_eq!([generic("a"), generic(7), generic(Node("a"))], ["shown"; 3]);
    }
}
