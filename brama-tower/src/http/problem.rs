//! Responses with problem details (RFC 9457), for calls that have no response of the service.

#[cfg(feature = "tokio")]
use brama_runtime::api::{__private::timeout_problem, TimedOut};
use brama_runtime::api::{__private::unavailable_problem, CircuitOpen};
use http::{
    Response, StatusCode,
    header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER},
};

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
    let retry_after = open.retry_after_secs();
    let problem = unavailable_problem(retry_after);
    let mut response = with_problem(StatusCode::SERVICE_UNAVAILABLE, problem);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response.extensions_mut().insert(open);
    response
}

/// Answers a call that timed out with 504 and a body as RFC 9457 defines it
/// (`application/problem+json`), which names neither the breaker nor its key: for
/// [`on_timeout`](crate::CircuitBreakerLayer::on_timeout).
#[cfg(feature = "tokio")]
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "`on_timeout` passes it by value")]
pub fn gateway_timeout<Body: From<String>>(timed_out: TimedOut) -> Response<Body> {
    let _ = timed_out;
    with_problem(StatusCode::GATEWAY_TIMEOUT, timeout_problem())
}

fn with_problem<Body: From<String>>(status: StatusCode, problem: String) -> Response<Body> {
    let mut response = Response::new(problem.into());
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
