//! Functions that return a stream, with `stream = "first_item"` and `stream = "end"`.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use brama::{CircuitOpen, State, circuit_breaker, testing::TestRegistry};
use futures_util::{FutureExt, Stream, StreamExt, stream};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("the connection was reset")]
    Reset,
    #[error("row {0} is bad")]
    Row(u8),
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

pub(crate) type Row = Result<u8, Broken>;

#[circuit_breaker(identifier = "feed", max_attempts = 3, stream = "end")]
pub(crate) fn feed(rows: Vec<Row>) -> impl Stream<Item = Row> {
    stream::iter(rows)
}

#[circuit_breaker(identifier = "head", max_attempts = 3, stream = "first_item")]
pub(crate) fn head(rows: Vec<Row>) -> impl Stream<Item = Row> {
    stream::iter(rows)
}

fn cut_short() -> Vec<Row> {
    vec![Ok(1), Ok(2), Err(Broken::Reset)]
}

/// The items of a stream that never waits.
pub(crate) fn all<T>(stream: impl Stream<Item = T>) -> Vec<T> {
    stream.collect::<Vec<_>>().now_or_never().unwrap()
}

pub(crate) fn next<T>(stream: Pin<&mut impl Stream<Item = T>>) -> Poll<Option<T>> {
    stream.poll_next(&mut Context::from_waker(Waker::noop()))
}

fn is_rejected(rows: &[Row]) -> bool {
    matches!(rows, [Err(Broken::Rejected(_))])
}

/// ferro-labs/ai-gateway#136, burncloud/burncloud#350, jaseci-labs/jac#8430
#[test]
fn a_stream_judged_at_its_end_fails_when_it_breaks_off() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    for _ in 0..3 {
        assert_eq!(all(feed(cut_short())).len(), 3);
    }
    registry.assert_failures("feed", 3);
    registry.assert_state("feed", State::Open);
}

/// ferro-labs/ai-gateway#136, burncloud/burncloud#350, jaseci-labs/jac#8430
#[test]
fn a_stream_judged_at_its_first_item_succeeds_when_it_breaks_off_later() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    for _ in 0..3 {
        assert_eq!(all(head(cut_short())).len(), 3);
    }
    registry.assert_successes("head", 3);
    registry.assert_failures("head", 0);
}

#[test]
fn a_first_item_that_is_an_error_is_a_failure() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    all(head(vec![Err(Broken::Reset), Ok(1)]));
    registry.assert_failures("head", 1);
    registry.assert_successes("head", 0);
}

#[test]
fn a_stream_that_ends_well_is_one_success_and_so_is_an_empty_one() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    all(feed(vec![Ok(1), Ok(2)]));
    all(feed(vec![]));
    all(head(vec![]));
    registry.assert_successes("feed", 2);
    registry.assert_successes("head", 1);
}

#[test]
fn a_failure_decides_at_once_and_what_follows_is_not_judged() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let mut rows = pin!(feed(vec![Err(Broken::Reset), Err(Broken::Reset), Ok(1)]));
    assert!(matches!(next(rows.as_mut()), Poll::Ready(Some(Err(_)))));
    registry.assert_failures("feed", 1);
    assert_eq!(all(rows).len(), 2);
    registry.assert_failures("feed", 1);
    registry.assert_successes("feed", 0);
}

#[test]
fn a_rejected_stream_has_one_item_and_ends() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    registry.breaker("feed").open("a test");
    let mut rows = pin!(feed(vec![Ok(1), Ok(2)]));
    assert!(matches!(next(rows.as_mut()), Poll::Ready(Some(Err(Broken::Rejected(_))))));
    assert_eq!(rows.size_hint(), (0, Some(0)));
    for _ in 0..2 {
        assert!(matches!(next(rows.as_mut()), Poll::Ready(None)));
    }
    registry.assert_rejected("feed", 1);
}

#[test]
fn a_call_is_admitted_when_its_stream_is_first_polled() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    drop(feed(vec![Ok(1)]));
    registry.assert_unused("feed");
    let rows = feed(vec![Ok(1)]);
    registry.breaker("feed").open("a test");
    assert!(is_rejected(&all(rows)));
}

#[test]
fn a_stream_that_is_dropped_before_it_is_judged_is_abandoned() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    {
        let mut rows = pin!(feed(vec![Ok(1), Ok(2)]));
        assert!(matches!(next(rows.as_mut()), Poll::Ready(Some(Ok(1)))));
    }
    assert_eq!(registry.breaker("feed").status().totals.abandoned, 1);
    {
        let mut rows = pin!(head(vec![Ok(1), Ok(2)]));
        assert!(matches!(next(rows.as_mut()), Poll::Ready(Some(Ok(1)))));
        registry.assert_successes("head", 1);
    }
    assert_eq!(registry.breaker("head").status().totals.abandoned, 0);
}

#[test]
fn an_abandoned_probe_gives_its_place_back() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    registry.breaker("feed").open("a test");
    registry.advance(Duration::from_secs(60));
    {
        let mut rows = pin!(feed(vec![Ok(1), Ok(2)]));
        assert!(matches!(next(rows.as_mut()), Poll::Ready(Some(Ok(1)))));
        assert!(is_rejected(&all(feed(vec![Ok(1)]))));
    }
    assert_eq!(all(feed(vec![Ok(1)])).len(), 1);
    registry.assert_state("feed", State::Closed);
}

#[test]
fn a_stream_that_has_ended_is_not_polled_again() {
    #[circuit_breaker(identifier = "once", stream = "first_item")]
    fn once() -> impl Stream<Item = Row> {
        let mut polls = 0;
        stream::poll_fn(move |_| {
            polls += 1;
            assert!(polls < 3, "polled after its end");
            Poll::Ready((polls < 2).then_some(Ok(polls)))
        })
    }
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let mut rows = pin!(once());
    assert!(matches!(next(rows.as_mut()), Poll::Ready(Some(Ok(1)))));
    for _ in 0..3 {
        assert!(matches!(next(rows.as_mut()), Poll::Ready(None)));
    }
}

#[circuit_breaker(
    identifier = "rules",
    stream = "end",
    max_attempts = 2,
    ignore_if = |error| matches!(error, Broken::Row(0)),
    trip_if = |error| matches!(error, Broken::Row(9)),
    failure_if = |error| matches!(error, Broken::Reset),
    retry_after = |_| Some(Duration::from_secs(7)),
    reason = |error| format!("told: {error}"),
)]
fn ruled(rows: Vec<Row>) -> impl Stream<Item = Row> {
    stream::iter(rows)
}

#[test]
fn items_are_judged_by_the_rules_of_the_function() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    all(ruled(vec![Ok(1), Err(Broken::Row(0)), Ok(2)]));
    all(ruled(vec![Err(Broken::Row(5))]));
    registry.assert_successes("rules", 2);
    all(ruled(vec![Ok(1), Err(Broken::Row(0))]));
    registry.assert_ignored("rules", 1);
    all(ruled(vec![Err(Broken::Row(5)), Err(Broken::Reset), Ok(1)]));
    registry.assert_failures("rules", 1);
    all(ruled(vec![Ok(1), Err(Broken::Row(9))]));
    let status = registry.breaker("rules").status();
    assert_eq!((status.state, status.retry_after), (State::Open, Some(Duration::from_secs(7))));
    let reasons: Vec<_> = status.reasons.iter().map(ToString::to_string).collect();
    assert_eq!(reasons, ["told: the connection was reset", "told: row 9 is bad"]);
}

#[test]
fn the_rejection_of_another_breaker_as_the_last_item_is_ignored() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    registry.breaker("other").open("a test");
    let inner = registry.breaker("other").try_acquire().unwrap_err();
    all(feed(vec![Ok(1), Err(inner.into())]));
    registry.assert_ignored("feed", 1);
}

mod durations {
    use super::*;

    const SLOW: brama::PolicyPatch =
        brama::PolicyPatch::new().slow_call_rate(50).slow_call_duration(Duration::from_secs(2));

    #[circuit_breaker(identifier = "long", stream = "end", policy = SLOW)]
    fn long() -> impl Stream<Item = Row> {
        stream::iter([Ok(1), Ok(2)])
    }

    #[circuit_breaker(
        identifier = "subscribed",
        stream = "end",
        slow_until = "first_item",
        policy = SLOW.durations(true),
    )]
    fn subscribed() -> impl Stream<Item = Row> {
        stream::iter([Ok(1), Ok(2)])
    }

    /// Waits before and after the first item.
    fn wait(registry: &TestRegistry, rows: impl Stream<Item = Row>, seconds: [u64; 2]) {
        let mut rows = pin!(rows);
        for seconds in seconds {
            registry.advance(Duration::from_secs(seconds));
            assert!(matches!(next(rows.as_mut()), Poll::Ready(Some(Ok(_)))));
        }
        assert_eq!(all(rows).len(), 0);
    }

    #[test]
    fn a_long_stream_is_slow_unless_its_first_item_ends_the_time() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        wait(&registry, long(), [0, 3]);
        wait(&registry, subscribed(), [0, 3]);
        let slow = |name| registry.breaker(name).status().totals.slow;
        assert_eq!((slow("long"), slow("subscribed")), (1, 0));
    }
}

#[test]
fn the_size_hint_counts_the_one_item_of_a_rejected_call() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let mut rows = pin!(feed(cut_short()));
    assert_eq!(rows.size_hint(), (1, Some(3)));
    assert!(next(rows.as_mut()).is_ready());
    assert_eq!(rows.size_hint(), (2, Some(2)));
    assert_eq!(feed(vec![]).size_hint(), (0, Some(1)));
}

#[circuit_breaker(identifier = "outer", stream = "end")]
#[circuit_breaker(identifier = "inner", stream = "end", on_open = |_| Err(Broken::Reset))]
fn stacked(rows: Vec<Row>) -> impl Stream<Item = Row> {
    stream::iter(rows)
}

#[test]
fn the_outer_breaker_of_a_stack_ignores_the_rejection_of_the_inner_one() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    all(stacked(vec![Ok(1)]));
    all(stacked(cut_short()));
    for name in ["outer", "inner"] {
        registry.assert_successes(name, 1);
        registry.assert_failures(name, 1);
    }
    registry.breaker("inner").open("a test");
    assert!(matches!(all(stacked(vec![Ok(1)]))[..], [Err(Broken::Reset)]));
    registry.assert_failures("outer", 1);
    registry.assert_ignored("outer", 1);
}

mod lives {
    use super::*;

    /// Notes how many calls the breaker had abandoned or seen fail when the body was dropped.
    struct Watcher(Arc<AtomicU64>);

    impl Drop for Watcher {
        fn drop(&mut self) {
            let totals = brama::status("watched").unwrap().totals;
            self.0.store(10 + totals.abandoned + totals.failures, Ordering::Relaxed);
        }
    }

    #[circuit_breaker(identifier = "watched", stream = "end", timeout = "1s", on_timeout = |_| 0,
        error_handler = |_| true, fallback = 0)]
    fn watched(noted: Arc<AtomicU64>) -> impl Stream<Item = u8> {
        let watcher = Watcher(noted);
        stream::poll_fn(move |_| {
            let _watcher = &watcher;
            Poll::Pending
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_is_dropped_before_its_call_ends() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        let noted = Arc::new(AtomicU64::new(0));
        assert!(next(pin!(watched(noted.clone()))).is_pending());
        assert_eq!(noted.load(Ordering::Relaxed), 10);
        assert_eq!(registry.breaker("watched").status().totals.abandoned, 1);
        let mut late = pin!(watched(noted.clone()));
        assert_eq!(late.next().await, Some(0));
        assert_eq!(noted.load(Ordering::Relaxed), 11);
        registry.assert_failures("watched", 1);
    }

    #[circuit_breaker(identifier = "feed", stream = "end")]
    fn calls_itself() -> impl Stream<Item = Row> {
        stream::once(async { all(feed(vec![Ok(7)])).remove(0) })
    }

    #[test]
    fn a_call_of_the_same_breaker_within_the_stream_of_a_probe_belongs_to_the_probe() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        registry.breaker("feed").open("a test");
        registry.advance(Duration::from_secs(60));
        assert!(matches!(all(calls_itself())[..], [Ok(7)]));
        let status = registry.breaker("feed").status();
        assert_eq!((status.state, status.totals.nested), (State::Closed, 1));
    }

    #[circuit_breaker(identifier = "limited", stream = "first_item", concurrency_limit = 1)]
    fn limited() -> impl Stream<Item = Row> {
        stream::iter([Ok(1), Ok(2)])
    }

    #[test]
    fn a_judged_stream_holds_no_place() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        let (mut first, mut second) = (pin!(limited()), pin!(limited()));
        assert!(matches!(next(first.as_mut()), Poll::Ready(Some(Ok(1)))));
        assert!(matches!(next(second.as_mut()), Poll::Ready(Some(Ok(1)))));
        registry.assert_rejected("limited", 0);
    }
}
