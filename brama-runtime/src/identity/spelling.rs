//! How a key is written out.

use std::fmt::Display;

/// What a key is, as far as its type says.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "lives for one question")]
pub enum Spelling<'a> {
    /// That text.
    Text(&'a str),
    /// A whole number, in decimal digits.
    Number {
        /// Without its sign.
        magnitude: u64,
        /// Whether it is below zero.
        is_negative: bool,
    },
    /// What is shown by it.
    Shown(&'a dyn Display),
}
