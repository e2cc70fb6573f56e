//! The timeout of a call: ends one that takes too long, on the clock of tokio.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use pin_project_lite::pin_project;
use tokio::time::{Timeout, timeout};

use super::{
    held::HeldBreaker,
    marker::{Every, Never, Nothing},
};
use crate::{
    breaker::{FoundSlot, RawPermit, SlotRef},
    outcome::Judgement,
    timed_out::TimedOut,
};

/// Cancels one call.
///
/// It holds the error that the call may end with, since a permit need not know its breaker.
#[derive(Debug)]
pub struct CallTimer(pub(super) TimedOut);

impl CallTimer {
    /// A timer for a call of the breaker `found`, which may have a limit of its own configured.
    /// `limit` is that of the attribute.
    pub fn new<S: FoundSlot + Clone>(found: &S, limit: Duration) -> Self {
        let limit = found.time_limit(limit).unwrap_or(Duration::MAX);
        Self(TimedOut::new(found.clone().into_shared(), limit))
    }

    /// A timer for a call of a breaker that a layer has found.
    #[must_use]
    pub fn of_breaker(breaker: &HeldBreaker, limit: Duration) -> Self {
        Self::new(breaker.slot(), limit)
    }

    /// Starts the time of `body`.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with time enabled. `body` has not started then.
    #[track_caller]
    pub fn limit<F: Future>(self, body: F) -> TimeoutFuture<F> {
        TimeoutFuture { body: Some(timeout(self.0.limit(), body)), timed_out: self.0 }
    }
}

pin_project! {
    /// A future that ends when its body does, or when the timeout has passed.
    ///
    /// The body is polled first: if it is ready, its output counts, however late the poll.
    /// Otherwise the body is dropped before the error is returned.
    #[must_use = "futures do nothing unless polled"]
    pub struct TimeoutFuture<F> {
        #[pin]
        body: Option<Timeout<F>>,
        timed_out: TimedOut,
    }
}

impl<F: Future> Future for TimeoutFuture<F> {
    type Output = Result<F::Output, TimedOut>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(body) = this.body.as_mut().as_pin_mut() else { return Poll::Pending };
        let output = ready!(body.poll(context));
        Poll::Ready(output.map_err(|_| {
            this.body.set(None);
            this.timed_out.clone()
        }))
    }
}

impl<F> fmt::Debug for TimeoutFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeoutFuture").field("timed_out", &self.timed_out).finish_non_exhaustive()
    }
}

/// Records the failure of a call that took too long.
#[cold]
pub fn record_timeout<S: SlotRef>(permit: RawPermit<S>, timed_out: &TimedOut) {
    drop(permit.guard_panics().judge(timed_out.outcome()));
}

/// Records a call that a breaker below has rejected, and whose answer took too long.
#[cold]
pub fn record_rejection<S: SlotRef>(permit: RawPermit<S>) {
    drop(permit.guard_panics().judge(Judgement::InnerRejection));
}

/// A return type with a value for a call that timed out: `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value for a call that timed out",
    label = "what should this function return when a call takes too long?",
    note = "add `on_timeout = |timed_out| <value>` to `#[circuit_breaker]`"
)]
pub trait TimeoutOutput<T, E> {
    /// The value for a call that took too long.
    fn from_result(late: Result<T, E>) -> Self;
}

// The error has no bound here, as in `OpenOutput`.
#[diagnostic::do_not_recommend]
impl<T, E> TimeoutOutput<T, E> for Result<T, E> {
    #[inline]
    fn from_result(late: Self) -> Self {
        late
    }
}

/// An error that can be converted from [`TimedOut`].
#[diagnostic::on_unimplemented(
    message = "the trait bound `{Self}: From<brama::TimedOut>` is not satisfied",
    label = "write `impl From<brama::TimedOut> for {Self}`",
    note = "when a call exceeds its `timeout`, this function returns a `brama::TimedOut` converted \
            into `{Self}`",
    note = "or add `on_timeout = |timed_out| <value>` to `#[circuit_breaker]` (the only way if \
            `{Self}` is a type of another crate)",
    note = "if `{Self}` is generic, add the bound `{Self}: From<brama::TimedOut>` instead"
)]
pub trait FromTimedOut<Marker>: Sized {
    /// The result of a call that took too long.
    ///
    /// # Errors
    ///
    /// Always: `timed_out`, converted.
    fn late<T>(timed_out: TimedOut) -> Result<T, Self>;
}

#[diagnostic::do_not_recommend]
impl<E: From<TimedOut>> FromTimedOut<Every> for E {
    #[cold]
    fn late<T>(timed_out: TimedOut) -> Result<T, Self> {
        Err(timed_out.into())
    }
}

#[diagnostic::do_not_recommend]
impl<E: From<TimedOut> + Never> FromTimedOut<Nothing> for E {
    fn late<T>(timed_out: TimedOut) -> Result<T, Self> {
        Err(timed_out.into())
    }
}

/// [`FromTimedOut`] for an error that looks generic: rustc suggests its bound.
#[diagnostic::on_unimplemented(
    message = "the trait bound `{Self}: From<brama::TimedOut>` is not satisfied",
    label = "write `impl From<brama::TimedOut> for {Self}`, or add this bound if it is generic",
    note = "when a call exceeds its `timeout`, this function returns a `brama::TimedOut` converted \
            into `{Self}`",
    note = "or add `on_timeout = |timed_out| <value>` to `#[circuit_breaker]`"
)]
pub trait GenericFromTimedOut: Sized {
    /// The result of a call that took too long.
    ///
    /// # Errors
    ///
    /// Always: `timed_out`, converted.
    fn late<T>(timed_out: TimedOut) -> Result<T, Self>;
}

impl<E: From<TimedOut>> GenericFromTimedOut for E {
    #[cold]
    fn late<T>(timed_out: TimedOut) -> Result<T, Self> {
        Err(timed_out.into())
    }
}

/// Calls the attribute's `on_timeout`.
///
/// The plain closure bound lets rustc infer the types of a closure's parameters.
#[cold]
pub fn answer_timeout<R>(on_timeout: impl FnOnce(TimedOut) -> R, timed_out: TimedOut) -> R {
    on_timeout(timed_out)
}
