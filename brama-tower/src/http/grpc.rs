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
    rejected::{self, unless_rejected},
    retry_after::{Hints, pushback},
};
use crate::{
    classify::{Classify, ErrorsAreFailures, ForBoxes},
    end::AtResponse,
    layer::CircuitBreakerLayer,
};

/// The statuses `UNKNOWN`, `DEADLINE_EXCEEDED`, `INTERNAL`, `UNAVAILABLE` and `DATA_LOSS` are
/// failures, and so are a call without a status, a response other than 200, and every error.
///
/// `RESOURCE_EXHAUSTED` and `CANCELLED` are ignored. Every other status is a success, because the
/// server has answered. The status is in the trailers, so a call ends with the end of its body.
#[derive(Debug, Clone, Copy)]
pub struct GrpcErrors<Kind = OfError> {
    kind: PhantomData<fn() -> Kind>,
    rate_limits_fail: bool,
    hints: Hints,
}

impl<Kind> GrpcErrors<Kind> {
    fn of_response<Body>(&self, response: &Response<Body>) -> Outcome {
        let outcome = self.of_head(response.status(), response.headers());
        unless_rejected(outcome, response.extensions())
    }

    fn of_head(&self, status: StatusCode, headers: &HeaderMap) -> Outcome {
        if status != StatusCode::OK {
            return Outcome::failure(status.to_string());
        }
        // A response without a body has its status in the headers.
        self.of_status(headers).unwrap_or(Outcome::Success)
    }

    /// The outcome of the status in these headers or trailers, if there is one.
    fn of_status(&self, headers: &HeaderMap) -> Option<Outcome> {
        let status = headers.get("grpc-status")?.to_str().unwrap_or_default().trim();
        let failure =
            |name: &'static str| self.hints.add_to(Outcome::failure(name), || pushback(headers));
        Some(match status {
            "0" | "3" | "5" | "6" | "7" | "9" | "10" | "11" | "12" | "16" => Outcome::Success,
            "1" => Outcome::Ignore,
            "4" => failure("DEADLINE_EXCEEDED"),
            "8" if !self.rate_limits_fail => Outcome::Ignore,
            "8" => failure("RESOURCE_EXHAUSTED"),
            "13" => failure("INTERNAL"),
            "14" => failure("UNAVAILABLE"),
            "15" => failure("DATA_LOSS"),
            // Clients read 2 and any other text so.
            _ => failure("UNKNOWN"),
        })
    }
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
    fn classify_end(&self, trailers: Option<&HeaderMap>) -> Outcome {
        let status = trailers.and_then(|trailers| self.of_status(trailers));
        status.unwrap_or_else(|| Outcome::failure("the call ended without a status"))
    }

    fn is_ended_by(&self, headers: &HeaderMap) -> bool {
        headers.contains_key("grpc-status")
    }
}

impl ForBoxes for GrpcErrors {
    type Boxed = GrpcErrors<OfBox>;

    fn for_boxes(self) -> Self::Boxed {
        let Self { rate_limits_fail, hints, .. } = self;
        GrpcErrors { kind: PhantomData, rate_limits_fail, hints }
    }
}

impl<S, R, T, Kind> CircuitBreakerLayer<S, AtResponse<ErrorsAreFailures<Kind>>, R, T> {
    /// Judges calls of gRPC by their status, at the end of the body: see [`GrpcErrors`].
    pub fn grpc_errors(self) -> CircuitBreakerLayer<S, AtEndOfBody<GrpcErrors<Kind>>, R, T> {
        let (kind, hints) = (PhantomData, Hints::none());
        self.end(AtEndOfBody(GrpcErrors { kind, rate_limits_fail: false, hints }))
    }
}

impl<S, R, T, Kind> CircuitBreakerLayer<S, AtEndOfBody<GrpcErrors<Kind>>, R, T> {
    /// Counts the status `RESOURCE_EXHAUSTED` as a failure too.
    pub fn rate_limits_trip(self) -> Self {
        self.map_end(|AtEndOfBody(errors)| {
            AtEndOfBody(GrpcErrors { rate_limits_fail: true, ..errors })
        })
    }

    /// Honors `grpc-retry-pushback-ms` of a failure, up to `cap`: if the circuit opens, it stays
    /// open for at least as long. The policy's `retry_after_cap` holds too.
    pub fn honor_pushback(self, cap: Duration) -> Self {
        self.map_end(|AtEndOfBody(errors)| {
            AtEndOfBody(GrpcErrors { hints: Hints::up_to(cap), ..errors })
        })
    }
}
