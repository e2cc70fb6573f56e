//! Permits over parts of a call: `run_under`, `poll_under`, `watch`, and a wait with a name.

use std::{
    future::{Future, pending, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
    time::Duration,
};

use brama::{
    Breaker, CircuitOpen, Identity, Outcome, PolicyPatch, Registry, State, future::Ready,
    testing::ManualClock,
};

fn breaker() -> (Breaker, ManualClock) {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("watched");
    breaker.configure(PolicyPatch::new().failure_threshold(1)).unwrap();
    (breaker, clock)
}

fn half_open() -> (Breaker, ManualClock) {
    let (breaker, clock) = breaker();
    breaker.open("a test");
    clock.advance(Duration::from_secs(60));
    (breaker, clock)
}

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "a judge sees the output")]
fn by_sign(number: &i32) -> Outcome {
    Outcome::from(0 <= *number)
}

#[test]
fn a_watched_future_answers_and_is_judged() {
    let (breaker, _) = breaker();
    let watched = breaker.try_acquire().unwrap().watch(ready(7), by_sign);
    assert_eq!(pin!(watched).poll(&mut context()), Poll::Ready(7));
    assert_eq!(breaker.status().totals.successes, 1);
    let watched = breaker.acquire().unwrap().watch(ready(-7), by_sign);
    assert_eq!(pin!(watched).poll(&mut context()), Poll::Ready(-7));
}

#[test]
fn a_watched_future_that_is_dropped_is_abandoned() {
    let (breaker, _) = breaker();
    {
        let mut watched = pin!(breaker.try_acquire().unwrap().watch(pending(), by_sign));
        assert!(watched.as_mut().poll(&mut context()).is_pending());
    }
    assert_eq!(breaker.status().totals.abandoned, 1);
}

#[test]
fn a_watched_future_that_panics_is_one_failure() {
    let (breaker, _) = breaker();
    let body = async { panic!("in the body") };
    let mut watched = Box::pin(breaker.try_acquire().unwrap().watch(body, |()| Outcome::Success));
    let poll = || watched.as_mut().poll(&mut context());
    assert!(catch_unwind(AssertUnwindSafe(poll)).is_err());
    drop(watched);
    let status = breaker.status();
    assert_eq!((status.totals.failures, status.totals.abandoned), (1, 0));
    assert_eq!(status.reasons[0].to_string(), "panic");
}

#[test]
fn a_judge_that_panics_is_one_failure() {
    let (breaker, _) = breaker();
    let judge = |_: &i32| panic!("in the judge");
    let mut watched = Box::pin(breaker.try_acquire().unwrap().watch(ready(7), judge));
    let poll = || watched.as_mut().poll(&mut context());
    assert!(catch_unwind(AssertUnwindSafe(poll)).is_err());
    assert_eq!(breaker.status().totals.failures, 1);
}

#[test]
fn what_is_reported_after_a_panic_of_a_part_is_not_counted() {
    let (breaker, _) = breaker();
    let mut permit = breaker.try_acquire().unwrap();
    let part = || permit.run_under(|| panic!("in a part"));
    assert!(catch_unwind(AssertUnwindSafe(part)).is_err());
    permit.success();
    let totals = breaker.status().totals;
    assert_eq!((totals.failures, totals.successes), (1, 0));
}

#[test]
fn a_call_of_the_same_breaker_within_a_part_of_a_probe_belongs_to_the_probe() {
    let (breaker, _) = half_open();
    let mut permit = breaker.try_acquire().unwrap();
    assert!(breaker.try_acquire().is_err());
    assert!(permit.run_under(|| breaker.call(|| Ok::<_, ()>(())).is_ok()));
    let mut inner = pin!(async { breaker.call(|| Ok::<_, ()>(())).is_ok() });
    let poll = permit.poll_under(inner.as_mut(), &mut context());
    assert_eq!(poll, Poll::Ready(true));
    permit.success();
    assert_eq!((breaker.state(), breaker.status().totals.nested), (State::Closed, 2));
}

/// A future that has a wait as a field.
struct Worker {
    ready: Ready,
}

impl Future for Worker {
    type Output = &'static str;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<&'static str> {
        Pin::new(&mut self.ready).poll(context).map(|()| "ready")
    }
}

#[test]
fn a_wait_with_a_name_can_be_a_field_and_outlives_the_handle() {
    let (breaker, clock) = breaker();
    breaker.open("a test");
    let mut worker = Worker { ready: breaker.ready_owned() };
    drop(breaker);
    assert!(Pin::new(&mut worker).poll(&mut context()).is_pending());
    clock.advance(Duration::from_secs(60));
    assert_eq!(Pin::new(&mut worker).poll(&mut context()), Poll::Ready("ready"));
}

#[test]
fn a_permit_that_takes_its_handle_over_is_like_another() {
    let (breaker, _) = breaker();
    breaker.clone().acquire().unwrap().failure("refused");
    assert_eq!(breaker.state(), State::Open);
    assert!(breaker.acquire().is_err());
}

fn seconds(breaker: &Breaker) -> Option<u64> {
    breaker.try_acquire().unwrap_err().retry_after_secs()
}

#[test]
fn the_seconds_for_a_header_are_rounded_up_and_at_least_one() {
    let (breaker, clock) = breaker();
    breaker.open("a test");
    assert_eq!(seconds(&breaker), Some(60));
    clock.advance(Duration::from_millis(1));
    assert_eq!(seconds(&breaker), Some(60));
    clock.advance(Duration::from_millis(59_500));
    assert_eq!(seconds(&breaker), Some(1));
}

#[test]
fn there_are_seconds_for_a_header_beside_a_probe_and_none_where_nobody_knows() {
    let (breaker, _) = half_open();
    let _probe = breaker.try_acquire().unwrap();
    assert_eq!(seconds(&breaker), Some(1));
    breaker.force_open("a test");
    assert_eq!(seconds(&breaker), None);
}

#[test]
fn a_rejection_is_found_in_the_error_around_it() {
    let (breaker, _) = breaker();
    breaker.open("a test");
    let wrapped = std::io::Error::from(breaker.try_acquire().unwrap_err());
    assert!(CircuitOpen::is_in(&wrapped));
    assert!(!CircuitOpen::is_in(&std::io::Error::other("refused")));
    assert_eq!(breaker.identity(), &Identity::new("watched"));
}

#[test]
fn probes_that_end_with_the_rejection_of_another_breaker_do_not_open_the_circuit_again() {
    let (outer, clock) = breaker();
    outer.open("a test");
    clock.advance(Duration::from_secs(60));
    let inner = Registry::new().breaker("inner");
    inner.force_open("a test");
    for _ in 0..20 {
        let rejected = inner.try_acquire().unwrap_err();
        outer.try_acquire().unwrap().record_error(&std::io::Error::from(rejected));
    }
    assert_eq!((outer.state(), outer.status().totals.ignored), (State::HalfOpen, 20));
    outer.try_acquire().unwrap().record_error(&"refused");
    assert_eq!(outer.status().reasons.last().unwrap().to_string(), "refused");
}
