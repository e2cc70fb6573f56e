//! A future that owns the permit of its call.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use super::permit::Permit;
use crate::outcome::Outcome;

pin_project! {
    /// The future of [`Permit::watch`]: it resolves to the output of the body.
    #[must_use = "futures do nothing unless polled"]
    pub struct WatchedFuture<F, J> {
        // Declared before the permit, so that an abandoned body is dropped before its call ends.
        #[pin]
        body: F,
        // `None` once the output was judged.
        call: Option<(Permit, J)>,
    }
}

impl Permit {
    /// Returns a future that runs `body` under the permit, and lets `judge` decide what its output
    /// means.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// # use std::{pin::pin, task::{Context, Poll, Waker}};
    /// use brama::{Outcome, Registry};
    ///
    /// let breaker = Registry::new().breaker("cache");
    /// let by_presence = |row: &Option<u32>| Outcome::from(row.is_some());
    /// let watched = breaker.try_acquire()?.watch(async { Some(17) }, by_presence);
    /// # let mut context = Context::from_waker(Waker::noop());
    /// # assert_eq!(pin!(watched).poll(&mut context), Poll::Ready(Some(17)));
    /// # Ok::<(), brama::CircuitOpen>(())
    /// ```
    ///
    /// # Panics
    ///
    /// Polling it panics if `body` or `judge` panics. The panic is recorded as a failure.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped before it is ready, the call is abandoned.
    pub const fn watch<F, J>(self, body: F, judge: J) -> WatchedFuture<F, J>
    where
        F: Future,
        J: FnOnce(&F::Output) -> Outcome,
    {
        WatchedFuture { body, call: Some((self, judge)) }
    }
}

impl<F, J> Future for WatchedFuture<F, J>
where
    F: Future,
    J: FnOnce(&F::Output) -> Outcome,
{
    type Output = F::Output;

    /// # Panics
    ///
    /// Panics if the body or the judge panics, as [`Permit::watch`] describes.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let output = match this.call {
            Some((permit, _)) => ready!(permit.poll_under(this.body, context)),
            None => ready!(this.body.poll(context)),
        };
        if let Some((mut permit, judge)) = this.call.take() {
            let outcome = permit.run_under(|| judge(&output));
            permit.record(outcome);
        }
        Poll::Ready(output)
    }
}

impl<F, J> fmt::Debug for WatchedFuture<F, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let permit = self.call.as_ref().map(|(permit, _)| permit);
        f.debug_struct("WatchedFuture").field("permit", &permit).finish_non_exhaustive()
    }
}
