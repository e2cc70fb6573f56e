//! The service.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use brama_runtime::api::future::Ready;
use tower_service::Service;

use crate::{
    classify::ErrorsAreFailures,
    end::{AtResponse, End},
    future::{Call, ResponseFuture},
    reject::{Reject, RejectTyped},
    select::{
        Breakers, OneBreaker, Select,
        sealed::{LayerBreakers, SealedSelect},
    },
    timeout::{AnswerTimeout, NoTimeout},
};

/// A service with a circuit breaker around it.
///
/// It is ready when the service within is. A call is admitted or rejected in
/// [`call`](Service::call); the service within is not called if the breaker rejects.
pub struct CircuitBreaker<
    Inner,
    S = OneBreaker,
    E = AtResponse<ErrorsAreFailures>,
    R = RejectTyped,
    T = NoTimeout,
> {
    pub(crate) inner: Inner,
    pub(crate) breakers: Breakers,
    pub(crate) select: S,
    pub(crate) end: E,
    pub(crate) reject: R,
    pub(crate) timeout: T,
    /// Set if the readiness of the breaker gates that of the service.
    pub(crate) gate: Option<Ready>,
}

impl<Inner, S, E, R, T, Request> Service<Request> for CircuitBreaker<Inner, S, E, R, T>
where
    Inner: Service<Request>,
    S: Select<Request>,
    E: End<Inner::Response, Inner::Error> + Clone,
    R: Reject<Inner::Response, Inner::Error> + Clone,
    T: AnswerTimeout<Inner::Response, Inner::Error, R> + Clone,
{
    type Response = E::Response;
    type Error = R::Error;
    type Future = ResponseFuture<T::Future<Inner::Future>, E, R, T>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if let Some(gate) = &mut self.gate {
            // First, so that the service within reserves nothing while the circuit is open.
            ready!(Pin::new(gate).poll(context));
        }
        self.inner.poll_ready(context).map_err(R::pass)
    }

    /// # Panics
    ///
    /// Panics if the service within panics, which is recorded as a failure, or the key does; with a
    /// timeout, outside a tokio runtime with time enabled.
    #[inline]
    fn call(&mut self, request: Request) -> Self::Future {
        let breaker = self.select.select(&LayerBreakers(&self.breakers), &request);
        let timer = self.timeout.timer(&breaker);
        let call = match breaker.acquire() {
            Ok(mut permit) => {
                let future = permit.run_under(|| self.inner.call(request));
                Call::admitted(T::start(timer, future), permit)
            }
            Err(open) => Call::rejected(open),
        };
        ResponseFuture::new(call, self.end.clone(), self.reject.clone(), self.timeout.clone())
    }
}

impl<Inner, S, E, R, T> Clone for CircuitBreaker<Inner, S, E, R, T>
where
    Inner: Clone,
    S: SealedSelect + Clone,
    E: Clone,
    R: Clone,
    T: Clone,
{
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            breakers: self.breakers.clone(),
            select: self.select.clone(),
            end: self.end.clone(),
            reject: self.reject.clone(),
            timeout: self.timeout.clone(),
            gate: self.select.gate(&LayerBreakers(&self.breakers)),
        }
    }
}

impl<Inner: fmt::Debug, S, E, R, T> fmt::Debug for CircuitBreaker<Inner, S, E, R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitBreaker")
            .field("inner", &self.inner)
            .field("identity", self.breakers.keyless.identity())
            .finish_non_exhaustive()
    }
}
