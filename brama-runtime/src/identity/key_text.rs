//! The text of a key, before it is written.

use std::fmt::Display;

/// The text of a key, or the value that is formatted as one.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "lives for one look-up")]
pub enum KeyText<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number, formatted in decimal digits.
    Number {
        /// The absolute value.
        magnitude: u64,
        /// Whether the number is negative.
        is_negative: bool,
    },
    /// Texts and whole numbers, joined by commas. A comma in a text, and a backslash, follows a
    /// backslash, so that other parts make another key.
    Tuple(&'a dyn KeyParts),
    /// A value, formatted by its `Display`.
    Shown(&'a dyn Display),
}

/// The parts of a key.
pub trait KeyParts {
    /// Passes each part to `then`, in order.
    fn for_each(&self, then: &mut dyn FnMut(KeyPart<'_>));
}

/// A part of a key.
#[derive(Debug, Clone, Copy)]
pub enum KeyPart<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number.
    Number {
        /// The absolute value.
        magnitude: u64,
        /// Whether the number is negative.
        is_negative: bool,
    },
}

impl dyn KeyParts + '_ {
    /// Writes the parts, as they read.
    pub(super) fn write_to(&self, write: &mut dyn FnMut(&[u8])) {
        let mut is_first = true;
        self.for_each(&mut |part| {
            if !is_first {
                write(b",");
            }
            is_first = false;
            part.write_to(write);
        });
    }
}

impl KeyPart<'_> {
    fn write_to(self, write: &mut dyn FnMut(&[u8])) {
        match self {
            Self::Text(text) => {
                for piece in text.as_bytes().split_inclusive(|byte| matches!(byte, b',' | b'\\')) {
                    if let [plain @ .., escaped @ (b',' | b'\\')] = piece {
                        write(plain);
                        write(&[b'\\', *escaped]);
                    } else {
                        write(piece);
                    }
                }
            }
            Self::Number { magnitude, is_negative } => {
                write(digits_of(magnitude, is_negative, &mut [0; MOST_DIGITS]));
            }
        }
    }
}

/// The digits of [`u64::MAX`], and a sign.
pub(super) const MOST_DIGITS: usize = 21;

/// Formats a number at the end of `digits`, and returns what it wrote.
pub(super) fn digits_of(
    magnitude: u64,
    is_negative: bool,
    digits: &mut [u8; MOST_DIGITS],
) -> &[u8] {
    let (mut left, mut length) = (magnitude, 0);
    for place in digits.iter_mut().rev() {
        let [digit, ..] = (left % 10).to_le_bytes();
        (*place, left, length) = (b'0' + digit, left / 10, length + 1);
        if left == 0 {
            break;
        }
    }
    if is_negative {
        length += 1;
        let sign = digits.len() - length;
        digits.iter_mut().skip(sign).take(1).for_each(|place| *place = b'-');
    }
    digits.get(MOST_DIGITS - length..).unwrap_or_default()
}
