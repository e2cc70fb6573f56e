//! Which responses of HTTP are failures.

use std::{marker::PhantomData, time::Duration};

use brama_runtime::api::{
    __private::without_secrets,
    Outcome, Permit, Reason,
    outcome::{FailureReason, OfBox, OfError, of_error},
};
use http::{HeaderMap, Response, StatusCode};

use super::{
    classify_end::ClassifyEnd,
    end_of_body::AtEndOfBody,
    rejected::{self, unless_rejected},
    retry_after::retry_after,
    tuning::Tuning,
};
use crate::{
    classify::{Classify, ErrorsAreFailures, ForBoxes},
    end::AtResponse,
    layer::CircuitBreakerLayer,
};

/// The responses 500, 502, 503 and 504 are failures, and so is every error of the service.
///
/// 429 is ignored: it says nothing about the health of the server. So is a response that stands for
/// the rejection of a breaker within, as `unavailable` makes it. Every other response is a success,
/// because the server has answered.
#[derive(Debug, Clone, Copy)]
pub struct ServerErrors<Kind = OfError> {
    kind: PhantomData<fn() -> Kind>,
    tuning: Tuning,
}

impl<Kind> ServerErrors<Kind> {
    fn new(tuning: Tuning) -> Self {
        Self { kind: PhantomData, tuning }
    }

    fn of_response<Body>(&self, response: &Response<Body>) -> Outcome {
        let outcome = self.of_head(response.status(), response.headers());
        unless_rejected(outcome, response.extensions())
    }

    fn of_head(&self, status: StatusCode, headers: &HeaderMap) -> Outcome {
        let failure = || {
            let failure = Outcome::failure(reason(status));
            self.tuning.add_hint(failure, || retry_after(headers))
        };
        match status {
            StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => failure(),
            StatusCode::TOO_MANY_REQUESTS if self.tuning.rate_limits_fail() => failure(),
            StatusCode::TOO_MANY_REQUESTS => Outcome::Ignore,
            _ => Outcome::Success,
        }
    }
}

/// `503 Service Unavailable`
pub(super) fn reason(status: StatusCode) -> Reason {
    without_secrets(status.to_string().into())
}

impl<Body, Error: FailureReason<Kind>, Kind> Classify<Response<Body>, Error>
    for ServerErrors<Kind>
{
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

impl<Kind> ClassifyEnd for ServerErrors<Kind> {
    fn classify_end(&mut self, _: Option<&HeaderMap>) -> Outcome {
        Outcome::Success
    }

    fn ends_with_data(&self) -> bool {
        true
    }
}

impl ForBoxes for ServerErrors {
    type Boxed = ServerErrors<OfBox>;

    fn for_boxes(self) -> Self::Boxed {
        ServerErrors::new(self.tuning)
    }
}

/// The methods of a layer, for calls that end with the response or with its body.
macro_rules! presets {
    ($end:ident) => {
        impl<S, R, T, Kind> CircuitBreakerLayer<S, $end<ErrorsAreFailures<Kind>>, R, T> {
            /// Counts the responses 500, 502, 503 and 504 as failures, and ignores 429: see
            /// [`ServerErrors`].
            ///
            /// ```
            /// # use brama_runtime::api as brama;
            /// use brama_tower::CircuitBreakerLayer;
            ///
            /// # let registry = brama::testing::TestRegistry::new();
            /// # let _entered = registry.enter();
            /// let layer = CircuitBreakerLayer::new("price_api");
            /// let layer = layer.server_errors().rate_limits_trip();
            /// # let _ = layer;
            /// ```
            pub fn server_errors(self) -> CircuitBreakerLayer<S, $end<ServerErrors<Kind>>, R, T> {
                self.end($end(ServerErrors::new(Tuning::default())))
            }
        }

        impl<S, R, T, Kind> CircuitBreakerLayer<S, $end<ServerErrors<Kind>>, R, T> {
            /// Counts the response 429 as a failure too, like any other: it opens the circuit if
            /// the rules of the policy do. Default: 429 is ignored.
            pub fn rate_limits_trip(self) -> Self {
                self.tune(Tuning::with_rate_limits)
            }

            /// Honors the header `Retry-After` of a failure, seconds or a date, up to `cap`: if the
            /// circuit opens, it stays open for at least as long. Default: hints are ignored, as
            /// with a cap below 1 ms.
            ///
            /// The policy's `retry_after_cap` holds too, 5 min unless set. If failures in a row
            /// open the circuit, the latest hint of the run counts.
            ///
            /// The hint of a response speaks for the whole breaker. Do not use it where a server
            /// answers one client with the limit of that client.
            pub fn honor_retry_after(self, cap: Duration) -> Self {
                self.tune(|tuning| tuning.with_hints(cap))
            }

            fn tune(self, tune: impl FnOnce(Tuning) -> Tuning) -> Self {
                self.map_end(|$end(errors)| $end(ServerErrors::new(tune(errors.tuning))))
            }
        }
    };
}

presets!(AtResponse);
presets!(AtEndOfBody);
