//! Errors in what users pass to brama.

use std::{error::Error, fmt, io, time::Duration};

use crate::{circuit::is_whole_millis, duration::Exact, identity::Identity};

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
        if is_whole_millis(length) { Ok(length) } else { Err(Self { length }) }
    }
}

impl fmt::Display for InvalidLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = Exact(self.length);
        write!(f, "the duration is {length}, must be whole milliseconds, at least 1 ms")
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

/// The system could not start a thread: a limit of threads or of memory is reached.
///
/// Calls need no thread, and neither does
/// [`Breaker::wait_timeout`](crate::breaker::Breaker::wait_timeout).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoThread {
    thread: &'static str,
    alternative: &'static str,
    kind: io::ErrorKind,
    code: Option<i32>,
}

impl NoThread {
    /// `alternative` is what the user can do instead, as an imperative.
    pub(crate) fn new(thread: &'static str, alternative: &'static str, error: &io::Error) -> Self {
        Self { thread, alternative, kind: error.kind(), code: error.raw_os_error() }
    }

    /// Returns the name of the thread: `brama-cleanup`, `brama-checks`, `brama-callback` or
    /// `brama-timer`.
    #[must_use]
    pub const fn thread(&self) -> &'static str {
        self.thread
    }

    /// Returns the error of the system.
    #[must_use]
    pub fn cause(&self) -> io::Error {
        self.code.map_or_else(|| self.kind.into(), io::Error::from_raw_os_error)
    }
}

impl fmt::Display for NoThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { thread, alternative, .. } = self;
        let cause = self.cause();
        write!(
            f,
            "cannot start the thread `{thread}` ({cause}): raise the limit of threads or memory, \
             or {alternative}"
        )
    }
}

/// Has no source, because `Display` prints the error of the system.
impl Error for NoThread {}

/// Keeps functions that return an [`io::Result`] short.
impl From<NoThread> for io::Error {
    fn from(error: NoThread) -> Self {
        Self::new(error.kind, error)
    }
}

/// A health check could not be added.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddCheckError {
    /// The interval or the timeout is not whole milliseconds, at least 1 ms.
    InvalidLength(InvalidLength),
    /// The system could not start the thread of the checks, or the timer that wakes it.
    NoThread(NoThread),
    /// An async check was added outside a tokio runtime.
    NoRuntime,
}

impl From<InvalidLength> for AddCheckError {
    fn from(invalid: InvalidLength) -> Self {
        Self::InvalidLength(invalid)
    }
}

impl From<NoThread> for AddCheckError {
    fn from(no_thread: NoThread) -> Self {
        Self::NoThread(no_thread)
    }
}

impl fmt::Display for AddCheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidLength(invalid) => invalid.fmt(f),
            Self::NoThread(no_thread) => no_thread.fmt(f),
            Self::NoRuntime => f.write_str(
                "no tokio runtime is running here: add the check from the runtime that should poll it",
            ),
        }
    }
}

/// Has no source, because `Display` prints the inner error.
impl Error for AddCheckError {}
