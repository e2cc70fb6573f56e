//! What the caller of a rejected call gets.

use std::fmt;

use brama_runtime::api::CircuitOpen;

use crate::error::BreakerError;

/// The error of boxes in tower.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Answers a rejected call, and passes the errors of the service on.
pub trait Reject<Response, Error> {
    /// The error of the service with the breaker.
    type Error;

    /// Answers a rejected call.
    ///
    /// # Errors
    ///
    /// The error that stands for the rejection, unless a response does.
    fn reject(&self, open: CircuitOpen) -> Result<Response, Self::Error>;

    /// Converts an error of the service.
    fn pass(error: Error) -> Self::Error;
}

/// A rejection is [`BreakerError::Rejected`].
#[derive(Debug, Clone, Copy, Default)]
pub struct RejectTyped;

impl<Response, Error> Reject<Response, Error> for RejectTyped {
    type Error = BreakerError<Error>;

    fn reject(&self, open: CircuitOpen) -> Result<Response, Self::Error> {
        Err(BreakerError::Rejected(open))
    }

    fn pass(error: Error) -> Self::Error {
        BreakerError::Inner(error)
    }
}

/// A rejection is a [`CircuitOpen`] in a box, and so are the errors of the service.
#[derive(Debug, Clone, Copy, Default)]
pub struct RejectBoxed;

impl<Response, Error: Into<BoxError>> Reject<Response, Error> for RejectBoxed {
    type Error = BoxError;

    fn reject(&self, open: CircuitOpen) -> Result<Response, BoxError> {
        Err(open.into())
    }

    fn pass(error: Error) -> BoxError {
        error.into()
    }
}

/// A rejection is a response.
#[derive(Clone, Copy)]
pub struct RejectWith<F>(pub(crate) F);

impl<F, Response, Error> Reject<Response, Error> for RejectWith<F>
where
    F: Fn(CircuitOpen) -> Response,
{
    type Error = Error;

    fn reject(&self, open: CircuitOpen) -> Result<Response, Error> {
        Ok(self.0(open))
    }

    fn pass(error: Error) -> Error {
        error
    }
}

impl<F> fmt::Debug for RejectWith<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RejectWith")
    }
}
