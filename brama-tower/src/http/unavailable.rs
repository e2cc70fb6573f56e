//! The response to a rejected call.

use brama_runtime::api::{__private::unavailable_problem, CircuitOpen};
use http::{
    Response, StatusCode,
    header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER},
};

/// Answers a rejected call with 503: a header `Retry-After` if the time is known, and a body as RFC
/// 9457 defines it (`application/problem+json`).
///
/// The body names neither the breaker nor its key, because clients outside read it.
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
#[expect(clippy::needless_pass_by_value, reason = "`reject_with` passes rejections by value")]
pub fn unavailable<Body: From<String>>(open: CircuitOpen) -> Response<Body> {
    let retry_after = open.retry_after_secs();
    let mut response = Response::new(unavailable_problem(retry_after).into());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = retry_after {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    response
}
