//! A future that runs in a test registry, on whatever thread it is polled.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::registry::TestRegistry;
use crate::registry::Entered;

/// The future of [`TestRegistry::scope`].
///
/// It is `Send` if the future inside is. The registry is entered for each poll, and left when the
/// poll returns or panics. It is entered too while the future inside is dropped, so a call that is
/// abandoned by that, or a destructor that calls a decorated function, belongs to the registry.
#[must_use = "futures do nothing unless polled"]
pub struct ScopedFuture<F> {
    registry: TestRegistry,
    /// `None` once it was dropped.
    future: Option<Pin<Box<F>>>,
}

impl TestRegistry {
    /// Runs a future in this registry, on whatever thread it is polled.
    ///
    /// A guard of [`enter`](Self::enter) affects its own thread alone. Wrap the future of each task
    /// that a multi-threaded runtime runs:
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::testing::TestRegistry;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let registry = TestRegistry::new();
    /// let task = tokio::spawn(registry.scope(async {
    ///     // … call decorated functions here …
    ///     brama::breaker("payment_api").success();
    /// }));
    /// task.await.expect("the task does not panic");
    /// registry.assert_successes("payment_api", 1);
    /// # }
    /// ```
    ///
    /// A task that the future spawns is not in the registry, unless its future is wrapped too.
    pub fn scope<F: Future>(&self, future: F) -> ScopedFuture<F> {
        ScopedFuture { registry: self.clone(), future: Some(Box::pin(future)) }
    }
}

impl<F: Future> Future for ScopedFuture<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let _entered: Entered = this.registry.enter();
        match &mut this.future {
            Some(future) => future.as_mut().poll(context),
            // Only `drop` takes the future.
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for ScopedFuture<F> {
    fn drop(&mut self) {
        let _entered = self.registry.enter();
        drop(self.future.take());
    }
}

impl<F> fmt::Debug for ScopedFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedFuture").field("registry", &self.registry).finish_non_exhaustive()
    }
}
