//! How long a call may take.

#[cfg(feature = "tokio")]
mod limit;

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use brama_runtime::api::{__private::HeldBreaker, Outcome};
use pin_project_lite::pin_project;

#[cfg(feature = "tokio")]
pub use self::limit::{Timed, Timeout, TimeoutIsError, TimeoutWith};
use crate::reject::Reject;

/// Calls may take as long as they need.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTimeout;

/// How long calls may take. It is implemented for [`NoTimeout`] and, with the feature `tokio`, for
/// `Timeout`.
pub trait LimitTime: sealed::SealedLimit {
    /// A future that ends in time.
    type Future<F: Future>: Future<Output = Result<F::Output, Self::TimedOut>>;

    #[doc(hidden)]
    type Timer;

    /// The error of a call that took too long.
    #[doc(hidden)]
    type TimedOut;

    #[doc(hidden)]
    fn timer(&self, breaker: &HeldBreaker) -> Self::Timer;

    #[doc(hidden)]
    fn start<F: Future>(timer: Self::Timer, future: F) -> Self::Future<F>;

    #[doc(hidden)]
    fn outcome(timed_out: &Self::TimedOut) -> Outcome;
}

/// Answers a call that took too long.
#[diagnostic::on_unimplemented(
    message = "a call that takes too long has no answer",
    label = "what should the caller get?",
    note = "`reject_with` answers rejected calls; after `timeout`, write \
            `.on_timeout(|timed_out| <response>)` too"
)]
pub trait AnswerTimeout<Response, Error, R: Reject<Response, Error>>: LimitTime {
    #[doc(hidden)]
    fn answer(&self, timed_out: Self::TimedOut) -> Result<Response, R::Error>;
}

pub(crate) mod sealed {
    pub trait SealedLimit {}
}

impl sealed::SealedLimit for NoTimeout {}

impl LimitTime for NoTimeout {
    type Future<F: Future> = Untimed<F>;
    type Timer = ();
    type TimedOut = Infallible;

    #[inline]
    fn timer(&self, _: &HeldBreaker) {}

    #[inline]
    fn start<F: Future>((): (), future: F) -> Untimed<F> {
        Untimed { future }
    }

    fn outcome(timed_out: &Infallible) -> Outcome {
        match *timed_out {}
    }
}

impl<Response, Error, R: Reject<Response, Error>> AnswerTimeout<Response, Error, R> for NoTimeout {
    fn answer(&self, timed_out: Infallible) -> Result<Response, R::Error> {
        match timed_out {}
    }
}

pin_project! {
    /// A future without a timeout.
    #[must_use = "futures do nothing unless polled"]
    pub struct Untimed<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Untimed<F> {
    type Output = Result<F::Output, Infallible>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().future.poll(context).map(Ok)
    }
}

impl<F> fmt::Debug for Untimed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Untimed")
    }
}
