//! The stream that a decorated function returns.

#[cfg(not(feature = "tokio"))]
use std::convert::Infallible;
use std::{
    fmt,
    marker::PhantomData,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use pin_project_lite::pin_project;

#[cfg(feature = "tokio")]
use crate::timed_out::TimedOut;
use crate::{
    breaker::{JudgedAt, RawPermit, SlotRef, StreamCall},
    outcome::Judgement,
};

/// The error of a call that took too long.
#[cfg(feature = "tokio")]
pub type LateCall = TimedOut;

/// The error of a call that took too long: without the feature `tokio`, there is no such call.
#[cfg(not(feature = "tokio"))]
pub type LateCall = Infallible;

/// Puts the call of a stream around it. `admit` is called at the first poll.
pub fn protect_stream<B, A, S, J, L>(body: B, admit: A) -> ProtectedStream<B, A, S, J, L>
where
    B: Stream,
    A: FnOnce(ItemsOf<B>) -> Result<AdmittedStream<S, J, L>, B::Item>,
    S: SlotRef,
    J: FnMut(&B::Item, &Option<LateCall>) -> Judgement,
    L: StreamLimit<B::Item>,
{
    ProtectedStream { body: Some(body), limit: None, stage: StreamStage::Unpolled(admit) }
}

/// The items of a stream. It gives rustc their type for the closure of the verdict.
pub struct ItemsOf<B>(PhantomData<fn() -> B>);

impl<B: Stream> ItemsOf<B> {
    /// An admitted call, whose items `judge` judges.
    pub fn judged<S, J>(
        self,
        permit: RawPermit<S>,
        judged_at: JudgedAt,
        judge: J,
    ) -> AdmittedStream<S, J, NoStreamLimit>
    where
        S: SlotRef,
        J: FnMut(&B::Item, &Option<LateCall>) -> Judgement,
    {
        AdmittedStream { call: StreamCall::new(permit, judged_at), judge, limit: None }
    }
}

/// An admitted call, with its verdict and its limit.
pub struct AdmittedStream<S: SlotRef, J, L> {
    pub(super) call: StreamCall<S>,
    pub(super) judge: J,
    pub(super) limit: Option<L>,
}

/// How long a call may wait for its first item.
pub trait StreamLimit<Item> {
    /// Waits until the call has taken too long.
    fn poll_late(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<LateCall>;

    /// What the caller gets then.
    fn answer(self: Pin<&mut Self>, late: &LateCall) -> Option<Item>;
}

/// The call may take as long as it wants.
#[derive(Debug)]
pub enum NoStreamLimit {}

impl<Item> StreamLimit<Item> for NoStreamLimit {
    fn poll_late(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<LateCall> {
        match *self {}
    }

    fn answer(self: Pin<&mut Self>, _: &LateCall) -> Option<Item> {
        match *self {}
    }
}

pin_project! {
    /// A stream under the permit of its call, until the call is judged.
    ///
    /// # Cancellation
    ///
    /// If it is dropped before the call is judged, the body is dropped and then the call is
    /// abandoned.
    #[must_use = "streams do nothing unless polled"]
    pub struct ProtectedStream<B, A, S: SlotRef, J, L> {
        // `None` once the stream has ended.
        #[pin]
        body: Option<B>,
        // `None` once there was an item.
        #[pin]
        limit: Option<L>,
        stage: StreamStage<A, (StreamCall<S>, J)>,
    }
}

enum StreamStage<A, C> {
    Unpolled(A),
    /// `None` once the call is judged.
    Admitted(Option<C>),
    /// The call was rejected, or its admission panicked.
    Over,
}

impl<B, A, S, J, L> Stream for ProtectedStream<B, A, S, J, L>
where
    B: Stream,
    A: FnOnce(ItemsOf<B>) -> Result<AdmittedStream<S, J, L>, B::Item>,
    S: SlotRef,
    J: FnMut(&B::Item, &Option<LateCall>) -> Judgement,
    L: StreamLimit<B::Item>,
{
    type Item = B::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<B::Item>> {
        match self.stage {
            StreamStage::Admitted(_) => {}
            StreamStage::Over => return Poll::Ready(None),
            StreamStage::Unpolled(_) => {
                if let Some(answer) = self.as_mut().admit() {
                    return Poll::Ready(Some(answer));
                }
            }
        }
        self.poll_admitted(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let Some(body) = &self.body else { return (0, Some(0)) };
        let (least, most) = body.size_hint();
        let is_undecided = match self.stage {
            StreamStage::Unpolled(_) => true,
            StreamStage::Admitted(_) => self.limit.is_some(),
            StreamStage::Over => return (0, Some(0)),
        };
        if is_undecided {
            // A rejected or late call has one item.
            (least.min(1), most.map(|most| most.max(1)))
        } else {
            (least, most)
        }
    }
}

impl<B, A, S, J, L> ProtectedStream<B, A, S, J, L>
where
    B: Stream,
    A: FnOnce(ItemsOf<B>) -> Result<AdmittedStream<S, J, L>, B::Item>,
    S: SlotRef,
    J: FnMut(&B::Item, &Option<LateCall>) -> Judgement,
    L: StreamLimit<B::Item>,
{
    /// Admits the call, or returns the item of a rejected one.
    fn admit(self: Pin<&mut Self>) -> Option<B::Item> {
        let mut this = self.project();
        // If a handler panics, the stage shows that the body must not be polled.
        let StreamStage::Unpolled(admit) = mem::replace(this.stage, StreamStage::Over) else {
            return None;
        };
        match admit(ItemsOf(PhantomData)) {
            Ok(AdmittedStream { call, judge, limit }) => {
                *this.stage = StreamStage::Admitted(Some((call, judge)));
                this.limit.set(limit);
                None
            }
            Err(answer) => {
                this.body.set(None);
                Some(answer)
            }
        }
    }

    fn poll_admitted(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<B::Item>> {
        let mut this = self.as_mut().project();
        let (Some(body), StreamStage::Admitted(call)) =
            (this.body.as_mut().as_pin_mut(), this.stage)
        else {
            return Poll::Ready(None);
        };
        let judge = |judge: &mut J, item: &B::Item| judge(item, &None);
        let Poll::Ready(item) = StreamCall::poll_next(call, body, context, judge) else {
            return self.poll_late(context);
        };
        if this.limit.is_some() {
            this.limit.set(None);
        }
        if item.is_none() {
            this.body.set(None);
        }
        Poll::Ready(item)
    }

    /// Ends the call if its first item is late. The body is dropped before the failure is recorded.
    fn poll_late(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<B::Item>> {
        let mut this = self.project();
        let StreamStage::Admitted(call @ Some(_)) = this.stage else {
            // A panic has decided the call, which no longer has a limit.
            this.limit.set(None);
            return Poll::Pending;
        };
        let Some(mut limit) = this.limit.as_mut().as_pin_mut() else { return Poll::Pending };
        let Poll::Ready(late) = limit.as_mut().poll_late(context) else { return Poll::Pending };
        let Some((mut call, mut judge)) = call.take() else { return Poll::Pending };
        call.run_under(|| this.body.set(None));
        let answer = call.run_under(|| limit.answer(&late));
        this.limit.set(None);
        if let Some(answer) = &answer {
            let judgement = call.run_under(|| judge(answer, &Some(late)));
            call.record(judgement);
        }
        Poll::Ready(answer)
    }
}

/// Evaluates the value for a rejected caller, which a `return` or `?` in it may leave.
#[cold]
pub fn answer<R>(value: impl FnOnce() -> R) -> R {
    value()
}

impl<B> fmt::Debug for ItemsOf<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ItemsOf")
    }
}

impl<S: SlotRef, J, L> fmt::Debug for AdmittedStream<S, J, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdmittedStream")
    }
}

impl<B, A, S: SlotRef, J, L> fmt::Debug for ProtectedStream<B, A, S, J, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProtectedStream")
    }
}
