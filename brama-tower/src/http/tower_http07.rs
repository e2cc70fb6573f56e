//! Classifications of `tower-http` 0.7.

use std::{fmt, marker::PhantomData};

use brama_runtime::api::{
    Outcome, Permit,
    outcome::{FailureReason, OfBox, OfError, of_error},
};
use http::{HeaderMap, Response};
use http_body::Body;
use tower_http::classify::{ClassifiedResponse, ClassifyEos, ClassifyResponse};

use super::{
    body::JudgedBody,
    classify_end::ClassifyEnd,
    end_of_body::{AtEndOfBody, has_no_content},
    rejected::{self, record_head, unless_rejected},
};
use crate::{
    classify::{Classify, ForBoxes},
    end::{AtResponse, End},
    layer::CircuitBreakerLayer,
};

/// Judges calls by a classification of `tower-http` 0.7, such as that of its `TraceLayer`.
///
/// The reason of a failure is the text of its class. Every error of the service is a failure, with
/// its own text, except for the rejection of another breaker, which is ignored, also as a response.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama_tower::{CircuitBreakerLayer, http::TowerHttp07};
/// use tower_http::classify::StatusInRangeAsFailures;
///
/// # let registry = brama::testing::TestRegistry::new();
/// # let _entered = registry.enter();
/// let failures = StatusInRangeAsFailures::new(400..=599);
/// let layer = CircuitBreakerLayer::new("price_api").classify_by(TowerHttp07::new(failures));
/// # let _ = layer;
/// ```
///
/// The classification may leave a response to the end of its stream, as those of gRPC do. Such a
/// response is a success at once, unless the call lasts
/// [`until_end_of_body`](CircuitBreakerLayer::until_end_of_body): then the trailers decide, and a
/// body that fails is a failure.
pub struct TowerHttp07<C, Kind = OfError> {
    classifier: C,
    kind: PhantomData<fn() -> Kind>,
}

impl<C> TowerHttp07<C> {
    /// Judges calls by this classification.
    pub const fn new(classifier: C) -> Self {
        Self { classifier, kind: PhantomData }
    }
}

impl<C: ClassifyResponse + Clone, Kind> TowerHttp07<C, Kind>
where
    C::FailureClass: fmt::Display,
{
    /// The outcome, or what decides it at the end of the body.
    fn judge<B>(&self, response: &Response<B>) -> Result<Outcome, C::ClassifyEos> {
        match self.classifier.clone().classify_response(response) {
            ClassifiedResponse::Ready(result) => {
                Ok(unless_rejected(outcome(result), response.extensions()))
            }
            ClassifiedResponse::RequiresEos(end) => Err(end),
        }
    }
}

fn outcome<Class: fmt::Display>(result: Result<(), Class>) -> Outcome {
    match result {
        Ok(()) => Outcome::Success,
        Err(class) => Outcome::failure(class.to_string()),
    }
}

impl<C, Kind, Body, Error> Classify<Response<Body>, Error> for TowerHttp07<C, Kind>
where
    C: ClassifyResponse + Clone,
    C::FailureClass: fmt::Display,
    Error: FailureReason<Kind>,
{
    fn classify(&self, result: Result<&Response<Body>, &Error>) -> Outcome {
        match result {
            Ok(response) => self.judge(response).unwrap_or(Outcome::Success),
            Err(error) => of_error(error),
        }
    }

    fn record(&self, permit: Permit, result: Result<&Response<Body>, &Error>) {
        rejected::record(self, permit, result);
    }
}

impl<C, Kind, B, Error> End<Response<B>, Error> for AtEndOfBody<TowerHttp07<C, Kind>>
where
    C: ClassifyResponse + Clone,
    C::FailureClass: fmt::Display,
    B: Body,
    Error: FailureReason<Kind>,
{
    type Response = Response<JudgedBody<B, EndOfStream<C::ClassifyEos>>>;

    fn end(
        &self,
        mut permit: Permit,
        result: Result<Response<B>, Error>,
    ) -> Result<Self::Response, Error> {
        let response = match result {
            Ok(response) => response,
            Err(error) => {
                permit.record_error(&error);
                return Err(error);
            }
        };
        let (permit, end) = match permit.run_under(|| self.0.judge(&response)) {
            Ok(Outcome::Success) if !has_no_content(response.status()) => (Some(permit), None),
            Ok(outcome) => {
                record_head(permit, outcome, response.extensions());
                (None, None)
            }
            Err(end) => (Some(permit), Some(end)),
        };
        Ok(JudgedBody::in_response(response, permit, EndOfStream(end)))
    }

    fn wrap(&self, response: Response<B>) -> Self::Response {
        JudgedBody::in_response(response, None, EndOfStream(None))
    }
}

/// What decides at the end of one body; `None` if every end without an error is a success.
#[derive(Debug)]
pub struct EndOfStream<Eos>(Option<Eos>);

impl<Eos: ClassifyEos> ClassifyEnd for EndOfStream<Eos>
where
    Eos::FailureClass: fmt::Display,
{
    fn classify_end(&mut self, trailers: Option<&HeaderMap>) -> Outcome {
        self.0.take().map_or(Outcome::Success, |end| outcome(end.classify_eos(trailers)))
    }

    fn ends_with_data(&self) -> bool {
        self.0.is_none()
    }
}

impl<S, R, T, C, Kind> CircuitBreakerLayer<S, AtResponse<TowerHttp07<C, Kind>>, R, T> {
    /// Ends a call with the end of the body of its response, as the classification of `tower-http`
    /// judges the end of a stream. A probe keeps its place until then.
    pub fn until_end_of_body(
        self,
    ) -> CircuitBreakerLayer<S, AtEndOfBody<TowerHttp07<C, Kind>>, R, T> {
        self.map_end(|AtResponse(classify)| AtEndOfBody(classify))
    }
}

impl<C> ForBoxes for TowerHttp07<C> {
    type Boxed = TowerHttp07<C, OfBox>;

    fn for_boxes(self) -> Self::Boxed {
        TowerHttp07 { classifier: self.classifier, kind: PhantomData }
    }
}

impl<C: Clone, Kind> Clone for TowerHttp07<C, Kind> {
    fn clone(&self) -> Self {
        Self { classifier: self.classifier.clone(), kind: PhantomData }
    }
}

impl<C: fmt::Debug, Kind> fmt::Debug for TowerHttp07<C, Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TowerHttp07").field(&self.classifier).finish()
    }
}
