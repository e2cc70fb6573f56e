//! Calls that end after a time.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use brama_runtime::api::{
    __private::{CallTimer, HeldBreaker, TimeoutFuture, note_timeout},
    Outcome, TimedOut,
};
use pin_project_lite::pin_project;

use super::{AnswerTimeout, LimitTime, NoTimeout, sealed::SealedLimit};
use crate::{
    error::BreakerError,
    layer::CircuitBreakerLayer,
    reject::{BoxError, Reject, RejectBoxed, RejectTyped},
};

/// Calls end after a time: see [`CircuitBreakerLayer::timeout`].
#[derive(Clone, Copy)]
pub struct Timeout<A = TimeoutIsError> {
    limit: Duration,
    answer: A,
}

/// A call that took too long ends with an error.
#[derive(Debug, Clone, Copy, Default)]
pub struct TimeoutIsError;

/// A call that took too long ends with a response.
#[derive(Clone, Copy)]
pub struct TimeoutWith<F>(F);

impl<S, E, R> CircuitBreakerLayer<S, E, R, NoTimeout> {
    /// Ends calls that take longer than `limit`: the future of the service is dropped, and the call
    /// is a failure. The caller gets [`BreakerError::TimedOut`], the [`TimedOut`] in a box, or with
    /// [`reject_with`](Self::reject_with) what [`on_timeout`](CircuitBreakerLayer::on_timeout)
    /// answers.
    ///
    /// As with the attribute, the setting `timeout` of the breaker takes precedence, whether it
    /// comes from `register`, a file or the operator; it can also switch the limit off. On a layer
    /// without this method, the setting does nothing.
    ///
    /// The time begins with the [`call`](tower_service::Service::call) and ends with the response,
    /// not with its body. tokio measures it in milliseconds; with a limit of zero, a call has one
    /// poll. The classification does not judge a call that timed out.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use std::{future::pending, io, time::Duration};
    ///
    /// use brama_tower::{BreakerError, CircuitBreakerLayer};
    /// use tower::{ServiceBuilder, ServiceExt};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// # let registry = brama::testing::TestRegistry::new();
    /// # let _entered = registry.enter();
    /// let silent = ServiceBuilder::new()
    ///     .layer(CircuitBreakerLayer::new("price_api").timeout(Duration::from_secs(5)))
    ///     .service_fn(|()| pending::<io::Result<u32>>());
    /// let error = silent.oneshot(()).await.unwrap_err();
    /// assert_eq!(error.to_string(), "price_api did not answer within 5 s");
    /// assert!(matches!(error, BreakerError::TimedOut(_)));
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// A call panics outside a tokio runtime with time enabled. It is abandoned then.
    pub fn timeout(self, limit: Duration) -> CircuitBreakerLayer<S, E, R, Timeout> {
        note_timeout(&self.registry, &self.identity);
        self.map_timeout(|NoTimeout| Timeout { limit, answer: TimeoutIsError })
    }
}

impl<S, E, R, A> CircuitBreakerLayer<S, E, R, Timeout<A>> {
    /// Answers a call that took too long with a response, as
    /// [`reject_with`](Self::reject_with) answers a rejected one.
    ///
    /// With the feature `http`, `http::gateway_timeout` is one.
    pub fn on_timeout<Response, F>(
        self,
        response: F,
    ) -> CircuitBreakerLayer<S, E, R, Timeout<TimeoutWith<F>>>
    where
        F: Fn(TimedOut) -> Response,
    {
        self.map_timeout(|Timeout { limit, .. }| Timeout { limit, answer: TimeoutWith(response) })
    }
}

impl<A> SealedLimit for Timeout<A> {}

impl<A> LimitTime for Timeout<A> {
    type Future<F: Future> = Timed<F>;
    type Timer = CallTimer;
    type TimedOut = TimedOut;

    fn timer(&self, breaker: &HeldBreaker) -> CallTimer {
        CallTimer::of_breaker(breaker, self.limit)
    }

    fn start<F: Future>(timer: CallTimer, future: F) -> Timed<F> {
        Timed { future: timer.limit(future) }
    }

    fn outcome(timed_out: &TimedOut) -> Outcome {
        timed_out.outcome()
    }
}

impl<Response, Error> AnswerTimeout<Response, Error, RejectTyped> for Timeout {
    fn answer(&self, timed_out: TimedOut) -> Result<Response, BreakerError<Error>> {
        Err(BreakerError::TimedOut(timed_out))
    }
}

impl<Response, Error: Into<BoxError>> AnswerTimeout<Response, Error, RejectBoxed> for Timeout {
    fn answer(&self, timed_out: TimedOut) -> Result<Response, BoxError> {
        Err(timed_out.into())
    }
}

impl<Response, Error, R, F> AnswerTimeout<Response, Error, R> for Timeout<TimeoutWith<F>>
where
    R: Reject<Response, Error>,
    F: Fn(TimedOut) -> Response,
{
    fn answer(&self, timed_out: TimedOut) -> Result<Response, R::Error> {
        let TimeoutWith(response) = &self.answer;
        Ok(response(timed_out))
    }
}

impl<A> fmt::Debug for Timeout<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for TimeoutWith<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TimeoutWith")
    }
}

pin_project! {
    /// A future with a timeout.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Timed<F> {
        #[pin]
        future: TimeoutFuture<F>,
    }
}

impl<F: Future> Future for Timed<F> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().future.poll(context)
    }
}
