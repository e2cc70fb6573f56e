//! The timeout of a call: ends one that takes too long, on the clock of tokio.

use std::{
    error::Error,
    fmt,
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use pin_project_lite::pin_project;
use tokio::time::{Timeout, timeout};

use crate::{
    breaker::{Hold, Lease, Shared},
    circuit::Reason,
    duration::Rounded,
    identity::Identity,
    outcome::Outcome,
};

/// The call did not answer within the attribute's `timeout`: it was dropped, and counts as a failure.
///
/// It says which breaker and which limit. Cloning and passing it on allocates nothing.
#[derive(Clone)]
pub struct TimedOut {
    slot: Shared,
    limit: Duration,
}

impl TimedOut {
    /// The breaker that counted the failure.
    #[must_use]
    pub fn identity(&self) -> &Identity<'static> {
        self.slot.identity()
    }

    /// How long the call might have taken.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        self.limit
    }
}

/// `payment_api did not answer within 5 s`
impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} did not answer within {}", self.identity(), Rounded(self.limit))
    }
}

impl fmt::Debug for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimedOut")
            .field("identity", &self.identity().to_string())
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl Error for TimedOut {}

/// The same breaker and limit.
impl PartialEq for TimedOut {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity() && self.limit == other.limit
    }
}

/// Of the kind `TimedOut`; the error of ours stands inside.
impl From<TimedOut> for io::Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(io::ErrorKind::TimedOut, timed_out)
    }
}

/// Ends a call of one breaker, once.
///
/// It holds the error that it may end with, since a lease need not know its breaker.
#[derive(Debug)]
pub struct Timer(TimedOut);

impl Timer {
    /// A timer for a call of the breaker that was found.
    pub fn new<S: Hold + Clone>(found: &S, limit: Duration) -> Self {
        Self(TimedOut { slot: found.clone().share(), limit })
    }

    /// Starts the time of `body`.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime whose time is enabled; `body` has not begun then.
    #[track_caller]
    pub fn limit<F: Future>(self, body: F) -> Limited<F> {
        Limited { body: Some(timeout(self.0.limit, body)), timed_out: self.0 }
    }
}

pin_project! {
    /// A future that is ready when its time is over.
    ///
    /// The body has the first word: what is ready by then is answered, however late it was asked.
    /// Else it is dropped before the answer is given, and cannot answer any more.
    #[must_use = "futures do nothing unless polled"]
    pub struct Limited<F> {
        #[pin]
        body: Option<Timeout<F>>,
        timed_out: TimedOut,
    }
}

impl<F: Future> Future for Limited<F> {
    type Output = Result<F::Output, TimedOut>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(body) = this.body.as_mut().as_pin_mut() else { return Poll::Pending };
        let answer = ready!(body.poll(context));
        Poll::Ready(answer.map_err(|_| {
            this.body.set(None);
            this.timed_out.clone()
        }))
    }
}

impl<F> fmt::Debug for Limited<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limited").field("timed_out", &self.timed_out).finish_non_exhaustive()
    }
}

/// Records the failure of a call that took too long.
#[cold]
pub fn record_timeout<S: Hold>(lease: Lease<S>, timed_out: &TimedOut) {
    drop(lease.watch().fail(Outcome::failure(Reason::of(timed_out))));
}

/// A return type that has a value for "the call timed out": a `Result` whose error can be built
/// from [`TimedOut`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value that says the call timed out",
    label = "what should this function return when a call takes too long?",
    note = "add `on_timeout = |timed_out| <value>` to `#[circuit_breaker]`"
)]
pub trait TimeoutOutput: Sized {
    /// The value for a call that took too long.
    fn on_timeout(timed_out: TimedOut) -> Self;
}

// Without `do_not_recommend` here: rustc then goes on to `E` and speaks of the user's error.
impl<T, E: TimeoutError> TimeoutOutput for Result<T, E> {
    #[cold]
    fn on_timeout(timed_out: TimedOut) -> Self {
        Err(E::from_timeout(timed_out))
    }
}

/// An error that can be built from [`TimedOut`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be built from `brama::TimedOut`, which this function returns when a \
               call exceeds its `timeout`",
    label = "needs `impl From<brama::TimedOut> for {Self}`",
    note = "or add `on_timeout = |timed_out| <value>` to `#[circuit_breaker]`"
)]
pub trait TimeoutError: Sized {
    /// The error for a call that took too long.
    fn from_timeout(timed_out: TimedOut) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<TimedOut>> TimeoutError for E {
    fn from_timeout(timed_out: TimedOut) -> Self {
        timed_out.into()
    }
}

/// Asks the attribute's `on_timeout` for its answer.
///
/// A function with a plain closure bound: a closure that names no types is inferred from it.
#[cold]
pub fn answer_timeout<R>(on_timeout: impl FnOnce(TimedOut) -> R, timed_out: TimedOut) -> R {
    on_timeout(timed_out)
}
