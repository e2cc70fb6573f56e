//! Calls whose duration ends before the body of their response.

use brama_runtime::api::Permit;
use http::Response;

use super::{body::JudgedBody, end_of_body::AtEndOfBody};
use crate::{
    classify::ForBoxes,
    end::{End, sealed::SealedEnd},
    layer::CircuitBreakerLayer,
};

/// A call that ends with the body of its response. Its duration ends with the first frame.
#[derive(Debug, Clone, Copy)]
pub struct SlowUntilFirstFrame<E>(E);

impl<E> SealedEnd for SlowUntilFirstFrame<E> {}

impl<E, Answer, Error, B, C> End<Answer, Error> for SlowUntilFirstFrame<E>
where
    E: End<Answer, Error, Response = Response<JudgedBody<B, C>>>,
{
    type Response = E::Response;

    fn end(&self, permit: Permit, result: Result<Answer, Error>) -> Result<Self::Response, Error> {
        let response = self.0.end(permit, result)?;
        Ok(response.map(JudgedBody::slow_until_first_frame))
    }

    fn wrap(&self, response: Answer) -> Self::Response {
        self.0.wrap(response)
    }
}

impl<E: ForBoxes> ForBoxes for SlowUntilFirstFrame<E> {
    type Boxed = SlowUntilFirstFrame<E::Boxed>;

    fn for_boxes(self) -> Self::Boxed {
        SlowUntilFirstFrame(self.0.for_boxes())
    }
}

impl<S, R, T, C> CircuitBreakerLayer<S, AtEndOfBody<C>, R, T> {
    /// Ends the duration of a call with the first frame of its body: a download or a subscription
    /// is slow if it begins late, and not because it is long. Write this method after the presets
    /// and `until_end_of_body`.
    ///
    /// It changes something where durations are measured: with a `slow_call_rate` or `durations`
    /// in the policy.
    pub fn slow_until_first_frame(
        self,
    ) -> CircuitBreakerLayer<S, SlowUntilFirstFrame<AtEndOfBody<C>>, R, T> {
        self.map_end(SlowUntilFirstFrame)
    }
}
