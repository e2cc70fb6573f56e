//! A name that is put together to look something up.

use std::fmt::{self, Display};

use super::{
    Identity,
    repr::{InlineTexts, Layout, Repr, SIZE},
};

/// The texts of an identity, on the stack while they are inline, as names and keys are.
pub(crate) struct IdentityBuf {
    /// Zeros after the text.
    bytes: [u8; ROOM],
    length: usize,
    /// All of it, once it has no room there.
    long: Vec<u8>,
    layout: Layout,
}

/// Bytes: a scope, an identifier and a key that is a UUID, a host or an address have room.
const ROOM: usize = 128;

/// Of a number of one word.
const MOST_DIGITS: usize = 20;

impl IdentityBuf {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; ROOM], length: 0, long: Vec::new(), layout: Layout::IDENTIFIER }
    }

    #[inline]
    pub(crate) fn write(&mut self, scope: Option<&str>, identifier: &str) {
        if let Some(scope) = scope {
            self.layout = self.layout.with_scope(scope.len());
            self.push(scope.as_bytes());
        }
        self.push(identifier.as_bytes());
    }

    /// Writes texts that are repr already.
    #[inline]
    pub(super) fn write_joined(&mut self, texts: &[u8], layout: Layout) {
        self.layout = layout;
        self.push(texts);
    }

    /// Adds a key. Where one that is shown gives up with an error: as far as it came.
    #[inline]
    pub(crate) fn write_key(&mut self, key: KeyText<'_>) {
        let before = self.length;
        match key {
            KeyText::Text(text) => self.push(text.as_bytes()),
            KeyText::Number { magnitude, is_negative } => self.push_number(magnitude, is_negative),
            KeyText::Shown(key) => drop(fmt::write(self, format_args!("{key}"))),
        }
        self.layout = self.layout.with_key(self.length - before);
    }

    #[inline]
    pub(crate) fn identity(&self) -> Identity<'_> {
        let inline = self.bytes.first_chunk::<SIZE>();
        let inline = inline.and_then(|bytes| InlineTexts::padded(bytes, self.length, self.layout));
        Identity(inline.map_or_else(|| self.as_long(), Repr::InlineTexts))
    }

    #[cold]
    fn as_long(&self) -> Repr<'_> {
        let bytes = if self.long.is_empty() { self.written() } else { &self.long };
        Repr::Borrowed(bytes, self.layout)
    }

    fn written(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    #[inline]
    fn push(&mut self, part: &[u8]) {
        let end = self.length + part.len();
        match self.bytes.get_mut(self.length..end) {
            Some(place) => place.copy_from_slice(part),
            None => self.lengthen(part),
        }
        self.length = end;
    }

    fn push_number(&mut self, magnitude: u64, is_negative: bool) {
        let (mut digits, mut left, mut length) = ([b'-'; MOST_DIGITS + 1], magnitude, 0);
        for place in digits.iter_mut().rev() {
            let [digit, ..] = (left % 10).to_le_bytes();
            (*place, left, length) = (b'0' + digit, left / 10, length + 1);
            if left == 0 {
                break;
            }
        }
        let begin = digits.len() - length - usize::from(is_negative);
        self.push(digits.get(begin..).unwrap_or_default());
    }

    #[cold]
    fn lengthen(&mut self, part: &[u8]) {
        if self.long.is_empty() {
            self.long = self.written().to_vec();
        }
        self.long.extend_from_slice(part);
    }
}

impl fmt::Write for IdentityBuf {
    #[inline]
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.push(part.as_bytes());
        Ok(())
    }
}

/// What a key is, as far as its type says.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "lives for one question")]
pub enum KeyText<'a> {
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
