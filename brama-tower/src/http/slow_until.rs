//! Calls that end with the body of their response, and whose duration ends before.

use brama_runtime::api::Permit;
use http::Response;
use http_body::Body;

use super::{body::JudgedBody, classify_end::ClassifyEnd, end_of_body::AtEndOfBody};
use crate::{
    classify::Classify,
    end::{End, sealed::SealedEnd},
    layer::CircuitBreakerLayer,
};

/// A call that ends with the body of its response, and lasts until the first frame of it.
#[derive(Debug, Clone, Copy)]
pub struct SlowUntilFirstFrame<E>(E);

impl<E> SealedEnd for SlowUntilFirstFrame<E> {}

impl<C, B, Error> End<Response<B>, Error> for SlowUntilFirstFrame<AtEndOfBody<C>>
where
    C: Classify<Response<B>, Error> + ClassifyEnd + Clone,
    B: Body,
{
    type Response = Response<JudgedBody<B, C>>;

    fn end(
        &self,
        permit: Permit,
        result: Result<Response<B>, Error>,
    ) -> Result<Self::Response, Error> {
        let response = self.0.end(permit, result)?;
        Ok(response.map(JudgedBody::slow_until_first_frame))
    }

    fn lift(&self, response: Response<B>) -> Self::Response {
        self.0.lift(response)
    }
}

impl<S, R, C> CircuitBreakerLayer<S, AtEndOfBody<C>, R> {
    /// Ends the duration of a call with the first frame of its body: a download or a subscription
    /// is slow if it begins late, and not because it is long. Write it after the other methods.
    pub fn slow_until_first_frame(
        self,
    ) -> CircuitBreakerLayer<S, SlowUntilFirstFrame<AtEndOfBody<C>>, R> {
        self.map_end(SlowUntilFirstFrame)
    }
}
