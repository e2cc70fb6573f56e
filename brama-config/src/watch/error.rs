//! The errors of watching a file.

use std::{error::Error, fmt, path::PathBuf};

use brama_runtime::api::text::Escaped;

use crate::{errors::ApplyError, finding::Finding};

/// A file could not be watched, or what was read after a change could not be applied. The registry
/// keeps the configuration that it has.
///
/// `Debug` writes what `Display` writes, as that of [`ConfigErrors`](crate::ConfigErrors).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum WatchError {
    /// The file has mistakes, or cannot be read.
    Apply(ApplyError),
    /// A directory cannot be watched, for example because the system allows no further watch.
    Directory {
        /// The directory.
        path: PathBuf,
        /// The error of the system.
        error: String,
    },
    /// The system gave no watcher or no thread.
    NotStarted {
        /// The error of the system.
        error: String,
    },
}

impl WatchError {
    /// Returns the mistakes of the file; empty if the error is another one.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Apply(error) => error.findings(),
            Self::Directory { .. } | Self::NotStarted { .. } => &[],
        }
    }

    pub(super) fn not_started(error: impl fmt::Display) -> Self {
        Self::NotStarted { error: error.to_string() }
    }
}

impl From<ApplyError> for WatchError {
    fn from(error: ApplyError) -> Self {
        Self::Apply(error)
    }
}

impl fmt::Display for WatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Apply(error) => error.fmt(f),
            Self::Directory { path, error } => {
                let path = path.to_string_lossy();
                let (path, error) = (Escaped::within(MAX_PATH, &path), shown(error));
                write!(f, "the directory `{path}` cannot be watched: {error}; {ALTERNATIVE}")
            }
            Self::NotStarted { error } => {
                let error = shown(error);
                write!(f, "the watcher could not be started: {error}; {ALTERNATIVE}")
            }
        }
    }
}

/// An error of the system, which may have a path.
fn shown(error: &str) -> Escaped<'_> {
    Escaped::within(MAX_ERROR, error)
}

/// In bytes, as shown.
const MAX_PATH: usize = 512;
const MAX_ERROR: usize = 256;

const ALTERNATIVE: &str = "call `reload_from` when the file has changed";

impl fmt::Debug for WatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Has no source, because `Display` prints the inner error.
impl Error for WatchError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hidden_character_of_a_path_is_written() {
        let path = PathBuf::from("a\u{1b}[31m\nb");
        let error = WatchError::Directory { path, error: "c\nd".to_owned() };
        assert_eq!(
            error.to_string(),
            "the directory `a\\u{1b}[31m\\nb` cannot be watched: c\\nd; call `reload_from` when the \
             file has changed"
        );
    }
}
