//! Futures of the client, which may panic.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use brama_runtime::api::__private::call_back;

/// Waits for a future of the client. `None` if it panics, as TLS does if a program has no provider
/// of cryptography, or two: the node must outlast that.
pub(crate) async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let mut polled = None;
        call_back("the client of Redis", || polled = Some(future.as_mut().poll(context)));
        match polled {
            Some(Poll::Pending) => Poll::Pending,
            Some(Poll::Ready(done)) => Poll::Ready(Some(done)),
            // It is not polled again.
            None => Poll::Ready(None),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_of_the_client_goes_no_further() {
        assert_eq!(caught(async { 7 }).await, Some(7));
        let panics = async {
            tokio::task::yield_now().await;
            std::panic::resume_unwind(Box::new("no provider"))
        };
        assert_eq!(caught::<()>(panics).await, None);
    }
}
