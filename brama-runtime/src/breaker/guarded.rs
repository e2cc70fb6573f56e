//! The future that polls a body under a lease.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use super::permit::{Hold, Lease};

/// A protected future: it answers what the body answers.
///
/// Body and lease are borrowed and stay where the caller has put them, which costs two pointers and
/// saves a layer of types: the compiler computes layouts only so deep, and in a chain of decorated
/// functions every layer counts once a function.
///
/// # Cancellation
///
/// The caller declares the lease before the body: dropped before it is ready, it then drops the
/// body first and abandons the call after it; why it is dropped, a panic elsewhere included, makes
/// no difference. A panic inside the body is recorded as a failure at once.
#[must_use = "futures do nothing unless polled"]
pub struct Guarded<'a, F, S: Hold> {
    body: Pin<&'a mut F>,
    lease: &'a mut Lease<S>,
}

impl<S: Hold> Lease<S> {
    /// The future that runs `body` under this lease.
    #[inline]
    pub const fn guard<'a, F>(&'a mut self, body: Pin<&'a mut F>) -> Guarded<'a, F, S> {
        Guarded { body, lease: self }
    }
}

impl<F: Future, S: Hold> Future for Guarded<'_, F, S> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let polling = Polling(this.lease);
        let poll = this.body.as_mut().poll(context);
        polling.disarm();
        poll
    }
}

/// A lease during one poll: a panic of the body's unwinds through it, and is recorded.
struct Polling<'a, S: Hold>(&'a mut Lease<S>);

impl<S: Hold> Polling<'_, S> {
    #[inline]
    const fn disarm(self) {
        mem::forget(self);
    }
}

impl<S: Hold> Drop for Polling<'_, S> {
    #[inline]
    fn drop(&mut self) {
        self.0.panic();
    }
}

impl<F, S: Hold> fmt::Debug for Guarded<'_, F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("lease", &self.lease).finish_non_exhaustive()
    }
}
