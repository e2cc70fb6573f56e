//! The errors of watching a file.

use std::{error::Error, fmt, path::PathBuf};

use crate::errors::ApplyError;

/// A file could not be watched, or what was read after a change could not be applied. The registry
/// keeps the configuration that it has.
#[derive(Debug, Clone, PartialEq)]
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
                let path = path.display();
                write!(f, "the directory `{path}` cannot be watched: {error}; {ALTERNATIVE}")
            }
            Self::NotStarted { error } => {
                write!(f, "the watcher could not be started: {error}; {ALTERNATIVE}")
            }
        }
    }
}

const ALTERNATIVE: &str = "call `reload_from` when the file has changed";

/// Has no source, because `Display` prints the inner error.
impl Error for WatchError {}
