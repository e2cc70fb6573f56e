//! The error of a protected call.

use std::{error::Error, fmt};

use super::circuit_open::CircuitOpen;

/// The error of a call that was rejected, or that ran and failed.
#[derive(Debug, Clone, PartialEq)]
pub enum CallError<E> {
    /// The call was rejected and did not run.
    Rejected(CircuitOpen),
    /// The call ran and returned this error.
    Failed(E),
}

impl<E: From<CircuitOpen>> CallError<E> {
    /// Returns the error of the call, or the rejection converted into an error of that type.
    ///
    /// Use it before a `?` on the answer of [`Breaker::call`](super::Breaker::call). It works for
    /// `Box<dyn Error + Send + Sync>`, `anyhow::Error`, `io::Error` and every type with a
    /// `From<CircuitOpen>`. A `CallError` around a box does not implement `Error`, because the box
    /// does not either.
    pub fn into_error(self) -> E {
        match self {
            Self::Rejected(open) => open.into(),
            Self::Failed(error) => error,
        }
    }
}

impl<E> From<CircuitOpen> for CallError<E> {
    fn from(open: CircuitOpen) -> Self {
        Self::Rejected(open)
    }
}

impl<E: fmt::Display> fmt::Display for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(open) => open.fmt(f),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

/// Transparent: the source is the source of the rejection or of the error.
impl<E: Error> Error for CallError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Rejected(open) => open.source(),
            Self::Failed(error) => error.source(),
        }
    }
}
