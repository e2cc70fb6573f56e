//! The future of a call.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use brama_runtime::api::{CircuitOpen, Outcome, Permit};
use pin_project_lite::pin_project;

use crate::{
    end::End,
    reject::Reject,
    timeout::{AnswerTimeout, NoTimeout},
};

pin_project! {
    /// The future of a service with a breaker.
    ///
    /// # Cancellation
    ///
    /// If it is dropped before it is ready, the call is abandoned, and a probe gives its place
    /// back.
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F, E, R, T = NoTimeout> {
        #[pin]
        call: Call<F>,
        end: E,
        reject: R,
        timeout: T,
    }
}

pin_project! {
    #[project = CallProjection]
    pub(crate) enum Call<F> {
        // The future is declared before the permit, so that it is dropped before its call ends.
        Admitted { #[pin] future: F, permit: Option<Permit> },
        Rejected { open: Option<CircuitOpen> },
    }
}

impl<F> Call<F> {
    pub(crate) const fn admitted(future: F, permit: Permit) -> Self {
        Self::Admitted { future, permit: Some(permit) }
    }

    pub(crate) const fn rejected(open: CircuitOpen) -> Self {
        Self::Rejected { open: Some(open) }
    }
}

impl<F, E, R, T> ResponseFuture<F, E, R, T> {
    pub(crate) const fn new(call: Call<F>, end: E, reject: R, timeout: T) -> Self {
        Self { call, end, reject, timeout }
    }
}

impl<F, Response, Error, E, R, T> Future for ResponseFuture<F, E, R, T>
where
    F: Future<Output = Result<Result<Response, Error>, T::TimedOut>>,
    E: End<Response, Error>,
    R: Reject<Response, Error>,
    T: AnswerTimeout<Response, Error, R>,
{
    type Output = Result<E::Response, R::Error>;

    /// # Panics
    ///
    /// Panics if the service or the classification panics, which is recorded as a failure, and if
    /// it is polled again after it was ready.
    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let end = &*this.end;
        Poll::Ready(match this.call.project() {
            CallProjection::Admitted { future, permit: place } => {
                let Some(permit) = place else { polled_again() };
                match ready!(permit.poll_under(future, context)) {
                    Ok(result) => match end.end_in_place(place, result) {
                        Some(result) => result.map_err(R::pass),
                        None => polled_again(),
                    },
                    Err(timed_out) => {
                        record(place, T::outcome(&timed_out));
                        this.timeout.answer(timed_out).map(|response| end.wrap(response))
                    }
                }
            }
            CallProjection::Rejected { open } => {
                let Some(open) = open.take() else { polled_again() };
                this.reject.reject(open).map(|response| end.wrap(response))
            }
        })
    }
}

fn record(place: &mut Option<Permit>, outcome: Outcome) {
    if let Some(permit) = place.take() {
        permit.record(outcome);
    }
}

impl<F, E, R, T> fmt::Debug for ResponseFuture<F, E, R, T> {
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
