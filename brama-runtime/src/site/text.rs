//! A text that is written out to look something up.

use std::fmt;

/// A text that stays on the stack while it is short, as keys are.
#[derive(Debug)]
pub(super) struct Text {
    short: [u8; SHORT],
    length: usize,
    /// All of it, once it is longer than that.
    long: Vec<u8>,
}

/// Bytes: a UUID, a host or an address has room.
const SHORT: usize = 64;

impl Text {
    /// What is shown by `key`. Where that gives up with an error: as far as it came.
    #[inline]
    pub(super) fn of(key: &dyn fmt::Display) -> Self {
        let mut text = Self { short: [0; SHORT], length: 0, long: Vec::new() };
        let _ = fmt::write(&mut text, format_args!("{key}"));
        text
    }

    /// Put together from whole texts, and so one itself.
    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        if self.long.is_empty() { self.as_short() } else { &self.long }
    }

    #[inline]
    fn as_short(&self) -> &[u8] {
        self.short.get(..self.length).unwrap_or_default()
    }

    #[cold]
    fn lengthen(&mut self, part: &str) {
        if self.long.is_empty() {
            self.long = self.as_short().to_vec();
        }
        self.long.extend_from_slice(part.as_bytes());
    }
}

impl fmt::Write for Text {
    #[inline]
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let end = self.length + part.len();
        match self.short.get_mut(self.length..end) {
            Some(place) if self.long.is_empty() => {
                place.copy_from_slice(part.as_bytes());
                self.length = end;
            }
            Some(_) | None => self.lengthen(part),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_reads_as_what_is_shown_however_long_and_in_whatever_parts() {
        for length in [0, 1, 31, 32, 33, 63, 64, 65, 1_000] {
            let part = "é".repeat(length) + "x";
            for shown in [part.clone(), format!("{part}{part}")] {
                assert_eq!(Text::of(&shown).as_bytes(), shown.as_bytes());
                let parts = format_args!("{}{part}{}{part}{}", 17, 'ß', "").to_string();
                assert_eq!(Text::of(&format_args!("17{part}ß{part}")).as_bytes(), parts.as_bytes());
            }
        }
        assert_eq!(Text::of(&"").as_bytes(), b"");
    }
}
