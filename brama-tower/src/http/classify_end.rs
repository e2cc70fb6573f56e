//! What the end of a body counts as.

use brama_runtime::api::Outcome;
use http::{HeaderMap, StatusCode};

use crate::classify::{ClassifyWith, ErrorsAreFailures};

/// Decides what the end of a body counts as, for a classification of one's own that is a type.
///
/// Each body has a clone of the classification of its layer.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::Outcome;
/// use brama_tower::{Classify, CircuitBreakerLayer, http::ClassifyEnd};
/// use http::{HeaderMap, Response};
///
/// /// A service that states in a trailer whether its answer is whole.
/// #[derive(Clone)]
/// struct Whole;
///
/// impl<Body, Error> Classify<Response<Body>, Error> for Whole {
///     fn classify(&self, result: Result<&Response<Body>, &Error>) -> Outcome {
///         match result {
///             Ok(response) if !response.status().is_server_error() => Outcome::Success,
///             Ok(_) | Err(_) => Outcome::failure("no answer"),
///         }
///     }
/// }
///
/// impl ClassifyEnd for Whole {
///     fn classify_end(&mut self, trailers: Option<&HeaderMap>) -> Outcome {
///         match trailers.and_then(|trailers| trailers.get("whole")) {
///             Some(_) => Outcome::Success,
///             None => Outcome::failure("the answer is not whole"),
///         }
///     }
/// }
///
/// # let registry = brama::testing::TestRegistry::new();
/// # let _entered = registry.enter();
/// let layer = CircuitBreakerLayer::new("reports").classify_by(Whole).until_end_of_body();
/// # let _ = layer;
/// ```
pub trait ClassifyEnd {
    /// Returns the outcome of a body that has ended without an error, with its trailers if it has
    /// any. It is called once.
    fn classify_end(&mut self, trailers: Option<&HeaderMap>) -> Outcome;

    /// Whether the head of the response ends the call. Default: no.
    fn is_ended_by(&self, status: StatusCode, headers: &HeaderMap) -> bool {
        let _ = (status, headers);
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
    fn classify_end(&mut self, _: Option<&HeaderMap>) -> Outcome {
        Outcome::Success
    }

    fn ends_with_data(&self) -> bool {
        true
    }
}

/// The closure has judged the head of the response. A body that ends without an error changes
/// nothing.
impl<F> ClassifyEnd for ClassifyWith<F> {
    fn classify_end(&mut self, _: Option<&HeaderMap>) -> Outcome {
        Outcome::Success
    }

    fn ends_with_data(&self) -> bool {
        true
    }
}
