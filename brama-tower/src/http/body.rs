//! A body whose end is the end of a call.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use brama_runtime::api::{Outcome, Permit};
use http::{HeaderMap, Response};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::{classify_end::ClassifyEnd, unread::Unread};

pin_project! {
    /// The body of a response under the permit of its call.
    ///
    /// If it is dropped before its end, the call is abandoned.
    pub struct JudgedBody<B, C> {
        // Declared before the permit, so that it is dropped before its call ends.
        #[pin]
        body: B,
        slow_until: SlowUntil,
        // `None` once the outcome was recorded.
        permit: Option<Permit>,
        classify: C,
        unread: Unread,
    }
}

/// Which part of a body belongs to the duration of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SlowUntil {
    FirstFrame,
    End,
}

impl<B: Body, C: ClassifyEnd> JudgedBody<B, C> {
    /// Puts the body of a response under the permit of its call; `None` if the call has ended.
    pub(super) fn in_response(
        response: Response<B>,
        permit: Option<Permit>,
        classify: C,
    ) -> Response<Self> {
        let (head, body) = response.into_parts();
        let unread = Unread::of(&body, &head.headers);
        let mut body = Self { body, slow_until: SlowUntil::End, permit, classify, unread };
        // A body that has ended already may never be polled.
        if body.body.is_end_stream() || unread.is_nothing() && body.classify.ends_with_data() {
            finish(&mut body.permit, &mut body.classify, None);
        }
        Response::from_parts(head, body)
    }
}

impl<B, C> JudgedBody<B, C> {
    /// Ends the duration of the call with the first frame.
    pub(super) fn slow_until_first_frame(self) -> Self {
        Self { slow_until: SlowUntil::FirstFrame, ..self }
    }
}

/// Ends the call with what the end of its body counts as, unless it has ended.
fn finish(
    permit: &mut Option<Permit>,
    classify: &mut impl ClassifyEnd,
    trailers: Option<&HeaderMap>,
) {
    if let Some(mut permit) = permit.take() {
        let outcome = permit.run_under(|| classify.classify_end(trailers));
        permit.record(outcome);
    }
}

impl<B, C> JudgedBody<B, C>
where
    B: Body,
    B::Error: fmt::Display,
    C: ClassifyEnd,
{
    /// Ends the call if this frame, an error or the end of the body does.
    fn judge(self: Pin<&mut Self>, frame: Option<&Result<Frame<B::Data>, B::Error>>) {
        let this = self.project();
        let Some(permit) = this.permit else { return };
        if *this.slow_until == SlowUntil::FirstFrame {
            permit.stop_timing();
        }
        match frame {
            Some(Ok(frame)) => {
                let trailers = frame.trailers_ref();
                this.unread.subtract(frame.data_ref());
                // A reader may stop at the last frame, and a server at the last byte.
                let is_last = this.unread.is_nothing() && this.classify.ends_with_data();
                let is_end = permit.run_under(|| this.body.is_end_stream());
                if is_last || trailers.is_some() || is_end {
                    finish(this.permit, this.classify, trailers);
                }
            }
            Some(Err(error)) => {
                let reason = permit.run_under(|| error.to_string());
                record(this.permit, Outcome::failure(reason));
            }
            None => finish(this.permit, this.classify, None),
        }
    }
}

fn record(permit: &mut Option<Permit>, outcome: Outcome) {
    if let Some(permit) = permit.take() {
        permit.record(outcome);
    }
}

impl<B, C> Body for JudgedBody<B, C>
where
    B: Body,
    B::Error: fmt::Display,
    C: ClassifyEnd,
{
    type Data = B::Data;
    type Error = B::Error;

    /// # Panics
    ///
    /// Panics if the body within or the classification panics, which is recorded as a failure.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.as_mut().project();
        let frame = match this.permit {
            Some(permit) => ready!(permit.run_under(|| this.body.poll_frame(context))),
            None => return this.body.poll_frame(context),
        };
        self.judge(frame.as_ref());
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B: fmt::Debug, C> fmt::Debug for JudgedBody<B, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JudgedBody")
            .field("body", &self.body)
            .field("permit", &self.permit)
            .finish_non_exhaustive()
    }
}
