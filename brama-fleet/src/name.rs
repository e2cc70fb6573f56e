//! The names of nodes.

use std::{error::Error, fmt, sync::Arc};

use brama_runtime::api::text::Escaped;

/// The name of a node: one process of the fleet. Two nodes must never share one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeName(Arc<str>);

impl NodeName {
    /// Takes a name of 1 to 64 bytes: letters and digits of ASCII, `-`, `_` and `.`.
    ///
    /// # Errors
    ///
    /// [`InvalidName`] for another text.
    pub fn new(name: &str) -> Result<Self, InvalidName> {
        if (1..=LONGEST).contains(&name.len()) && name.bytes().all(is_plain) {
            Ok(Self(name.into()))
        } else {
            Err(InvalidName { name: name.to_owned() })
        }
    }

    /// A name of a number.
    pub(crate) fn numbered(number: u32) -> Self {
        Self(format!("node-{number}").into())
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// In bytes.
const LONGEST: usize = 64;

/// Whether a byte may stand in a name as it is: letters and digits of ASCII, `-`, `_` and `.`.
pub(crate) const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A text is not the name of a node or of a fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidName {
    name: String,
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, bytes) = (Escaped::within(LONGEST, &self.name), self.name.len());
        write!(
            f,
            "the name is `{name}` ({bytes} bytes), must be 1 to {LONGEST} bytes of letters, digits, \
             `-`, `_` and `.`"
        )
    }
}

impl Error for InvalidName {}
