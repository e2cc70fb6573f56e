//! Which answers of gRPC are failures.

use std::{marker::PhantomData, time::Duration};

use brama_runtime::api::{
    Outcome, Permit,
    outcome::{FailureReason, OfBox, OfError, of_error},
};
use http::{HeaderMap, Response, StatusCode};

use super::{
    classify_end::ClassifyEnd,
    end_of_body::AtEndOfBody,
    grpc_status::{
        ABORTED, ALREADY_EXISTS, CANCELLED, DATA_LOSS, DEADLINE_EXCEEDED, FAILED_PRECONDITION,
        INTERNAL, INVALID_ARGUMENT, NOT_FOUND, OK, OUT_OF_RANGE, PERMISSION_DENIED,
        RESOURCE_EXHAUSTED, UNAUTHENTICATED, UNAVAILABLE, UNIMPLEMENTED,
    },
    rejected::{self, unless_rejected},
    retry_after::whole_number,
    server_errors::reason,
    tuning::Tuning,
};
use crate::{
    classify::{Classify, ErrorsAreFailures, ForBoxes},
    end::AtResponse,
    layer::CircuitBreakerLayer,
};

/// The statuses `UNKNOWN`, `DEADLINE_EXCEEDED`, `INTERNAL`, `UNAVAILABLE` and `DATA_LOSS` are
/// failures, and so are a call without a status, and every error.
///
/// `RESOURCE_EXHAUSTED` and `CANCELLED` are ignored. Every other status is a success, because the
/// server has answered. The status is in the trailers, so a call ends with the end of its body.
///
/// The response of a proxy may have no status but that of HTTP. Then 401, 403 and 404 are a success
/// like the statuses that clients derive from them, 429 is ignored like `RESOURCE_EXHAUSTED`, and
/// all others but 200 are failures.
#[derive(Debug, Clone, Copy)]
pub struct GrpcErrors<Kind = OfError> {
    kind: PhantomData<fn() -> Kind>,
    tuning: Tuning,
}

impl<Kind> GrpcErrors<Kind> {
    fn new(tuning: Tuning) -> Self {
        Self { kind: PhantomData, tuning }
    }

    fn of_response<Body>(&self, response: &Response<Body>) -> Outcome {
        let outcome = self.of_head(response.status(), response.headers());
        unless_rejected(outcome, response.extensions())
    }

    fn of_head(&self, status: StatusCode, headers: &HeaderMap) -> Outcome {
        // A response without a body has its status in the headers.
        self.of_status(headers).unwrap_or_else(|| self.of_proxy(status))
    }

    /// The outcome of a response without a status, which proxies send. Clients of gRPC derive one
    /// from the status of HTTP (`doc/http-grpc-status-mapping.md` of gRPC).
    fn of_proxy(&self, status: StatusCode) -> Outcome {
        match status {
            // The trailers have the status.
            StatusCode::OK => Outcome::Success,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
                Outcome::Success
            }
            StatusCode::TOO_MANY_REQUESTS if !self.tuning.rate_limits_fail() => Outcome::Ignore,
            _ => Outcome::failure(reason(status)),
        }
    }

    /// The outcome of the status in these headers or trailers, if there is one.
    fn of_status(&self, headers: &HeaderMap) -> Option<Outcome> {
        let status = headers.get("grpc-status")?.to_str().unwrap_or_default().trim();
        let failure =
            |name: &'static str| self.tuning.add_hint(Outcome::failure(name), || pushback(headers));
        Some(match status {
            OK | INVALID_ARGUMENT | NOT_FOUND | ALREADY_EXISTS | PERMISSION_DENIED
            | FAILED_PRECONDITION | ABORTED | OUT_OF_RANGE | UNIMPLEMENTED | UNAUTHENTICATED => {
                Outcome::Success
            }
            RESOURCE_EXHAUSTED if self.tuning.rate_limits_fail() => failure("RESOURCE_EXHAUSTED"),
            RESOURCE_EXHAUSTED | CANCELLED => Outcome::Ignore,
            DEADLINE_EXCEEDED => failure("DEADLINE_EXCEEDED"),
            INTERNAL => failure("INTERNAL"),
            UNAVAILABLE => failure("UNAVAILABLE"),
            DATA_LOSS => failure("DATA_LOSS"),
            // As clients read 2 and any other text.
            _ => failure("UNKNOWN"),
        })
    }
}

/// Reads `grpc-retry-pushback-ms` (gRFC A6). A negative number asks for no further attempt, and is
/// no time.
fn pushback(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-retry-pushback-ms")?.to_str().ok()?;
    whole_number(text.trim()).map(Duration::from_millis)
}

impl<Body, Error: FailureReason<Kind>, Kind> Classify<Response<Body>, Error> for GrpcErrors<Kind> {
    fn classify(&self, result: Result<&Response<Body>, &Error>) -> Outcome {
        match result {
            Ok(response) => self.of_response(response),
            Err(error) => of_error(error),
        }
    }

    fn record(&self, permit: Permit, result: Result<&Response<Body>, &Error>) {
        rejected::record(self, permit, result);
    }
}

impl<Kind> ClassifyEnd for GrpcErrors<Kind> {
    fn classify_end(&mut self, trailers: Option<&HeaderMap>) -> Outcome {
        let status = trailers.and_then(|trailers| self.of_status(trailers));
        status.unwrap_or_else(|| Outcome::failure("the call ended without a status"))
    }

    fn is_ended_by(&self, status: StatusCode, headers: &HeaderMap) -> bool {
        status != StatusCode::OK || headers.contains_key("grpc-status")
    }
}

impl ForBoxes for GrpcErrors {
    type Boxed = GrpcErrors<OfBox>;

    fn for_boxes(self) -> Self::Boxed {
        GrpcErrors::new(self.tuning)
    }
}

impl<S, R, T, Kind> CircuitBreakerLayer<S, AtResponse<ErrorsAreFailures<Kind>>, R, T> {
    /// Judges calls of gRPC by their status, at the end of the body: see [`GrpcErrors`].
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama_tower::CircuitBreakerLayer;
    /// use std::time::Duration;
    ///
    /// # let registry = brama::testing::TestRegistry::new();
    /// # let _entered = registry.enter();
    /// let layer = CircuitBreakerLayer::new("price_api")
    ///     .grpc_errors()
    ///     .honor_pushback(Duration::from_secs(120));
    /// # let _ = layer;
    /// ```
    pub fn grpc_errors(self) -> CircuitBreakerLayer<S, AtEndOfBody<GrpcErrors<Kind>>, R, T> {
        self.end(AtEndOfBody(GrpcErrors::new(Tuning::default())))
    }
}

impl<S, R, T, Kind> CircuitBreakerLayer<S, AtEndOfBody<GrpcErrors<Kind>>, R, T> {
    /// Counts the status `RESOURCE_EXHAUSTED`, and 429 of HTTP, as a failure too, like any other:
    /// it opens the circuit if the rules of the policy do. Default: it is ignored.
    pub fn rate_limits_trip(self) -> Self {
        self.tune(Tuning::with_rate_limits)
    }

    /// Honors `grpc-retry-pushback-ms` of a failure, up to `cap`: if the circuit opens, it stays
    /// open for at least as long. Default: hints are ignored, as with a cap below 1 ms.
    ///
    /// The policy's `retry_after_cap` holds too, 5 min unless set. If failures in a row open the
    /// circuit, the latest hint of the run counts.
    pub fn honor_pushback(self, cap: Duration) -> Self {
        self.tune(|tuning| tuning.with_hints(cap))
    }

    fn tune(self, tune: impl FnOnce(Tuning) -> Tuning) -> Self {
        self.map_end(|AtEndOfBody(errors)| AtEndOfBody(GrpcErrors::new(tune(errors.tuning))))
    }
}
