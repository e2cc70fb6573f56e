//! The future that owns a permit.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use super::permit::{Hold, Lease, Watch};

pin_project! {
    /// A protected future: it answers with what the body answered, and the lease to judge it by.
    ///
    /// # Cancellation
    ///
    /// Dropped before it is ready, it drops the body first and then abandons the call; why it is
    /// dropped, a panic elsewhere included, makes no difference. A panic inside the body is
    /// recorded as a failure at once.
    #[must_use = "futures do nothing unless polled"]
    pub struct Guarded<F, S: Hold> {
        #[pin]
        body: F,
        lease: Lease<S>,
    }
}

impl<S: Hold> Lease<S> {
    /// The future that runs `body` under this lease.
    #[inline]
    pub const fn guard<F: Future>(self, body: F) -> Guarded<F, S> {
        Guarded { body, lease: self }
    }
}

impl<F: Future, S: Hold> Future for Guarded<F, S> {
    type Output = (F::Output, Lease<S>);

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let watch = Watch(this.lease);
        let poll = this.body.poll(context);
        watch.disarm();
        let answer = ready!(poll);
        Poll::Ready((answer, this.lease.take()))
    }
}

impl<F, S: Hold> fmt::Debug for Guarded<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("lease", &self.lease).finish_non_exhaustive()
    }
}
