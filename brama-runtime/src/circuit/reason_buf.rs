//! The buffer in which the text of a reason is written.

use std::{
    error::Error,
    fmt::{self, Write},
    iter, str,
};

use super::reason_text::ReasonText;

/// The maximum number of bytes in a reason, including `…`.
pub(super) const MAX_BYTES: usize = 256;

/// A short text lies in place, so that it neither allocates nor clears much of the stack. A longer
/// one is moved to the heap, at most [`MAX_BYTES`] of it.
pub(super) struct ReasonBuf {
    short: [u8; SHORT_BYTES],
    /// The length of `short` that is in use.
    length: usize,
    /// The whole text, once `short` cannot hold it.
    long: String,
    /// The text ends in `…`, and nothing can be added.
    is_cut: bool,
}

/// Most errors say no more.
const SHORT_BYTES: usize = 64;

impl ReasonBuf {
    pub(super) const EMPTY: Self =
        Self { short: [0; SHORT_BYTES], length: 0, long: String::new(), is_cut: false };

    pub(super) fn into_text(self) -> ReasonText {
        if self.long.is_empty() {
            ReasonText::of(self.as_bytes())
        } else {
            ReasonText::Long(self.long.into_boxed_str())
        }
    }

    /// Appends the texts of a chain of errors that say more than is written already.
    pub(super) fn append_chain<'e>(&mut self, first: &'e (dyn Error + 'e)) {
        let sources = iter::successors(Some(first), |&error| error.source());
        // An error means that the buffer is full.
        let _ = sources.take(MOST_SOURCES).try_for_each(|error| self.append(error));
    }

    fn append(&mut self, error: &(dyn Error + '_)) -> fmt::Result {
        let mut text = Self::EMPTY;
        // If `Display` fails, what it wrote before is kept.
        let _ = write!(text, "{error}");
        if self.as_str().contains(text.as_str()) {
            return Ok(());
        }
        if !self.as_bytes().is_empty() {
            self.write_str(": ")?;
        }
        self.write_str(text.as_str())
    }

    /// The bytes of valid UTF-8: only whole characters are added and removed.
    fn as_bytes(&self) -> &[u8] {
        if self.long.is_empty() {
            self.short.get(..self.length).unwrap_or_default()
        } else {
            self.long.as_bytes()
        }
    }

    fn as_str(&self) -> &str {
        str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Appends `text` if all of it fits.
    #[inline]
    fn push(&mut self, text: &str) -> Option<()> {
        let end = self.length + text.len();
        match self.short.get_mut(self.length..end) {
            Some(place) if self.long.is_empty() => place.copy_from_slice(text.as_bytes()),
            Some(_) | None => return self.push_long(text),
        }
        self.length = end;
        Some(())
    }

    #[cold]
    fn push_long(&mut self, text: &str) -> Option<()> {
        if MAX_BYTES < self.as_bytes().len() + text.len() {
            return None;
        }
        if self.long.is_empty() {
            let mut long = String::with_capacity(MAX_BYTES);
            long.push_str(self.as_str());
            self.long = long;
        }
        self.long.push_str(text);
        Some(())
    }
}

impl Write for ReasonBuf {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !self.is_cut && self.push(text).is_some() {
            return Ok(());
        }
        text.chars().try_for_each(|character| self.write_char(character))
    }

    fn write_char(&mut self, character: char) -> fmt::Result {
        if self.is_cut {
            return Err(fmt::Error);
        }
        if self.push(character.encode_utf8(&mut [0; 4])).is_some() {
            return Ok(());
        }
        // A full text is a long one.
        while self.push(ELLIPSIS).is_none() {
            self.long.pop();
        }
        self.is_cut = true;
        Err(fmt::Error)
    }
}

const ELLIPSIS: &str = "…";

/// An error may be its own source by mistake; a correct chain is never so long.
const MOST_SOURCES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &dyn fmt::Display) -> String {
        let mut kept = ReasonBuf::EMPTY;
        let _ = write!(kept, "{value}");
        kept.as_str().to_owned()
    }

    fn written(error: &dyn Error) -> String {
        let mut kept = ReasonBuf::EMPTY;
        let _ = write!(kept, "{error}");
        error.source().into_iter().for_each(|source| kept.append_chain(source));
        kept.as_str().to_owned()
    }

    /// An error with this text, and the rest as its sources.
    #[derive(Debug)]
    struct Chain(&'static [&'static str]);

    impl fmt::Display for Chain {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0.first().copied().unwrap_or_default())
        }
    }

    impl Error for Chain {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            let sources = self.0.get(1..).filter(|sources| !sources.is_empty())?;
            // Tests leak what a real error would own.
            Some(Box::leak(Box::new(Self(sources))))
        }
    }

    #[test]
    fn sources_follow_the_text_if_they_say_more() {
        for (texts, reason) in [
            (&["timed out"][..], "timed out"),
            (&["payment failed", "no funds"], "payment failed: no funds"),
            (&["payment failed: no funds", "no funds"], "payment failed: no funds"),
            (&["payment failed", "", "no funds"], "payment failed: no funds"),
            (&["", "no funds"], "no funds"),
            (&["a", "b", "a: b", "b", "c"], "a: b: c"),
            (&[""], ""),
        ] {
            assert_eq!(written(&Chain(texts)), reason);
        }
    }

    #[test]
    fn a_chain_is_cut_once_and_nothing_follows() {
        let long: &'static str = "ä".repeat(126).leak();
        let endings = [&[long, "b", "c"][..], &[long, "bcdefghi", "c"], &[long, "b", long, "c"]];
        for texts in endings {
            let (chain, written) = (texts.join(": "), written(&Chain(texts.to_vec().leak())));
            let kept = written.strip_suffix(ELLIPSIS).unwrap_or(&written);
            assert!(chain.starts_with(kept) && written.len() <= MAX_BYTES, "{written}");
        }
    }

    #[test]
    fn an_error_that_is_its_own_source_ends() {
        #[derive(Debug)]
        struct Ring(std::sync::atomic::AtomicUsize);

        static RING: Ring = Ring(std::sync::atomic::AtomicUsize::new(0));

        impl fmt::Display for Ring {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                f.write_str("again")
            }
        }

        impl Error for Ring {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&RING)
            }
        }

        assert_eq!(written(&RING), "again");
        assert_eq!(RING.0.load(std::sync::atomic::Ordering::Relaxed), 1 + MOST_SOURCES);
    }

    #[test]
    fn a_display_that_ignores_the_end_adds_nothing() {
        struct Stubborn;

        impl fmt::Display for Stubborn {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let _ = f.write_str(&"€".repeat(90));
                let _ = f.write_str("x");
                Ok(())
            }
        }

        assert!(text(&Stubborn).ends_with(ELLIPSIS));
    }

    #[test]
    fn writing_ends_where_the_room_does() {
        struct Endless;

        impl fmt::Display for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    f.write_str("on and ")?;
                }
            }
        }

        assert!(text(&Endless).ends_with(ELLIPSIS));
    }

    #[test]
    fn a_display_that_fails_leaves_what_it_has_written() {
        struct Broken;

        impl fmt::Display for Broken {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("half")?;
                Err(fmt::Error)
            }
        }

        assert_eq!(text(&Broken), "half");
    }
}
