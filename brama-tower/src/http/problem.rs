//! Responses with problem details (RFC 9457), for calls that have no response of the service.

#[cfg(feature = "tokio")]
use brama_runtime::api::{__private::timeout_response, TimedOut};
use brama_runtime::api::{__private::unavailable_response, CircuitOpen};
use http::Response;

/// Answers a rejected call with 503: a header `Retry-After` if the time is known, and a body as RFC
/// 9457 defines it (`application/problem+json`).
///
/// The body names neither the breaker nor its key, because clients outside read it. Within the
/// process, the rejection is among the extensions of the response: a preset of an outer layer
/// ignores such a call. Add it to a response of your own by `extensions_mut().insert(open)`.
///
/// ```
/// # use brama_runtime::api as brama;
/// let breaker = brama::Registry::new().breaker("payment_api");
/// breaker.open("maintenance");
/// let open = breaker.try_acquire().expect_err("it is open");
/// let response = brama_tower::http::unavailable::<String>(open);
/// assert_eq!(response.status(), 503);
/// assert_eq!(response.headers()["retry-after"], "60");
/// ```
#[must_use]
pub fn unavailable<Body: From<String>>(open: CircuitOpen) -> Response<Body> {
    unavailable_response(open)
}

/// Answers a call that timed out with 504 and a body as RFC 9457 defines it
/// (`application/problem+json`), which names neither the breaker nor its key: for
/// [`on_timeout`](crate::CircuitBreakerLayer::on_timeout).
#[cfg(feature = "tokio")]
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "`on_timeout` passes it by value")]
pub fn gateway_timeout<Body: From<String>>(timed_out: TimedOut) -> Response<Body> {
    timeout_response(&timed_out)
}
