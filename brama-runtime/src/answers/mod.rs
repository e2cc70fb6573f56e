//! What the clients of a server get when a breaker rejects a call that the server needs.
//!
//! The texts name neither the breaker nor its key, because strangers read them.

#[cfg(feature = "axum08")]
mod axum08;
#[cfg(feature = "tonic014")]
mod tonic014;

/// The body of a response 503, as RFC 9457 defines it. `retry_after` is in seconds; `None` if it is
/// not known when another attempt makes sense.
#[must_use]
pub fn unavailable_problem(retry_after: Option<u64>) -> String {
    problem(503, "Service Unavailable", &unavailable(retry_after))
}

/// The body of a response 504, as RFC 9457 defines it.
#[must_use]
pub fn timeout_problem() -> String {
    problem(504, "Gateway Timeout", TIMED_OUT)
}

/// Why a call is rejected, for strangers.
pub(crate) fn unavailable(retry_after: Option<u64>) -> String {
    match retry_after {
        Some(seconds) => format!("a service that this one needs fails; try again in {seconds} s"),
        None => "a service that this one needs takes no more calls now".to_owned(),
    }
}

/// The texts have no characters that JSON escapes.
fn problem(status: u16, title: &str, detail: &str) -> String {
    format!(r#"{{"title":"{title}","status":{status},"detail":"{detail}"}}"#)
}

/// Why a call timed out, for strangers.
pub(crate) const TIMED_OUT: &str = "a service that this one needs did not answer in time";
