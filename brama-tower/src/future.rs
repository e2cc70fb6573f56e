//! The future of a call.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use brama_runtime::api::{CircuitOpen, Permit};
use pin_project_lite::pin_project;

use crate::{end::End, reject::Reject};

pin_project! {
    /// The future of a service with a breaker.
    ///
    /// # Cancellation
    ///
    /// If it is dropped before it is ready, the call is abandoned, and a probe gives its place
    /// back.
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F, E, R> {
        #[pin]
        call: Call<F, E>,
        reject: R,
    }
}

pin_project! {
    #[project = CallProjection]
    enum Call<F, E> {
        // The future is declared before the permit, so that it is dropped before its call ends.
        Admitted { #[pin] future: F, permit: Option<Permit>, end: E },
        Rejected { open: Option<CircuitOpen>, end: E },
    }
}

impl<F, E, R> ResponseFuture<F, E, R> {
    pub(crate) const fn admitted(future: F, permit: Permit, end: E, reject: R) -> Self {
        Self { call: Call::Admitted { future, permit: Some(permit), end }, reject }
    }

    pub(crate) const fn rejected(open: CircuitOpen, end: E, reject: R) -> Self {
        Self { call: Call::Rejected { open: Some(open), end }, reject }
    }
}

impl<F, Response, Error, E, R> Future for ResponseFuture<F, E, R>
where
    F: Future<Output = Result<Response, Error>>,
    E: End<Response, Error>,
    R: Reject<Response, Error>,
{
    type Output = Result<E::Response, R::Error>;

    /// # Panics
    ///
    /// Panics if the service or the classification panics, which is recorded as a failure, and if
    /// it is polled again after it was ready.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        Poll::Ready(match this.call.project() {
            CallProjection::Admitted { future, permit, end } => {
                let result = match permit {
                    Some(permit) => ready!(permit.poll_under(future, context)),
                    None => ready!(future.poll(context)),
                };
                match permit.take() {
                    Some(permit) => end.end(permit, result).map_err(R::pass),
                    None => polled_again(),
                }
            }
            CallProjection::Rejected { open, end } => match open.take() {
                Some(open) => this.reject.reject(open).map(|response| end.lift(response)),
                None => polled_again(),
            },
        })
    }
}

impl<F, E, R> fmt::Debug for ResponseFuture<F, E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.call {
            Call::Admitted { .. } => "admitted",
            Call::Rejected { .. } => "rejected",
        };
        f.debug_tuple("ResponseFuture").field(&name).finish()
    }
}

#[cold]
#[expect(clippy::panic, reason = "the contract of futures allows nothing else")]
fn polled_again() -> ! {
    panic!("a `ResponseFuture` was polled after it was ready")
}
