//! Streams whose body, handler or answer panics.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::atomic::{AtomicU64, Ordering},
    task::Poll,
};

use brama::{Outcome, circuit_breaker, testing::TestRegistry};
use futures_util::{Stream, stream};

use crate::streams::{Row, all, next};

#[circuit_breaker(identifier = "panics", stream = "end")]
fn panics(at: u8) -> impl Stream<Item = Row> {
    let mut row = 0;
    stream::poll_fn(move |_| {
        row += 1;
        assert!(row != at, "as planned");
        Poll::Ready(Some(Ok(row)))
    })
}

#[test]
fn a_panic_in_a_poll_is_one_failure() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let polled = catch_unwind(AssertUnwindSafe(|| {
        let mut rows = pin!(panics(2));
        while let Poll::Ready(Some(_)) = next(rows.as_mut()) {}
    }));
    assert!(polled.is_err());
    let status = registry.breaker("panics").status();
    assert_eq!((status.totals.failures, status.totals.abandoned), (1, 0));
    assert_eq!(status.reasons[0].to_string(), "panic");
}

#[circuit_breaker(
    identifier = "judge",
    stream = "end",
    error_handler = |row: &u8| {
        assert!(*row == 0, "row {row}");
        Outcome::Success
    },
    fallback = 0,
)]
fn judged() -> impl Stream<Item = u8> {
    stream::iter([1, 2, 3])
}

/// The stream after the panic of its handler.
fn after_panic() -> Pin<Box<impl Stream<Item = u8>>> {
    let mut rows = Box::pin(judged());
    assert!(catch_unwind(AssertUnwindSafe(|| next(rows.as_mut()).is_ready())).is_err());
    rows
}

#[test]
fn a_handler_that_panics_is_one_failure() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    drop(after_panic());
    let totals = registry.breaker("judge").status().totals;
    assert_eq!((totals.failures, totals.abandoned), (1, 0));
}

#[test]
fn no_item_is_judged_after_a_handler_has_panicked() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    assert_eq!(all(after_panic()), [2, 3]);
    assert_eq!(registry.breaker("judge").status().totals.failures, 1);
}

#[test]
fn no_item_is_judged_after_a_poll_has_panicked() {
    let judged = AtomicU64::new(0);
    let registry = TestRegistry::new();
    let mut row = 0;
    let rows = stream::poll_fn(move |_| {
        row += 1;
        assert!(row != 2, "as planned");
        Poll::Ready((row < 5).then_some(row))
    });
    let permit = registry.breaker("judge").try_acquire().unwrap();
    let mut rows = Box::pin(permit.watch_stream(rows, |_| {
        judged.fetch_add(1, Ordering::Relaxed);
        Outcome::Success
    }));
    assert_eq!(next(rows.as_mut()), Poll::Ready(Some(1)));
    assert!(catch_unwind(AssertUnwindSafe(|| next(rows.as_mut()).is_ready())).is_err());
    assert_eq!(all(rows), [3, 4]);
    assert_eq!(judged.into_inner(), 1);
}

#[test]
fn an_answer_that_panics_ends_the_stream_unpolled() {
    #[circuit_breaker(identifier = "answer", stream = "end", on_open = |_| panic!("on_open"))]
    fn answered() -> impl Stream<Item = Row> {
        stream::iter([Ok(1)])
    }
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    registry.breaker("answer").open("a test");
    let mut rows = Box::pin(answered());
    assert!(catch_unwind(AssertUnwindSafe(|| next(rows.as_mut()).is_ready())).is_err());
    assert!(matches!(next(rows.as_mut()), Poll::Ready(None)));
    assert_eq!(rows.size_hint(), (0, Some(0)));
}
