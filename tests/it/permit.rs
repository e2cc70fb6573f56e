//! Permits and protected calls: each reports exactly once, however it ends.

use std::{
    future::{Future, pending, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use brama::{
    Breaker, CallError, Identity, Outcome, PolicyPatch, Registry, State, Totals,
    outcome::Abandoned, testing::ManualClock,
};

fn breaker(patch: PolicyPatch) -> (Breaker, ManualClock) {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("permits");
    breaker.configure(patch).unwrap();
    (breaker, clock)
}

fn totals(breaker: &Breaker) -> [u64; 4] {
    let Totals { successes, failures, ignored, abandoned, .. } = breaker.status().totals;
    [successes, failures, ignored, abandoned]
}

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_permit_records_the_reported_outcome() {
    let (breaker, _) = breaker(PolicyPatch::new());
    breaker.try_acquire().unwrap().success();
    breaker.try_acquire().unwrap().failure("one");
    breaker.try_acquire().unwrap().ignore();
    breaker.try_acquire().unwrap().record(Outcome::from(false));
    drop(breaker.try_acquire().unwrap());
    assert_eq!(totals(&breaker), [1, 2, 1, 1]);
}

#[test]
fn debug_output_names_the_breaker_as_people_write_it() {
    let keyed = Registry::new().breaker(Identity::new("storage").in_scope("payments").with_key(7));
    assert_eq!(format!("{:?}", keyed.identity()), r#""payments/storage[7]""#);
    assert_eq!(
        format!("{:?}", keyed.try_acquire().unwrap()),
        r#"Permit { identity: "payments/storage[7]", .. }"#
    );
}

#[test]
fn debug_output_of_a_breaker_names_its_state() {
    let (breaker, _) = breaker(PolicyPatch::new());
    let closed = format!("{breaker:?}");
    breaker.force_open("a test");
    assert!(closed.starts_with(r#"Breaker { identity: "permits", gate: closed, "#), "{closed}");
    let opened = format!("{breaker:?}");
    assert!(opened.starts_with(r#"Breaker { identity: "permits", gate: force_open, "#), "{opened}");
}

#[test]
fn an_abandoned_call_is_a_failure_if_the_policy_says_so() {
    let (breaker, _) = breaker(PolicyPatch::new().abandoned(Abandoned::Failure));
    drop(breaker.try_acquire().unwrap());
    assert_eq!(totals(&breaker), [0, 1, 0, 1]);
    assert_eq!(breaker.status().reasons, ["abandoned"]);
}

#[test]
fn a_permit_outlives_its_handle_and_moves_to_another_thread() {
    let (breaker, _) = breaker(PolicyPatch::new());
    let permit = breaker.clone().try_acquire().unwrap();
    std::thread::spawn(|| permit.success()).join().unwrap();
    assert_eq!(totals(&breaker), [1, 0, 0, 0]);
}

#[test]
fn a_dropped_probe_gives_its_place_back() {
    let (breaker, clock) = breaker(PolicyPatch::new());
    breaker.open_for(Duration::from_secs(1), "a test").unwrap();
    clock.advance(Duration::from_secs(1));
    let probe = breaker.try_acquire().unwrap();
    assert!(!breaker.is_available());
    drop(probe);
    assert!(breaker.is_available());
}

#[test]
fn a_future_dropped_before_its_first_poll_records_nothing() {
    let (breaker, _) = breaker(PolicyPatch::new());
    drop(breaker.call_async(ready(Ok::<_, ()>(1))));
    assert_eq!(totals(&breaker), [0, 0, 0, 0]);
}

#[test]
fn a_future_dropped_while_it_waits_is_abandoned() {
    let (breaker, _) = breaker(PolicyPatch::new());
    let call = breaker.call_async(pending::<Result<(), ()>>());
    assert!(poll_once(call).is_pending());
    assert_eq!(totals(&breaker), [0, 0, 0, 1]);
}

#[test]
fn a_future_dropped_by_a_panic_elsewhere_is_abandoned() {
    let (breaker, _) = breaker(PolicyPatch::new());
    let elsewhere = AssertUnwindSafe(|| {
        let mut call = pin!(breaker.call_async(pending::<Result<(), ()>>()));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        panic!("elsewhere");
    });
    assert!(catch_unwind(elsewhere).is_err());
    assert_eq!(totals(&breaker), [0, 0, 0, 1]);
}

#[test]
fn a_panic_in_a_future_is_a_failure_at_once() {
    let (breaker, _) = breaker(PolicyPatch::new());
    let body = async { panic!("here") };
    let call = AssertUnwindSafe(|| poll_once(breaker.call_async::<(), (), _>(body)));
    assert!(catch_unwind(call).is_err());
    assert_eq!(totals(&breaker), [0, 1, 0, 0]);
    assert_eq!(breaker.status().reasons, ["panic"]);
}

#[test]
fn a_future_answers_and_is_judged() {
    let (breaker, _) = breaker(PolicyPatch::new());
    let by_presence = |row: &Option<u8>| Outcome::from(row.is_some());
    assert_eq!(poll_once(breaker.call_async(ready(Ok::<_, ()>(1)))), Poll::Ready(Ok(1)));
    assert_eq!(poll_once(breaker.call_async_with(by_presence, ready(None))), Poll::Ready(Ok(None)));
    assert_eq!(totals(&breaker), [1, 1, 0, 0]);
}

#[test]
fn a_rejected_future_is_not_polled() {
    let (breaker, _) = breaker(PolicyPatch::new());
    breaker.force_open("a test");
    let body = async { unreachable!("the body must not run") };
    let answer = poll_once(breaker.call_async::<(), (), _>(body));
    assert!(matches!(answer, Poll::Ready(Err(CallError::Rejected(_)))));
}

#[test]
fn is_available_changes_nothing() {
    let (breaker, clock) = breaker(PolicyPatch::new());
    breaker.open_for(Duration::from_secs(1), "a test").unwrap();
    assert!(!breaker.is_available());
    clock.advance(Duration::from_secs(1));
    assert!(breaker.is_available());
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.status().retry_after, Some(Duration::ZERO));
    assert_eq!(
        breaker.status().to_string(),
        "permits is open for 1 s (as given by hand), next attempt in 0 ms: by hand (open): a test"
    );
}

#[test]
fn in_shadow_every_call_passes_and_would_be_rejections_count_only_as_rejected() {
    let (breaker, _) = breaker(PolicyPatch::new().shadow(true));
    breaker.open("a test");
    assert!(breaker.is_available());
    breaker.try_acquire().unwrap().failure("unseen");
    drop(breaker.try_acquire().unwrap());
    assert_eq!(breaker.call(|| Ok::<_, ()>(1)), Ok(1));
    assert_eq!(totals(&breaker), [0, 0, 0, 0]);
    assert_eq!((breaker.state(), breaker.status().totals.rejected), (State::Open, 3));
}

#[test]
fn an_opening_by_hand_of_an_invalid_duration_is_rejected_and_changes_nothing() {
    let (breaker, _) = breaker(PolicyPatch::new());
    for length in [Duration::ZERO, Duration::from_micros(1_500)] {
        let error = breaker.open_for(length, "a test").unwrap_err();
        assert_eq!(error.length(), length);
        assert!(error.to_string().ends_with("must be whole milliseconds, at least 1 ms"));
    }
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn slowness_is_measured_from_admission_to_report() {
    let patch = PolicyPatch::new()
        .slow_call_rate(100)
        .slow_call_duration(Duration::from_secs(2))
        .minimum_calls(2);
    let (breaker, clock) = breaker(patch);
    for took in [2_000, 2_001] {
        let permit = breaker.try_acquire().unwrap();
        clock.advance(Duration::from_millis(took));
        permit.success();
    }
    let status = breaker.status();
    assert_eq!((status.window.calls, status.window.slow, status.totals.slow), (2, 1, 1));
}

#[test]
fn an_abandoned_call_that_counts_as_a_failure_may_be_slow() {
    let patch = PolicyPatch::new()
        .abandoned(Abandoned::Failure)
        .slow_call_rate(100)
        .slow_call_duration(Duration::from_secs(1))
        .minimum_calls(1);
    let (breaker, clock) = breaker(patch);
    let permit = breaker.try_acquire().unwrap();
    clock.advance(Duration::from_secs(5));
    drop(permit);
    assert_eq!((breaker.state(), breaker.status().totals.slow), (State::Open, 1));
}

#[test]
fn an_abandoned_call_that_is_ignored_is_not_slow() {
    let patch = PolicyPatch::new().slow_call_rate(100).slow_call_duration(Duration::from_secs(1));
    let (breaker, clock) = breaker(patch.minimum_calls(1));
    let permit = breaker.try_acquire().unwrap();
    clock.advance(Duration::from_secs(5));
    drop(permit);
    assert_eq!((breaker.state(), breaker.status().totals.slow), (State::Closed, 0));
}
