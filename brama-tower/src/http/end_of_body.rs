//! Calls that end with the end of the body of their response.

use brama_runtime::api::{Outcome, Permit};
use http::{Response, StatusCode};
use http_body::Body;

use super::{body::JudgedBody, classify_end::ClassifyEnd, rejected::record_head};
use crate::{
    classify::{Classify, ForBoxes},
    end::{AtResponse, End, sealed::SealedEnd},
    layer::CircuitBreakerLayer,
};

/// A call whose response is a success ends with the end of its body: with the trailers, an error,
/// or abandoned if the body is dropped before its end. Other responses end the call at once, and so
/// do those whose status allows no body: 1xx, 204 and 304.
#[derive(Debug, Clone, Copy)]
pub struct AtEndOfBody<C>(pub(crate) C);

impl<C> SealedEnd for AtEndOfBody<C> {}

impl<C, B, Error> End<Response<B>, Error> for AtEndOfBody<C>
where
    C: Classify<Response<B>, Error> + ClassifyEnd + Clone,
    B: Body,
{
    type Response = Response<JudgedBody<B, C>>;

    fn end(
        &self,
        mut permit: Permit,
        result: Result<Response<B>, Error>,
    ) -> Result<Self::Response, Error> {
        let response = match result {
            Ok(response) => response,
            Err(error) => {
                self.0.record(permit, Err(&error));
                return Err(error);
            }
        };
        let (outcome, is_end) = permit.run_under(|| {
            let is_end = self.0.is_ended_by(response.status(), response.headers());
            (self.0.classify(Ok(&response)), is_end || has_no_content(response.status()))
        });
        let goes_on = outcome == Outcome::Success && !is_end;
        let permit = if goes_on {
            Some(permit)
        } else {
            record_head(permit, outcome, response.extensions());
            None
        };
        Ok(JudgedBody::in_response(response, permit, self.0.clone()))
    }

    fn wrap(&self, response: Response<B>) -> Self::Response {
        JudgedBody::in_response(response, None, self.0.clone())
    }
}

/// Whether a response with this status ends with its headers (RFC 9110, section 6.4.1). A server of
/// HTTP/1 drops the body that a handler gave it, which would abandon the call.
pub(super) fn has_no_content(status: StatusCode) -> bool {
    status.is_informational() || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

impl<C: ForBoxes> ForBoxes for AtEndOfBody<C> {
    type Boxed = AtEndOfBody<C::Boxed>;

    fn for_boxes(self) -> Self::Boxed {
        AtEndOfBody(self.0.for_boxes())
    }
}

impl<S, R, T, C: ClassifyEnd> CircuitBreakerLayer<S, AtResponse<C>, R, T> {
    /// Ends a call with the end of the body of its response: a stream that dies half-way is a
    /// failure, and one that the client drops is abandoned. A probe keeps its place until then.
    ///
    /// At a server, requests with `CONNECT` are abandoned: the server drops the body of a response
    /// to one.
    pub fn until_end_of_body(self) -> CircuitBreakerLayer<S, AtEndOfBody<C>, R, T> {
        self.map_end(|AtResponse(classify)| AtEndOfBody(classify))
    }
}
