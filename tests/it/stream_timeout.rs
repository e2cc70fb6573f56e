//! The timeout of streams: it bounds the time until the first item.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use brama::{CircuitOpen, State, TimedOut, circuit_breaker, testing::TestRegistry};
use futures_util::{
    Stream, StreamExt,
    stream::{self, BoxStream},
};
use tokio::{
    task::coop::consume_budget,
    time::{Instant, advance, sleep},
};

#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Late(#[from] TimedOut),
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

type Row = Result<u8, Broken>;

/// A stream of 1, 2 and so on, each after its wait in seconds.
fn rows(waits: Vec<u64>) -> impl Stream<Item = Row> {
    stream::iter(1..).zip(stream::iter(waits)).then(async |(row, wait)| {
        sleep(Duration::from_secs(wait)).await;
        Ok(row)
    })
}

#[circuit_breaker(identifier = "feed", stream = "end", timeout = "5s", max_attempts = 2)]
fn feed(waits: Vec<u64>) -> impl Stream<Item = Row> {
    rows(waits)
}

#[circuit_breaker(identifier = "head", stream = "first_item", timeout = "5s")]
fn head(waits: Vec<u64>) -> BoxStream<'static, Row> {
    Box::pin(rows(waits))
}

#[tokio::test(start_paused = true)]
async fn a_late_first_item_is_replaced_by_an_error_and_the_stream_ends() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let began = Instant::now();
    let rows: Vec<_> = feed(vec![9, 0]).collect().await;
    assert_eq!(began.elapsed().as_secs(), 5);
    assert!(matches!(rows[..], [Err(Broken::Late(_))]));
    let rows: Vec<_> = head(vec![9, 0]).collect().await;
    assert!(matches!(rows[..], [Err(Broken::Late(_))]));
    registry.assert_failures("feed", 1);
    registry.assert_failures("head", 1);
    let reasons = registry.breaker("feed").status().reasons;
    assert_eq!(reasons[0].to_string(), "timed out after 5 s");
}

#[tokio::test(start_paused = true)]
async fn items_after_the_first_may_take_longer_than_the_timeout() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    assert_eq!(feed(vec![4, 9, 9]).count().await, 3);
    assert_eq!(head(vec![4, 9]).count().await, 2);
    registry.assert_successes("feed", 1);
    registry.assert_successes("head", 1);
}

#[tokio::test(start_paused = true)]
async fn the_size_hint_counts_the_one_item_of_a_late_call() {
    #[circuit_breaker(identifier = "sized", stream = "end", timeout = "5s")]
    fn sized() -> impl Stream<Item = Row> {
        stream::iter([Ok(1), Ok(2), Ok(3)])
    }
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let mut rows = pin!(sized());
    assert_eq!(rows.size_hint(), (1, Some(3)));
    assert!(rows.next().await.is_some());
    assert_eq!(rows.size_hint(), (2, Some(2)));
}

mod rules {
    use super::*;

    #[circuit_breaker(
        identifier = "excused",
        stream = "end",
        timeout = limit,
        ignore_if = |error| matches!(error, Broken::Late(_)),
    )]
    fn excused(limit: Duration) -> impl Stream<Item = Row> {
        rows(vec![9])
    }

    #[circuit_breaker(
        identifier = "tripped",
        stream = "first_item",
        timeout = "1s",
        trip_if = |error| matches!(error, Broken::Late(_)),
        failure_if = |_| false,
    )]
    fn tripped() -> impl Stream<Item = Row> {
        rows(vec![9])
    }

    #[circuit_breaker(
        identifier = "answered",
        stream = "end",
        timeout = "1s",
        on_timeout = |late| u8::try_from(late.limit().as_secs()).unwrap(),
        error_handler = |_| true,
        fallback = 0,
    )]
    fn answered() -> impl Stream<Item = u8> {
        stream::pending()
    }

    #[tokio::test(start_paused = true)]
    async fn rules_judge_the_error_of_a_late_call() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        assert_eq!(excused(Duration::from_secs(1)).count().await, 1);
        registry.assert_ignored("excused", 1);
        assert_eq!(tripped().count().await, 1);
        registry.assert_state("tripped", State::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_call_is_a_failure_whatever_its_answer() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        assert_eq!(answered().collect::<Vec<_>>().await, [1]);
        registry.assert_failures("answered", 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_uses_up_the_budget_of_its_task_is_late_too() {
    #[circuit_breaker(identifier = "busy", stream = "end", timeout = "1s")]
    fn busy() -> impl Stream<Item = Row> {
        stream::poll_fn(|context| {
            while pin!(consume_budget()).poll(context).is_ready() {}
            Poll::Pending
        })
    }
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let mut rows = pin!(busy());
    let mut polled =
        async || poll_fn(|context| Poll::Ready(rows.as_mut().poll_next(context))).await;
    assert!(polled().await.is_pending());
    advance(Duration::from_secs(2)).await;
    assert!(matches!(polled().await, Poll::Ready(Some(Err(Broken::Late(_))))));
    registry.assert_failures("busy", 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_in_time_is_abandoned() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    {
        let mut waiting = pin!(feed(vec![9]));
        let mut context = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll_next(&mut context).is_pending());
    }
    assert_eq!(registry.breaker("feed").status().totals.abandoned, 1);
}
