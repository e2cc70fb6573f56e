//! Results of the decorated functions in these tests, and totals of their breakers.

#![expect(clippy::redundant_pub_crate, reason = "`unreachable_pub` asks for it")]

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use brama::{Registry, Totals};

pub(crate) use self::test_error::{Answer, TestError};

#[path = "../../it/test_error.rs"]
mod test_error;

/// The totals of a breaker of the global registry that are not zero.
///
/// Each admitted call is a success, a failure, ignored or abandoned.
pub(crate) fn recorded(identifier: &str) -> String {
    recorded_in(&brama::registry(), identifier)
}

/// The totals of a breaker of `registry` that are not zero.
pub(crate) fn recorded_in(registry: &Registry, identifier: &str) -> String {
    let Totals { successes, failures, ignored, abandoned, rejected, .. } =
        registry.breaker(identifier).status().totals;
    let all = [
        (successes, "succeeded"),
        (failures, "failed"),
        (ignored, "ignored"),
        (abandoned, "abandoned"),
        (rejected, "rejected"),
    ];
    let happened = all.into_iter().filter(|(count, _)| 0 < *count);
    let words: Vec<_> = happened.map(|(count, word)| format!("{count} {word}")).collect();
    words.join(", ")
}

/// Opens a breaker of the global registry.
pub(crate) fn open(identifier: &str) {
    brama::breaker(identifier).force_open("test");
}

/// Yields to other tasks once.
pub(crate) async fn give_way() {
    tokio::task::yield_now().await;
}

/// Polls a future once.
pub(crate) fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future until it is ready. The future must need no wake-up.
pub(crate) fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            break output;
        }
    }
}
