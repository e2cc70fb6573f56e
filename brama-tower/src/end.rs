//! When a call ends: with the response, or with the end of its body.

use std::fmt;

use brama_runtime::api::Permit;

use crate::classify::{Classify, ForBoxes};

/// Records the outcome of a call once it is known.
///
/// It is implemented for [`AtResponse`] and, with the feature `http`, for `AtEndOfBody`.
pub trait End<Response, Error>: sealed::SealedEnd {
    /// The response of the service with the breaker.
    type Response;

    #[doc(hidden)]
    fn end(&self, permit: Permit, result: Result<Response, Error>)
    -> Result<Self::Response, Error>;

    /// As [`end`](Self::end), for a permit in its place in a future.
    #[doc(hidden)]
    #[inline]
    fn end_in_place(
        &self,
        place: &mut Option<Permit>,
        result: Result<Response, Error>,
    ) -> Option<Result<Self::Response, Error>> {
        place.take().map(|permit| self.end(permit, result))
    }

    /// Makes the response of the service with the breaker of one that stands for a rejection.
    #[doc(hidden)]
    fn wrap(&self, response: Response) -> Self::Response;
}

pub(crate) mod sealed {
    pub trait SealedEnd {}
}

/// A call ends with its response.
#[derive(Clone, Copy)]
pub struct AtResponse<C>(pub(crate) C);

impl<C> sealed::SealedEnd for AtResponse<C> {}

impl<C: Classify<Response, Error>, Response, Error> End<Response, Error> for AtResponse<C> {
    type Response = Response;

    #[inline]
    fn end(&self, permit: Permit, result: Result<Response, Error>) -> Result<Response, Error> {
        self.0.record(permit, result.as_ref());
        result
    }

    #[inline]
    fn end_in_place(
        &self,
        place: &mut Option<Permit>,
        result: Result<Response, Error>,
    ) -> Option<Result<Response, Error>> {
        self.0.record_in_place(place, result.as_ref());
        Some(result)
    }

    #[inline]
    fn wrap(&self, response: Response) -> Response {
        response
    }
}

impl<C: ForBoxes> ForBoxes for AtResponse<C> {
    type Boxed = AtResponse<C::Boxed>;

    fn for_boxes(self) -> Self::Boxed {
        AtResponse(self.0.for_boxes())
    }
}

impl<C> fmt::Debug for AtResponse<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AtResponse")
    }
}
