//! What a response or an error of a service counts as.

use std::{fmt, marker::PhantomData};

use brama_runtime::api::{
    Outcome, Permit,
    outcome::{FailureReason, OfBox, OfError, of_error},
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

    /// Records the outcome. A preset tells the rejection of an inner breaker from other errors.
    #[doc(hidden)]
    fn record(&self, mut permit: Permit, result: Result<&Response, &Error>) {
        let outcome = permit.run_under(|| self.classify(result));
        permit.record(outcome);
    }

    /// As [`record`](Self::record), for a permit in its place in a future.
    #[doc(hidden)]
    #[inline]
    fn record_in_place(&self, place: &mut Option<Permit>, result: Result<&Response, &Error>) {
        if let Some(permit) = place.take() {
            self.record(permit, result);
        }
    }
}

impl<F, Response, Error> Classify<Response, Error> for F
where
    F: Fn(Result<&Response, &Error>) -> Outcome,
{
    fn classify(&self, result: Result<&Response, &Error>) -> Outcome {
        self(result)
    }
}

/// A closure decides: see [`CircuitBreakerLayer::classify`](crate::CircuitBreakerLayer::classify).
#[derive(Clone, Copy)]
pub struct ClassifyWith<F>(pub(crate) F);

impl<F, Response, Error> Classify<Response, Error> for ClassifyWith<F>
where
    F: Fn(Result<&Response, &Error>) -> Outcome,
{
    fn classify(&self, result: Result<&Response, &Error>) -> Outcome {
        (self.0)(result)
    }
}

impl<F> fmt::Debug for ClassifyWith<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClassifyWith")
    }
}

/// A preset for errors with `Error`, of which there is one for errors in boxes.
pub trait ForBoxes {
    /// The preset for boxes.
    type Boxed;

    #[doc(hidden)]
    fn for_boxes(self) -> Self::Boxed;
}

impl ForBoxes for ErrorsAreFailures {
    type Boxed = ErrorsAreFailures<OfBox>;

    fn for_boxes(self) -> Self::Boxed {
        ErrorsAreFailures::new()
    }
}

/// Every response is a success and every error a failure, except for the rejection of another
/// breaker, which is ignored. See [`outcome::of`](brama_runtime::api::outcome::of).
///
/// The parameter is the kind of error: [`OfError`] for types with `Error`,
/// [`OfBox`](brama_runtime::api::outcome::OfBox) for boxes.
#[derive(Debug, Clone, Copy)]
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
            Err(error) => of_error(error),
        }
    }

    fn record(&self, permit: Permit, result: Result<&Response, &Error>) {
        record_error_or(self, permit, result);
    }

    #[inline]
    fn record_in_place(&self, place: &mut Option<Permit>, result: Result<&Response, &Error>) {
        if let (Ok(_), Some(permit)) = (result, place.as_mut()) {
            permit.succeed();
            *place = None;
        } else if let Some(permit) = place.take() {
            self.record(permit, result);
        }
    }
}

/// Records an error as the attribute does, and anything else as it is classified.
fn record_error_or<Response, Error: FailureReason<Kind>, Kind>(
    classify: &impl Classify<Response, Error>,
    mut permit: Permit,
    result: Result<&Response, &Error>,
) {
    match result {
        Ok(_) => {
            let outcome = permit.run_under(|| classify.classify(result));
            permit.record(outcome);
        }
        Err(error) => permit.record_error(error),
    }
}
