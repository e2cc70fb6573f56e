//! Errors in what users pass to brama.

use std::{error::Error, fmt, io, time::Duration};

use crate::identity::Identity;

/// A duration was rejected because it is not whole milliseconds, at least 1 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidLength {
    length: Duration,
}

impl InvalidLength {
    /// Returns the rejected duration.
    #[must_use]
    pub const fn length(&self) -> Duration {
        self.length
    }

    pub(crate) fn check(length: Duration) -> Result<Duration, Self> {
        let whole = length.subsec_nanos().is_multiple_of(1_000_000);
        if whole && !length.is_zero() { Ok(length) } else { Err(Self { length }) }
    }
}

impl fmt::Display for InvalidLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the duration is {:?}, must be whole milliseconds, at least 1 ms", self.length)
    }
}

impl Error for InvalidLength {}

/// No breaker has this identity: it was never used or registered, or was unregistered since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownBreaker {
    identity: Identity<'static>,
    nearest: Option<Identity<'static>>,
}

impl UnknownBreaker {
    pub(crate) const fn new(
        identity: Identity<'static>,
        nearest: Option<Identity<'static>>,
    ) -> Self {
        Self { identity, nearest }
    }

    /// Returns the requested identity.
    #[must_use]
    pub const fn identity(&self) -> &Identity<'static> {
        &self.identity
    }

    /// Returns a known identity that may have been meant.
    #[must_use]
    pub const fn nearest(&self) -> Option<&Identity<'static>> {
        self.nearest.as_ref()
    }
}

impl fmt::Display for UnknownBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no breaker is known as `{}`", self.identity)?;
        self.nearest.as_ref().map_or(Ok(()), |nearest| write!(f, "; did you mean `{nearest}`?"))
    }
}

impl Error for UnknownBreaker {}

/// A breaker could not be opened for a given duration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenForError {
    /// No breaker has this identity.
    UnknownBreaker(UnknownBreaker),
    /// The duration is not whole milliseconds, at least 1 ms.
    InvalidLength(InvalidLength),
}

impl From<UnknownBreaker> for OpenForError {
    fn from(unknown: UnknownBreaker) -> Self {
        Self::UnknownBreaker(unknown)
    }
}

impl From<InvalidLength> for OpenForError {
    fn from(invalid: InvalidLength) -> Self {
        Self::InvalidLength(invalid)
    }
}

impl fmt::Display for OpenForError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownBreaker(unknown) => unknown.fmt(f),
            Self::InvalidLength(invalid) => invalid.fmt(f),
        }
    }
}

/// Has no source, because `Display` prints the inner error.
impl Error for OpenForError {}

/// A health check could not be added.
#[derive(Debug)]
#[non_exhaustive]
pub enum AddCheckError {
    /// The interval or the timeout is not whole milliseconds, at least 1 ms.
    InvalidLength(InvalidLength),
    /// The system could not start a thread for checks.
    NoThread(io::Error),
    /// An async check was added outside a tokio runtime.
    NoRuntime,
}

impl From<InvalidLength> for AddCheckError {
    fn from(invalid: InvalidLength) -> Self {
        Self::InvalidLength(invalid)
    }
}

impl fmt::Display for AddCheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidLength(invalid) => invalid.fmt(f),
            Self::NoThread(_) => f.write_str("could not start a thread for health checks"),
            Self::NoRuntime => f.write_str(
                "no tokio runtime is running here: add the check from the runtime that should poll it",
            ),
        }
    }
}

impl Error for AddCheckError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoThread(error) => Some(error),
            Self::InvalidLength(_) | Self::NoRuntime => None,
        }
    }
}
