//! The span of a stream's call, for the attribute's option `span`.

use std::{
    fmt, mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use pin_project_lite::pin_project;
use tracing::Span;

use super::span::{CallSpan, enter};
use crate::{breaker::FoundSlot, sys::panic::catch_panic};

/// The span `brama.call` of a stream. It is created at the first poll, like the span of a future.
#[derive(Debug)]
pub struct StreamSpan<S>(S);

impl<S: FoundSlot + Clone> StreamSpan<S> {
    /// The span of a call of the breaker `found`.
    pub fn new(found: &S) -> Self {
        Self(found.clone())
    }

    /// Runs `stream` in the span: it is entered for each poll, and while the stream is dropped.
    pub fn contain<B: Stream>(self, stream: B) -> SpannedStream<B, S> {
        SpannedStream { stream: Some(stream), span: None, found: self.0 }
    }
}

pin_project! {
    /// A stream in the span of its call.
    ///
    /// # Cancellation
    ///
    /// If the stream is dropped, it is dropped in the span, so that the span shows that the call
    /// was abandoned.
    #[must_use = "streams do nothing unless polled"]
    pub struct SpannedStream<B, S> {
        // `None` once the stream has ended.
        #[pin]
        stream: Option<B>,
        // `None` until the first poll.
        span: Option<CallSpan>,
        found: S,
    }

    impl<B, S> PinnedDrop for SpannedStream<B, S> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let Some(CallSpan { span, breaker }) = this.span else { return };
            if this.stream.is_some() {
                let _entered = enter(span, *breaker);
                this.stream.set(None);
            }
            let span = mem::replace(span, Span::none());
            let _ = catch_panic(|| drop(span));
        }
    }
}

impl<B: Stream, S: FoundSlot> Stream for SpannedStream<B, S> {
    type Item = B::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<B::Item>> {
        let mut this = self.project();
        let Some(stream) = this.stream.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let CallSpan { span, breaker } = this.span.get_or_insert_with(|| CallSpan::new(this.found));
        let _entered = enter(span, *breaker);
        let item = ready!(stream.poll_next(context));
        if item.is_none() {
            this.stream.set(None);
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.as_ref().map_or((0, Some(0)), B::size_hint)
    }
}

impl<B, S> fmt::Debug for SpannedStream<B, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpannedStream").field("span", &self.span).finish_non_exhaustive()
    }
}
