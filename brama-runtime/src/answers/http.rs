//! Responses of HTTP with problem details (RFC 9457), where the service gave none.

use http::{
    HeaderValue, Response, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};

use crate::breaker::CircuitOpen;
#[cfg(feature = "tokio")]
use crate::timed_out::TimedOut;

/// Answers a rejected call with 503. The rejection is among the extensions of the response.
#[must_use]
pub fn unavailable_response<Body: From<String>>(open: CircuitOpen) -> Response<Body> {
    let retry_after = open.retry_after_secs();
    let mut response =
        with_problem(StatusCode::SERVICE_UNAVAILABLE, &super::unavailable(retry_after));
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response.extensions_mut().insert(open);
    response
}

/// Answers a call that timed out with 504.
#[cfg(feature = "tokio")]
#[must_use]
pub fn timeout_response<Body: From<String>>(_: &TimedOut) -> Response<Body> {
    with_problem(StatusCode::GATEWAY_TIMEOUT, super::TIMED_OUT)
}

fn with_problem<Body: From<String>>(status: StatusCode, detail: &str) -> Response<Body> {
    let mut response = Response::new(problem(status, detail).into());
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// The texts have no characters that JSON escapes.
fn problem(status: StatusCode, detail: &str) -> String {
    let (title, status) = (status.canonical_reason().unwrap_or_default(), status.as_u16());
    format!(r#"{{"title":"{title}","status":{status},"detail":"{detail}"}}"#)
}
