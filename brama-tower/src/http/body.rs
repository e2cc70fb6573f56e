//! A body whose end is the end of a call.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use brama_runtime::api::{
    __private::{record_inner_rejection, watch_rejections},
    Outcome, Permit,
};
use http::{HeaderMap, Response};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::{classify_end::ClassifyEnd, unread::Unread};
use crate::reject::BoxError;

pin_project! {
    /// The body of a response under the permit of its call.
    ///
    /// Its errors are those of the body within, in a box. If it is dropped before its end, the call
    /// is abandoned.
    pub struct JudgedBody<B, C> {
        // Declared before the call, so that it is dropped before its call ends.
        #[pin]
        body: B,
        slow_until: SlowUntil,
        unread: Unread,
        // `None` once the outcome was recorded.
        call: Option<LastingCall<C>>,
    }
}

/// Which part of a body belongs to the duration of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SlowUntil {
    FirstFrame,
    End,
}

/// A call that lasts until the end of its body.
struct LastingCall<C> {
    permit: Permit,
    classify: C,
}

/// What has ended a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EndedBy {
    Service,
    /// A breaker within the service has rejected a call while the end was made. An error of the
    /// body would show it, and trailers have no place for it.
    InnerBreaker,
}

impl<C: ClassifyEnd> LastingCall<C> {
    /// Ends with what the end of the body counts as.
    fn end(self, trailers: Option<&HeaderMap>, by: EndedBy) {
        let Self { mut permit, mut classify } = self;
        let outcome = permit.run_under(|| classify.classify_end(trailers));
        if by == EndedBy::InnerBreaker && matches!(outcome, Outcome::Failure(_)) {
            record_inner_rejection(permit);
        } else {
            permit.record(outcome);
        }
    }
}

impl<B: Body, C: ClassifyEnd> JudgedBody<B, C> {
    /// Puts the body of a response under the permit of its call; `None` if the call has ended.
    pub(super) fn in_response(
        response: Response<B>,
        permit: Option<Permit>,
        classify: C,
    ) -> Response<Self> {
        let (head, body) = response.into_parts();
        let call = permit.map(|permit| LastingCall { permit, classify });
        let body = Self { call, ..Self::without_call(body) }.begin(&head.headers);
        Response::from_parts(head, body)
    }

    /// Ends the call of a body that has ended already, which may never be polled.
    fn begin(mut self, headers: &HeaderMap) -> Self {
        let Some(LastingCall { permit, classify }) = &mut self.call else { return self };
        let (body, unread) = (&self.body, &mut self.unread);
        let has_ended = permit.run_under(|| {
            *unread = Unread::of(body, headers);
            body.is_end_stream() || unread.is_nothing() && classify.ends_with_data()
        });
        if let Some(call) = self.call.take_if(|_| has_ended) {
            call.end(None, EndedBy::Service);
        }
        self
    }

    /// Ends the call if this frame, an error or the end of the body does.
    fn judge(self: Pin<&mut Self>, frame: Option<Result<&Frame<B::Data>, &BoxError>>, by: EndedBy) {
        let this = self.project();
        let Some(LastingCall { permit, classify }) = this.call else { return };
        if *this.slow_until == SlowUntil::FirstFrame {
            permit.stop_timing();
        }
        let trailers = frame.and_then(Result::ok).and_then(Frame::trailers_ref);
        let has_ended = match frame {
            Some(Ok(frame)) => permit.run_under(|| {
                this.unread.subtract(frame.data_ref());
                // A reader may stop at the last frame, and a server at the last byte.
                let is_last = this.unread.is_nothing() && classify.ends_with_data();
                is_last || trailers.is_some() || this.body.is_end_stream()
            }),
            Some(Err(_)) | None => true,
        };
        match (this.call.take_if(|_| has_ended), frame) {
            (Some(call), Some(Err(error))) => call.permit.record_error(error),
            (Some(call), Some(Ok(_)) | None) => call.end(trailers, by),
            (None, _) => {}
        }
    }
}

impl<B, C> JudgedBody<B, C> {
    const fn without_call(body: B) -> Self {
        Self { body, slow_until: SlowUntil::End, unread: Unread::unknown(), call: None }
    }

    /// Ends the duration of the call with the first frame.
    pub(super) fn slow_until_first_frame(self) -> Self {
        Self { slow_until: SlowUntil::FirstFrame, ..self }
    }
}

impl<B, C> Body for JudgedBody<B, C>
where
    B: Body<Error: Into<BoxError>>,
    C: ClassifyEnd,
{
    type Data = B::Data;
    type Error = BoxError;

    /// # Panics
    ///
    /// Panics if the body within or the classification panics, which is recorded as a failure.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, BoxError>>> {
        let this = self.as_mut().project();
        let poll = || this.body.poll_frame(context).map_err(Into::into);
        let Some(LastingCall { permit, .. }) = this.call else { return poll() };
        let (frame, has_rejected) = watch_rejections(|| permit.run_under(poll));
        let frame = ready!(frame);
        let by = if has_rejected { EndedBy::InnerBreaker } else { EndedBy::Service };
        self.judge(frame.as_ref().map(Result::as_ref), by);
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A body without a call, for code that answers with an empty response.
impl<B: Default, C> Default for JudgedBody<B, C> {
    fn default() -> Self {
        Self::without_call(B::default())
    }
}

impl<B: fmt::Debug, C> fmt::Debug for JudgedBody<B, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JudgedBody")
            .field("body", &self.body)
            .field("permit", &self.call.as_ref().map(|call| &call.permit))
            .finish_non_exhaustive()
    }
}
