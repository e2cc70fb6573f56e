//! What the clients of a server get when a breaker rejects a call that the server needs.
//!
//! The texts name neither the breaker nor its key, because strangers read them.

#[cfg(feature = "axum08")]
mod axum08;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "tonic014")]
mod tonic014;

#[cfg(all(feature = "http", feature = "tokio"))]
pub use self::http::timeout_response;
#[cfg(feature = "http")]
pub use self::http::unavailable_response;

/// Why a call is rejected, for strangers.
#[cfg(any(feature = "http", feature = "tonic014"))]
pub(crate) fn unavailable(retry_after: Option<u64>) -> String {
    match retry_after {
        Some(seconds) => format!("a service that this one needs fails; try again in {seconds} s"),
        None => "a service that this one needs takes no more calls now".to_owned(),
    }
}

/// Why a call timed out, for strangers.
#[cfg(all(feature = "tokio", any(feature = "http", feature = "tonic014")))]
pub(crate) const TIMED_OUT: &str = "a service that this one needs did not answer in time";
