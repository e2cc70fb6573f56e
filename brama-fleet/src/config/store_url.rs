//! The address of the store that a fleet shares.

use std::{error::Error, fmt};

use brama_runtime::api::{__private::without_passwords, text::Escaped};

/// The address of the store that a fleet shares, such as `redis://brama:secret@10.0.0.5:6379/`.
///
/// It may have a password, so `Debug` and `Display` write `***` for it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl(String);

impl StoreUrl {
    /// Takes a URL: a scheme, `://`, and at least one character, at most 2 KiB in all. The engine
    /// checks the rest.
    ///
    /// # Errors
    ///
    /// [`InvalidStoreUrl`] for another text.
    pub fn new(url: &str) -> Result<Self, InvalidStoreUrl> {
        let is_plain = |it: char| it.is_ascii_alphanumeric() || "+-.".contains(it);
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let is_url = !scheme.is_empty() && scheme.chars().all(is_plain) && !rest.is_empty();
        let is_text = !url.contains(|it: char| it.is_whitespace() || it.is_control());
        if is_url && is_text && url.len() <= LONGEST {
            Ok(Self(url.to_owned()))
        } else {
            Err(InvalidStoreUrl { bytes: url.len() })
        }
    }

    /// Returns the whole URL, with its password: for a client, and never for a log.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// In bytes.
const LONGEST: usize = 2_048;

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped::within(LONGEST, &without_passwords(&self.0)).fmt(f)
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

/// A text is not the address of a store. The error does not show it, since it may have a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidStoreUrl {
    bytes: usize,
}

impl fmt::Display for InvalidStoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the address of the store ({} bytes) must be a URL without spaces of at most {LONGEST} \
             bytes, such as redis://10.0.0.5:6379/",
            self.bytes
        )
    }
}

impl Error for InvalidStoreUrl {}
