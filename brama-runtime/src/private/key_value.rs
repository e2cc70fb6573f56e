//! The values that make a key without `Display`.

use std::{borrow::Cow, rc::Rc, sync::Arc};

use crate::identity::{KeyPart, KeyParts};

/// A string whose `Display` prints the string itself.
pub trait AsText {
    /// The string.
    fn as_text(&self) -> &str;
}

impl AsText for str {
    #[inline]
    fn as_text(&self) -> &str {
        self
    }
}

/// Implements [`AsText`] for types that dereference to a string.
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

/// An integer.
pub trait AsNumber {
    /// The magnitude, and whether the integer is negative.
    fn as_number(&self) -> (u64, bool);
}

/// Implements [`AsNumber`] for integers of up to 64 bits.
macro_rules! numbers {
    ($($unsigned:ty, $signed:ty);*) => {$(
        #[allow(
            clippy::cast_lossless,
            reason = "`usize` and `isize` lack `From`; the others would not need `as`"
        )]
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

/// A part of a tuple: a string or an integer.
pub trait AsPart {
    /// The part.
    fn as_part(&self) -> KeyPart<'_>;
}

impl<T: AsPart + ?Sized> AsPart for &T {
    #[inline]
    fn as_part(&self) -> KeyPart<'_> {
        (**self).as_part()
    }
}

macro_rules! parts {
    (texts: $($text:ty),*; numbers: $($number:ty),*) => {
        $(impl AsPart for $text {
            #[inline]
            fn as_part(&self) -> KeyPart<'_> {
                KeyPart::Text(self.as_text())
            }
        })*
        $(impl AsPart for $number {
            #[inline]
            fn as_part(&self) -> KeyPart<'_> {
                let (magnitude, is_negative) = self.as_number();
                KeyPart::Number { magnitude, is_negative }
            }
        })*
    };
}

parts!(
    texts: str, String, Cow<'_, str>, Box<str>, Rc<str>, Arc<str>;
    numbers: u8, i8, u16, i16, u32, i32, u64, i64, usize, isize
);

/// Implements [`KeyParts`] for tuples.
macro_rules! tuples {
    ($(($($part:ident $place:tt)*))*) => {$(
        impl<$($part: AsPart),*> KeyParts for ($($part,)*) {
            #[inline]
            fn for_each(&self, then: &mut dyn FnMut(KeyPart<'_>)) {
                $(then(self.$place.as_part());)*
            }
        }
    )*};
}

tuples!((A 0 B 1) (A 0 B 1 C 2) (A 0 B 1 C 2 D 3));
