//! The buffer in which the text of a reason is written.

use std::{
    fmt::{self, Write},
    str,
};

/// The most bytes of a reason.
pub(super) const MAX_BYTES: usize = 256;

/// A buffer on the stack for at most [`MAX_BYTES`], so that a short text does not allocate.
pub(super) struct ReasonBuf {
    bytes: [u8; MAX_BYTES],
    length: usize,
}

impl ReasonBuf {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; MAX_BYTES], length: 0 }
    }

    /// The bytes of valid UTF-8: only whole characters are added and removed.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Appends `text` if all of it fits.
    fn push(&mut self, text: &str) -> Option<()> {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Some(())
    }

    /// Removes the last character.
    fn pop(&mut self) {
        let text = str::from_utf8(self.as_bytes()).unwrap_or_default();
        self.length -= text.chars().next_back().map_or(0, char::len_utf8);
    }
}

impl Write for ReasonBuf {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.push(text).is_some() {
            return Ok(());
        }
        text.chars().try_for_each(|character| self.write_char(character))
    }

    fn write_char(&mut self, character: char) -> fmt::Result {
        if self.push(character.encode_utf8(&mut [0; 4])).is_some() {
            return Ok(());
        }
        while self.push(ELLIPSIS).is_none() {
            self.pop();
        }
        Err(fmt::Error)
    }
}

const ELLIPSIS: &str = "…";
