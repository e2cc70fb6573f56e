//! What the end of a body counts as.

use brama_runtime::api::Outcome;
use http::HeaderMap;

use crate::classify::{ClassifyWith, ErrorsAreFailures};

/// Decides what the end of a body counts as.
pub trait ClassifyEnd {
    /// Returns the outcome of a body that has ended without an error, with its trailers if it has
    /// any.
    fn classify_end(&self, trailers: Option<&HeaderMap>) -> Outcome;

    /// Whether the headers of the response end the call. Default: no.
    fn is_ended_by(&self, headers: &HeaderMap) -> bool {
        let _ = headers;
        false
    }

    /// Whether the call ends with the last byte of a body whose length is known, because nothing
    /// that follows would change the outcome. Default: no.
    ///
    /// A server reads no further than the last byte, and then drops the body. A call that waited
    /// for trailers would be abandoned.
    fn ends_with_data(&self) -> bool {
        false
    }
}

impl<Kind> ClassifyEnd for ErrorsAreFailures<Kind> {
    fn classify_end(&self, _: Option<&HeaderMap>) -> Outcome {
        Outcome::Success
    }

    fn ends_with_data(&self) -> bool {
        true
    }
}

/// The closure has judged the head of the response. A body that ends without an error changes
/// nothing.
impl<F> ClassifyEnd for ClassifyWith<F> {
    fn classify_end(&self, _: Option<&HeaderMap>) -> Outcome {
        Outcome::Success
    }

    fn ends_with_data(&self) -> bool {
        true
    }
}
