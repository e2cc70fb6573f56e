//! Responses of axum 0.8.

use axum_core::response::{IntoResponse, Response};

#[cfg(feature = "tokio")]
use super::timeout_response;
use super::unavailable_response;
use crate::breaker::{CallError, CircuitOpen};
#[cfg(feature = "tokio")]
use crate::timed_out::TimedOut;

/// 503 with `Retry-After`, if the time is known, and a body as RFC 9457 defines it
/// (`application/problem+json`). It names neither the breaker nor its key.
///
/// A handler of axum 0.8 can return `Result<_, CircuitOpen>`, or `axum::response::Result<_>`, whose
/// `?` takes this error too. A layer around it, with a preset for HTTP, finds the rejection among
/// the extensions of the response and ignores the call.
///
/// ```
/// # use brama_runtime::api as brama;
/// use axum_core::response::IntoResponse;
/// use brama::{CircuitOpen, Registry};
///
/// async fn price(payments: brama::Breaker) -> Result<String, CircuitOpen> {
///     let permit = payments.try_acquire()?;
///     permit.success();
///     Ok("17".to_owned())
/// }
///
/// # let payments = Registry::new().breaker("payment_api");
/// payments.open("maintenance");
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # let answer = std::pin::pin!(price(payments));
/// # let std::task::Poll::Ready(answer) = answer.poll(&mut context) else { panic!() };
/// let response = answer.into_response();
/// assert_eq!(response.status().as_u16(), 503);
/// assert_eq!(response.headers()["retry-after"], "60");
/// ```
#[cfg(feature = "axum08")]
impl IntoResponse for CircuitOpen {
    fn into_response(self) -> Response {
        unavailable_response(self)
    }
}

/// The response of the rejection, or the response of the error.
#[cfg(feature = "axum08")]
impl<E: IntoResponse> IntoResponse for CallError<E> {
    fn into_response(self) -> Response {
        match self {
            Self::Rejected(open) => open.into_response(),
            Self::Failed(error) => error.into_response(),
        }
    }
}

/// 504 with a body as RFC 9457 defines it (`application/problem+json`). It names neither the
/// breaker nor its key.
#[cfg(all(feature = "axum08", feature = "tokio"))]
impl IntoResponse for TimedOut {
    fn into_response(self) -> Response {
        timeout_response(&self)
    }
}
