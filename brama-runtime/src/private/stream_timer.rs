//! The timeout of a stream: ends a call whose first item takes too long.

use std::{
    fmt,
    future::{Future, Pending, pending},
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use tokio::{
    task::{Unconstrained, unconstrained},
    time::{Timeout, timeout},
};

use super::{
    stream::{AdmittedStream, NoStreamLimit, StreamLimit},
    timeout::CallTimer,
};
use crate::{breaker::SlotRef, outcome::Judgement, timed_out::TimedOut};

pin_project! {
    /// The time that a call has until its first item.
    ///
    /// The timer has no part in tokio's budget of a task: a stream that uses it up at each poll
    /// would otherwise never be late.
    pub struct LimitedStream<F> {
        #[pin]
        timer: Unconstrained<Timeout<Pending<()>>>,
        timed_out: TimedOut,
        answer: Option<F>,
    }
}

impl<S: SlotRef, J> AdmittedStream<S, J, NoStreamLimit> {
    /// Starts the time of the call. `answer` is what the caller gets if it is late.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with time enabled. The body has not been polled then.
    #[track_caller]
    pub fn within<Item, F: FnOnce(TimedOut) -> Item>(
        self,
        timer: CallTimer,
        answer: F,
    ) -> AdmittedStream<S, J, LimitedStream<F>> {
        let CallTimer(timed_out) = timer;
        let timer = unconstrained(timeout(timed_out.limit(), pending()));
        let limit = LimitedStream { timer, timed_out, answer: Some(answer) };
        AdmittedStream { call: self.call, judge: self.judge, limit: Some(limit) }
    }
}

impl<Item, F: FnOnce(TimedOut) -> Item> StreamLimit<Item> for LimitedStream<F> {
    fn poll_late(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<TimedOut> {
        let this = self.project();
        this.timer.poll(context).map(|_| this.timed_out.clone())
    }

    fn answer(self: Pin<&mut Self>, late: &TimedOut) -> Option<Item> {
        self.project().answer.take().map(|answer| answer(late.clone()))
    }
}

/// The judgement on a call that took too long, if no rule of the attribute judges its answer.
#[must_use]
pub fn judge_timeout(timed_out: &TimedOut) -> Judgement {
    timed_out.outcome().into()
}

impl<F> fmt::Debug for LimitedStream<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LimitedStream").field("timed_out", &self.timed_out).finish_non_exhaustive()
    }
}
