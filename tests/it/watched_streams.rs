//! Streams under a permit: `watch_stream` and `stop_timing`.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
    time::Duration,
};

use brama::{
    Breaker, Outcome, PolicyPatch, Registry, State,
    future::WatchedStream,
    outcome::{self, Abandoned},
    testing::ManualClock,
};
use futures_core::FusedStream;
use futures_util::{Stream, stream};

fn breaker() -> (Breaker, ManualClock) {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("watched");
    let slow = PolicyPatch::new().slow_call_rate(50).slow_call_duration(Duration::from_secs(2));
    breaker.configure(slow.durations(true).failure_threshold(1)).unwrap();
    (breaker, clock)
}

type Row = Result<u8, &'static str>;

fn watched(
    breaker: &Breaker,
    rows: Vec<Row>,
) -> WatchedStream<impl Stream<Item = Row>, fn(&Row) -> Outcome> {
    breaker.try_acquire().unwrap().watch_stream(stream::iter(rows), outcome::of)
}

fn next<T>(stream: Pin<&mut impl Stream<Item = T>>) -> Poll<Option<T>> {
    stream.poll_next(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_watched_stream_is_judged_at_its_end() {
    let (breaker, _) = breaker();
    let mut rows = pin!(watched(&breaker, vec![Ok(1)]));
    assert_eq!(next(rows.as_mut()), Poll::Ready(Some(Ok(1))));
    assert_eq!(breaker.status().totals.successes, 0);
    assert_eq!(next(rows.as_mut()), Poll::Ready(None));
    assert_eq!(breaker.status().totals.successes, 1);
}

#[test]
fn a_failure_ends_the_call_of_a_watched_stream_at_once() {
    let (breaker, _) = breaker();
    let mut rows = pin!(watched(&breaker, vec![Ok(1), Err("reset"), Ok(2)]));
    assert_eq!(next(rows.as_mut()), Poll::Ready(Some(Ok(1))));
    assert_eq!(next(rows.as_mut()), Poll::Ready(Some(Err("reset"))));
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(next(rows.as_mut()), Poll::Ready(Some(Ok(2))));
    assert_eq!(breaker.status().totals.failures, 1);
}

#[test]
fn a_watched_stream_may_end_its_call_with_the_first_item() {
    let (breaker, _) = breaker();
    let rows = watched(&breaker, vec![Ok(1), Err("reset")]).slow_until_first_item();
    let mut rows = pin!(rows.until_first_item());
    assert_eq!(next(rows.as_mut()), Poll::Ready(Some(Ok(1))));
    assert_eq!(breaker.status().totals.successes, 1);
    assert_eq!(next(rows.as_mut()), Poll::Ready(Some(Err("reset"))));
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_watched_stream_stays_ended_and_says_so() {
    let (breaker, _) = breaker();
    let mut rows = pin!(watched(&breaker, vec![Ok(1)]));
    assert_eq!((rows.is_terminated(), rows.size_hint()), (false, (1, Some(1))));
    assert!(next(rows.as_mut()).is_ready());
    for _ in 0..2 {
        assert_eq!(next(rows.as_mut()), Poll::Ready(None));
    }
    assert_eq!((rows.is_terminated(), rows.size_hint()), (true, (0, Some(0))));
}

#[test]
fn a_watched_stream_that_is_dropped_is_abandoned() {
    let (breaker, _) = breaker();
    {
        let mut rows = pin!(watched(&breaker, vec![Ok(1), Ok(2)]));
        assert!(next(rows.as_mut()).is_ready());
    }
    assert_eq!(breaker.status().totals.abandoned, 1);
}

#[test]
fn a_watched_stream_that_panics_is_one_failure() {
    let (breaker, _) = breaker();
    let body = stream::poll_fn(|_| -> Poll<Option<Row>> { panic!("as planned") });
    let mut rows = Box::pin(breaker.try_acquire().unwrap().watch_stream(body, outcome::of));
    assert!(catch_unwind(AssertUnwindSafe(|| next(rows.as_mut()).is_ready())).is_err());
    drop(rows);
    let totals = breaker.status().totals;
    assert_eq!((totals.failures, totals.abandoned), (1, 0));
}

#[test]
fn the_time_of_a_call_stops_once() {
    let (breaker, clock) = breaker();
    let mut permit = breaker.try_acquire().unwrap();
    clock.advance(Duration::from_secs(1));
    permit.stop_timing();
    clock.advance(Duration::from_secs(5));
    permit.stop_timing();
    permit.success();
    let status = breaker.status();
    assert_eq!((status.totals.successes, status.totals.slow), (1, 0));
    let durations = status.durations.unwrap();
    assert_eq!(durations.successes().sum(), Duration::from_secs(1));
}

#[test]
fn a_first_item_that_is_late_is_slow() {
    let (breaker, clock) = breaker();
    for (seconds, slow) in [(1, 0), (3, 1)] {
        let mut rows = pin!(watched(&breaker, vec![Ok(1)]).slow_until_first_item());
        clock.advance(Duration::from_secs(seconds));
        assert!(next(rows.as_mut()).is_ready());
        clock.advance(Duration::from_secs(9));
        assert!(next(rows.as_mut()).is_ready());
        assert_eq!(breaker.status().totals.slow, slow);
    }
}

#[test]
fn a_probe_whose_time_was_stopped_closes_the_circuit() {
    let (breaker, clock) = breaker();
    breaker.open("a test");
    clock.advance(Duration::from_secs(60));
    let mut permit = breaker.try_acquire().unwrap();
    permit.stop_timing();
    clock.advance(Duration::from_secs(9));
    permit.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn probes_that_are_dropped_a_second_after_their_first_item_are_inconclusive() {
    for is_timed in [true, false] {
        let (breaker, clock) = breaker();
        breaker.configure(PolicyPatch::new().durations(is_timed)).unwrap();
        breaker.open("a test");
        clock.advance(Duration::from_secs(60));
        let drop_after = |millis| {
            let mut rows = pin!(watched(&breaker, vec![Ok(1)]).slow_until_first_item());
            assert!(next(rows.as_mut()).is_ready());
            clock.advance(Duration::from_millis(millis));
        };
        (0..20).for_each(|_| drop_after(900));
        assert_eq!(breaker.state(), State::HalfOpen);
        (0..10).for_each(|_| drop_after(1000));
        assert_eq!(breaker.state(), State::Open);
    }
}

#[test]
fn a_stopped_call_that_is_dropped_is_not_slow_where_that_is_a_failure() {
    let (breaker, clock) = breaker();
    let patch = PolicyPatch::new().slow_call_rate(50).slow_call_duration(Duration::from_secs(2));
    breaker.configure(patch.abandoned(Abandoned::Failure).failure_threshold(9)).unwrap();
    let mut permit = breaker.try_acquire().unwrap();
    permit.stop_timing();
    clock.advance(Duration::from_secs(5));
    drop(permit);
    assert_eq!((breaker.status().totals.failures, breaker.status().totals.slow), (1, 0));
}

#[test]
fn a_call_that_is_not_timed_has_no_time_to_stop() {
    let breaker = Registry::new().breaker("untimed");
    let mut permit = breaker.try_acquire().unwrap();
    permit.stop_timing();
    permit.success();
    assert_eq!(breaker.status().totals.successes, 1);
}
