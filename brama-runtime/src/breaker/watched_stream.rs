//! A stream that owns the permit of its call.

use std::{
    fmt, mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::{
    permit::Permit,
    raw_permit::{RawPermit, SlotRef},
    slot::SharedSlot,
};
use crate::outcome::{Judgement, Outcome};

pin_project! {
    /// The stream of [`Permit::watch_stream`]: it has the items of the body.
    ///
    /// Once it has ended, it drops the body and stays ended, however often it is polled.
    #[must_use = "streams do nothing unless polled"]
    pub struct WatchedStream<B, J> {
        // Declared before the call, so that an abandoned body is dropped before its call ends.
        #[pin]
        body: Option<B>,
        // `None` once the outcome was recorded.
        call: Option<(StreamCall<SharedSlot>, J)>,
    }
}

impl Permit {
    /// Returns a stream that runs `body` under the permit, and lets `judge` decide what its items
    /// mean.
    ///
    /// An item that is a failure decides the call at once. Otherwise the last item decides when the
    /// stream ends: a success, or ignored. A stream without an item is a success. For a call that
    /// ends with the first item, add [`until_first_item`](WatchedStream::until_first_item).
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// # use futures_core::Stream;
    /// # use std::{pin::{Pin, pin}, task::{Context, Poll, Waker}};
    /// # struct Feed(Vec<Result<u32, &'static str>>);
    /// # impl Stream for Feed {
    /// #     type Item = Result<u32, &'static str>;
    /// #     fn poll_next(mut self: Pin<&mut Self>, _: &mut Context) -> Poll<Option<Self::Item>> {
    /// #         Poll::Ready(self.0.pop())
    /// #     }
    /// # }
    /// use brama::{Registry, outcome};
    ///
    /// # let feed = Feed(vec![Err("reset"), Ok(17)]);
    /// let breaker = Registry::new().breaker("feed");
    /// let mut watched = pin!(breaker.try_acquire()?.watch_stream(feed, outcome::of));
    /// # let mut context = Context::from_waker(Waker::noop());
    /// # while let Poll::Ready(Some(_)) = watched.as_mut().poll_next(&mut context) {}
    /// assert_eq!(breaker.status().totals.failures, 1);   // 17, and then the connection broke
    /// # Ok::<(), brama::CircuitOpen>(())
    /// ```
    ///
    /// # Panics
    ///
    /// Polling it panics if `body` or `judge` panics. The panic is recorded as a failure.
    ///
    /// # Cancellation
    ///
    /// If the stream is dropped before its call was decided, the call is abandoned.
    pub fn watch_stream<B, J>(self, body: B, judge: J) -> WatchedStream<B, J>
    where
        B: Stream,
        J: FnMut(&B::Item) -> Outcome,
    {
        let call = StreamCall::new(self.0, JudgedAt::End);
        WatchedStream { body: Some(body), call: Some((call, judge)) }
    }
}

impl<B, J> WatchedStream<B, J> {
    /// Ends the call with the first item, which decides it whatever it is. What follows is not
    /// watched.
    pub fn until_first_item(self) -> Self {
        self.judged_at(JudgedAt::FirstItem)
    }

    /// Stops the time of the call at the first item: a call is slow if its first item is late, and
    /// not because many follow.
    pub fn slow_until_first_item(self) -> Self {
        self.judged_at(JudgedAt::EndTimedToFirstItem)
    }

    fn judged_at(mut self, judged_at: JudgedAt) -> Self {
        if let Some((call, _)) = &mut self.call {
            call.judged_at = call.judged_at.min(judged_at);
        }
        self
    }
}

impl<B, J> Stream for WatchedStream<B, J>
where
    B: Stream,
    J: FnMut(&B::Item) -> Outcome,
{
    type Item = B::Item;

    /// # Panics
    ///
    /// Panics if the body or the judge panics, as [`Permit::watch_stream`] describes.
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<B::Item>> {
        let mut this = self.project();
        let Some(body) = this.body.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let judge = |judge: &mut J, item: &B::Item| judge(item);
        let item = ready!(StreamCall::poll_next(this.call, body, context, judge));
        if item.is_none() {
            this.body.set(None);
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.body.as_ref().map_or((0, Some(0)), B::size_hint)
    }
}

impl<B, J> FusedStream for WatchedStream<B, J>
where
    B: Stream,
    J: FnMut(&B::Item) -> Outcome,
{
    fn is_terminated(&self) -> bool {
        self.body.is_none()
    }
}

impl<B, J> fmt::Debug for WatchedStream<B, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let permit = self.call.as_ref().map(|(call, _)| &call.permit);
        f.debug_struct("WatchedStream").field("permit", &permit).finish_non_exhaustive()
    }
}

/// When the call of a stream is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JudgedAt {
    /// When it has its first item, or ends without one.
    FirstItem,
    /// As `End`. The time of the call stops at the first item.
    EndTimedToFirstItem,
    /// At an item that is a failure, or else when it ends.
    End,
}

/// The call of a stream until it is judged.
#[derive(Debug)]
pub(crate) struct StreamCall<S: SlotRef> {
    permit: RawPermit<S>,
    judged_at: JudgedAt,
    last: LastItem,
}

/// What the call counts as if the stream ends now.
#[derive(Debug, Clone, Copy)]
enum LastItem {
    /// There was no item, or the last one was a success.
    Success,
    Ignored,
    InnerRejection,
}

impl<S: SlotRef> StreamCall<S> {
    pub(crate) const fn new(permit: RawPermit<S>, judged_at: JudgedAt) -> Self {
        Self { permit, judged_at, last: LastItem::Success }
    }

    /// Polls a stream for its next item. If the item, the end of the stream or a panic decides the
    /// call, this takes the call and records its outcome.
    pub(crate) fn poll_next<B: Stream, J, O: Into<Judgement>>(
        call: &mut Option<(Self, J)>,
        body: Pin<&mut B>,
        context: &mut Context<'_>,
        judge: impl FnOnce(&mut J, &B::Item) -> O,
    ) -> Poll<Option<B::Item>> {
        let polled = Polled(call);
        let item = Self::poll_call(polled.0, body, context, judge);
        polled.disarm();
        item
    }

    fn poll_call<B: Stream, J, O: Into<Judgement>>(
        call: &mut Option<(Self, J)>,
        body: Pin<&mut B>,
        context: &mut Context<'_>,
        judge: impl FnOnce(&mut J, &B::Item) -> O,
    ) -> Poll<Option<B::Item>> {
        let Some((this, judge_of_call)) = call else { return body.poll_next(context) };
        let item = ready!(this.run_under(|| body.poll_next(context)));
        let decided = match &item {
            Some(item) => this.judge_item(|| judge(judge_of_call, item).into()),
            None => Some(this.last.into()),
        };
        if let Some(judgement) = decided
            && let Some((this, _)) = call.take()
        {
            this.record(judgement);
        }
        Poll::Ready(item)
    }

    /// Judges an item. Returns the judgement if it decides the call.
    fn judge_item(&mut self, judge: impl FnOnce() -> Judgement) -> Option<Judgement> {
        if self.judged_at == JudgedAt::EndTimedToFirstItem {
            self.permit.stop_timing();
        }
        let judgement = self.run_under(judge);
        if self.judged_at == JudgedAt::FirstItem {
            return Some(judgement);
        }
        self.last = match judgement {
            Judgement::Outcome(Outcome::Failure(_)) => return Some(judgement),
            Judgement::Outcome(Outcome::Success) => LastItem::Success,
            Judgement::Outcome(Outcome::Ignore) => LastItem::Ignored,
            Judgement::InnerRejection => LastItem::InnerRejection,
        };
        None
    }

    /// Runs a part of the call.
    pub(crate) fn run_under<R>(&mut self, part: impl FnOnce() -> R) -> R {
        self.permit.run_under(part)
    }

    /// Ends the call.
    pub(crate) fn record(self, judgement: impl Into<Judgement>) {
        self.permit.record(judgement);
    }
}

/// The place of a call while its stream is polled. A panic unwinds through it and is recorded,
/// after which no item is judged.
struct Polled<'a, C>(&'a mut Option<C>);

impl<C> Polled<'_, C> {
    #[inline]
    const fn disarm(self) {
        mem::forget(self);
    }
}

impl<C> Drop for Polled<'_, C> {
    fn drop(&mut self) {
        *self.0 = None;
    }
}

impl From<LastItem> for Judgement {
    fn from(last: LastItem) -> Self {
        match last {
            LastItem::Success => Outcome::Success.into(),
            LastItem::Ignored => Outcome::Ignore.into(),
            LastItem::InnerRejection => Self::InnerRejection,
        }
    }
}
