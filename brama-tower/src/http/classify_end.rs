//! What the end of a body counts as.

use brama_runtime::api::Outcome;
use http::HeaderMap;

use crate::classify::ErrorsAreFailures;

/// Decides what the end of a body counts as.
pub trait ClassifyEnd {
    /// Returns the outcome of a body that has ended without an error, with its trailers if it has
    /// any.
    fn classify_end(&self, trailers: Option<&HeaderMap>) -> Outcome;

    /// Whether the headers of the response are the end of the call already.
    fn is_ended_by(&self, headers: &HeaderMap) -> bool {
        let _ = headers;
        false
    }
}

impl<Kind> ClassifyEnd for ErrorsAreFailures<Kind> {
    fn classify_end(&self, _: Option<&HeaderMap>) -> Outcome {
        Outcome::Success
    }
}
