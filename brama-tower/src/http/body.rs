//! A body whose end is the end of a call.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use brama_runtime::api::{Outcome, Permit};
use bytes::Buf;
use http::{HeaderMap, Response, header::CONTENT_LENGTH};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::classify_end::ClassifyEnd;

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
        // The number of bytes to come; `None` if it is not known.
        left: Option<u64>,
    }
}

impl<B: Body, C: JudgeEnd> JudgedBody<B, C> {
    /// Puts the body of a response under the permit of its call; `None` if the call has ended.
    pub(super) fn in_response(
        response: Response<B>,
        permit: Option<Permit>,
        classify: C,
    ) -> Response<Self> {
        let (head, body) = response.into_parts();
        let body = Self::new(body, permit, classify).with_length_of(&head.headers);
        Response::from_parts(head, body)
    }

    /// A body that has ended already may never be polled.
    fn new(body: B, permit: Option<Permit>, classify: C) -> Self {
        let left = body.size_hint().exact();
        let mut this = Self { body, slow_until: SlowUntil::End, permit, classify, left };
        if this.body.is_end_stream() || this.has_all_data() {
            finish(&mut this.permit, &mut this.classify, None);
        }
        this
    }

    /// Expects the bytes that `Content-Length` states, unless the body itself knows its length.
    fn with_length_of(mut self, headers: &HeaderMap) -> Self {
        let length = || headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok();
        self.left = self.left.or_else(length);
        if self.has_all_data() {
            finish(&mut self.permit, &mut self.classify, None);
        }
        self
    }

    fn has_all_data(&self) -> bool {
        self.left == Some(0) && self.classify.ends_with_data()
    }
}

/// Which part of a body belongs to the duration of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SlowUntil {
    FirstFrame,
    End,
}

impl<B, C> JudgedBody<B, C> {
    /// Ends the duration of the call with the first frame.
    pub(super) fn slow_until_first_frame(self) -> Self {
        Self { slow_until: SlowUntil::FirstFrame, ..self }
    }
}

/// Decides once what the end of one body counts as.
pub trait JudgeEnd {
    #[doc(hidden)]
    fn judge_end(&mut self, trailers: Option<&HeaderMap>) -> Outcome;

    #[doc(hidden)]
    fn ends_with_data(&self) -> bool;
}

impl<C: ClassifyEnd> JudgeEnd for C {
    fn judge_end(&mut self, trailers: Option<&HeaderMap>) -> Outcome {
        self.classify_end(trailers)
    }

    fn ends_with_data(&self) -> bool {
        ClassifyEnd::ends_with_data(self)
    }
}

fn finish(permit: &mut Option<Permit>, end: &mut impl JudgeEnd, trailers: Option<&HeaderMap>) {
    if let Some(mut permit) = permit.take() {
        let outcome = permit.run_under(|| end.judge_end(trailers));
        permit.record(outcome);
    }
}

/// Counts the bytes of a frame; returns whether they were the last ones.
fn is_last(left: &mut Option<u64>, data: Option<&impl Buf>) -> bool {
    let bytes = data.map_or(0, |data| data.remaining() as u64);
    *left = left.map(|left| left.saturating_sub(bytes));
    *left == Some(0)
}

impl<B, C> Body for JudgedBody<B, C>
where
    B: Body,
    B::Error: fmt::Display,
    C: JudgeEnd,
{
    type Data = B::Data;
    type Error = B::Error;

    /// # Panics
    ///
    /// Panics if the body within panics. The panic is recorded as a failure.
    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let frame = match this.permit {
            Some(permit) => ready!(permit.run_under(|| this.body.as_mut().poll_frame(context))),
            None => return this.body.poll_frame(context),
        };
        if let (SlowUntil::FirstFrame, Some(permit)) = (*this.slow_until, this.permit.as_mut()) {
            permit.stop_timing();
        }
        match &frame {
            Some(Ok(frame)) => {
                let trailers = frame.trailers_ref();
                // A reader may stop at the last frame, and a server at the last byte.
                let is_last =
                    is_last(this.left, frame.data_ref()) && this.classify.ends_with_data();
                let body = this.body.as_mut();
                let is_end = |permit: &mut Permit| permit.run_under(|| body.is_end_stream());
                if is_last || trailers.is_some() || this.permit.as_mut().is_some_and(is_end) {
                    finish(this.permit, this.classify, trailers);
                }
            }
            Some(Err(error)) => {
                if let Some(mut permit) = this.permit.take() {
                    let reason = permit.run_under(|| error.to_string());
                    permit.record(Outcome::failure(reason));
                }
            }
            None => finish(this.permit, this.classify, None),
        }
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
