//! What a response or an error of a service counts as.

use std::{fmt, marker::PhantomData};

use brama_runtime::api::{
    Outcome,
    outcome::{FailureReason, OfError},
};

/// Decides what the end of a call counts as.
///
/// A closure from `Result<&Response, &Error>` to [`Outcome`] is one.
#[diagnostic::on_unimplemented(
    message = "the breaker cannot tell what `{Response}` or the error `{Error}` counts as",
    label = "not a classification of this service",
    note = "for errors in boxes, write `.for_boxed_errors()`",
    note = "for other errors, write `.classify(|result: Result<&{Response}, &{Error}>| …)`"
)]
pub trait Classify<Response, Error> {
    /// Returns the outcome.
    fn classify(&self, result: Result<&Response, &Error>) -> Outcome;
}

impl<F, Response, Error> Classify<Response, Error> for F
where
    F: Fn(Result<&Response, &Error>) -> Outcome,
{
    fn classify(&self, result: Result<&Response, &Error>) -> Outcome {
        self(result)
    }
}

/// Every response is a success and every error a failure, except for the rejection of another
/// breaker, which is ignored. See [`outcome::of`](brama_runtime::api::outcome::of).
///
/// The parameter is the kind of error: [`OfError`] for types with `Error`,
/// [`OfBox`](brama_runtime::api::outcome::OfBox) for boxes.
pub struct ErrorsAreFailures<Kind = OfError>(PhantomData<fn() -> Kind>);

impl<Kind> ErrorsAreFailures<Kind> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<Response, Error: FailureReason<Kind>, Kind> Classify<Response, Error>
    for ErrorsAreFailures<Kind>
{
    fn classify(&self, result: Result<&Response, &Error>) -> Outcome {
        match result {
            Ok(_) => Outcome::Success,
            Err(error) => brama_runtime::api::outcome::of_error(error),
        }
    }
}

impl<Kind> Clone for ErrorsAreFailures<Kind> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Kind> Copy for ErrorsAreFailures<Kind> {}

impl<Kind> fmt::Debug for ErrorsAreFailures<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErrorsAreFailures")
    }
}
