//! The buffer in which an identity is assembled for a look-up.

use std::fmt;

use super::{
    Identity,
    key_text::{KeyText, MOST_DIGITS, digits_of},
    repr::{InlineTexts, Layout, Repr, SIZE},
};

/// The texts of an identity, on the stack if they are short, as most are.
pub(crate) struct IdentityBuf {
    /// The texts, then zeros, on which [`InlineTexts::padded`] relies.
    bytes: [u8; ROOM],
    length: usize,
    /// All texts, once they do not fit into `bytes`.
    long: Vec<u8>,
    layout: Layout,
}

/// In bytes: enough for a scope, an identifier and a key that is a UUID, a host or an address.
const ROOM: usize = 128;

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

    /// Writes texts that are joined already.
    #[inline]
    pub(super) fn write_joined(&mut self, texts: &[u8], layout: Layout) {
        self.layout = layout;
        self.push(texts);
    }

    /// Adds a key. If the `Display` of a key fails, the key is what it wrote before.
    #[expect(clippy::inline_always, reason = "whether it is inlined varied with unrelated code")]
    #[inline(always)]
    pub(crate) fn write_key(&mut self, key: KeyText<'_>) {
        let before = self.length;
        match key {
            KeyText::Text(text) => self.push(text.as_bytes()),
            KeyText::Number { magnitude, is_negative } => self.push_number(magnitude, is_negative),
            KeyText::Tuple(key) => key.write_to(&mut |text| self.push(text)),
            KeyText::Shown(key) => drop(fmt::write(self, format_args!("{key}"))),
        }
        self.layout = self.layout.with_key(self.length - before);
    }

    /// Adds a key of two parts.
    #[inline]
    pub(crate) fn write_joined_key(&mut self, key: [&str; 2]) {
        let before = self.length;
        for part in key {
            self.push(part.as_bytes());
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
        let mut digits = [0; MOST_DIGITS];
        self.push(digits_of(magnitude, is_negative, &mut digits));
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
