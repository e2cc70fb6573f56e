//! What a breaker shows whose places under a `concurrency_limit` are all taken.

use std::{error::Error, time::Duration};

use brama::{
    Breaker, CircuitOpen, Permit, PolicyPatch, State,
    status::{Limit, Rule},
    testing::TestRegistry,
};

use crate::concurrency_limit::{acquire, limited};

#[test]
fn a_rejection_of_the_surplus_names_its_cause_and_no_time() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let _permit = breaker.try_acquire().unwrap();
    let rejected = breaker.try_acquire().unwrap_err();
    assert_eq!(rejected.to_string(), "bank has too many calls in flight");
    assert_eq!(
        rejected.source().map(ToString::to_string).as_deref(),
        Some("1 call is in flight, concurrency_limit is 1")
    );
    assert!(rejected.is_saturated());
    assert!(format!("{rejected:?}").ends_with("is_saturated: true }"), "{rejected:?}");
    assert_eq!((rejected.retry_after(), rejected.state()), (None, State::Closed));
    assert_eq!(rejected.cause().unwrap().rule, Rule::Saturated);
    let found = CircuitOpen::find_in(&rejected).unwrap();
    assert!(found.is_saturated());
}

#[test]
fn a_rejection_of_the_surplus_keeps_the_numbers_that_it_saw() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 3);
    let permits = acquire(&breaker, 3);
    breaker.configure(PolicyPatch::new().concurrency_limit(2)).unwrap();
    let rejected = breaker.try_acquire().unwrap_err();
    let saw = "3 calls are in flight, concurrency_limit is 2";
    let source = || rejected.source().unwrap().to_string();
    assert_eq!(source(), saw);
    drop(permits);
    assert_eq!(source(), saw);
    breaker.configure(PolicyPatch::new().concurrency_limit(70)).unwrap();
    assert_eq!(source(), saw);
    breaker.configure(PolicyPatch::new().concurrency_limit_off()).unwrap();
    assert_eq!(source(), saw);
    let cause = rejected.cause().unwrap();
    assert_eq!((cause.run, cause.limit), (3, Some(Limit::Count(2))));
}

#[test]
fn a_rejection_of_the_surplus_knows_the_state_and_the_opening() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let permit = breaker.try_acquire().unwrap();
    (0..3).for_each(|_| breaker.open("maintenance"));
    let rejected = breaker.try_acquire().unwrap_err();
    assert!(rejected.is_saturated() && !rejected.is_overlaid());
    assert_eq!((rejected.state(), rejected.opening()), (State::Open, 3));
    breaker.force_open("maintenance");
    assert_eq!(breaker.try_acquire().unwrap_err().state(), State::ForcedOpen);
    permit.success();
}

#[test]
fn the_text_of_a_status_shows_the_calls_in_flight_and_their_limit() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 3);
    let text = || breaker.status().to_string();
    assert_eq!(text(), "bank is closed; 0 calls are in flight, concurrency_limit is 3");
    let _permits = acquire(&breaker, 3);
    assert_eq!(text(), "bank is closed; 3 calls are in flight, concurrency_limit is 3");
    breaker.force_open("maintenance");
    assert_eq!(
        text(),
        "bank is forced open: by hand (force_open): maintenance; 3 calls are in flight, \
         concurrency_limit is 3"
    );
    breaker.disable("the limit is wrong");
    assert_eq!(text(), "bank is disabled");
}

const HELD: &str = "no place of `concurrency_limit` 3 has been free for 100h: a call that \
    hangs keeps its place, so give calls a timeout, such as the option of the attribute";

/// Three calls hang, one more was rejected, and a hundred hours have passed.
fn hanging(registry: &TestRegistry) -> (Breaker, Vec<Permit>) {
    let breaker = limited(registry, 3);
    let permits = acquire(&breaker, 3);
    assert!(breaker.try_acquire().is_err());
    registry.clock().advance(Duration::from_secs(360_000));
    (breaker, permits)
}

#[test]
fn places_that_calls_hold_for_long_are_a_warning() {
    let registry = TestRegistry::new();
    let (breaker, permits) = hanging(&registry);
    assert_eq!(breaker.status().warnings, [HELD]);
    drop(permits);
    assert!(breaker.status().warnings.is_empty());
}

#[test]
fn places_that_calls_hold_for_less_than_the_time_of_a_probe_are_no_warning() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 3);
    let _permits = acquire(&breaker, 3);
    assert!(breaker.try_acquire().is_err());
    registry.clock().advance(Duration::from_millis(59_999));
    assert!(breaker.status().warnings.is_empty());
    registry.clock().advance(Duration::from_millis(1));
    assert!(breaker.status().warnings[0].contains("has been free for 1m"));
}

#[test]
fn a_place_that_is_given_back_ends_the_warning_even_if_it_is_taken_again() {
    let ends: [fn(Permit); 3] = [Permit::success, drop, |permit| permit.failure("refused")];
    for end in ends {
        let registry = TestRegistry::new();
        let (breaker, mut permits) = hanging(&registry);
        breaker.configure(PolicyPatch::new().failure_threshold(10)).unwrap();
        assert_eq!(breaker.status().warnings, [HELD]);
        end(permits.pop().unwrap());
        permits.push(breaker.try_acquire().unwrap());
        assert!(breaker.status().warnings.is_empty());
        assert!(breaker.try_acquire().is_err());
        assert!(breaker.status().warnings.is_empty());
        registry.clock().advance(Duration::from_secs(360_000));
        assert_eq!(breaker.status().warnings, [HELD]);
    }
}

#[test]
fn a_new_limit_ends_the_warning() {
    let registry = TestRegistry::new();
    let (breaker, mut permits) = hanging(&registry);
    breaker.configure(PolicyPatch::new().concurrency_limit(4)).unwrap();
    permits.push(breaker.try_acquire().unwrap());
    assert!(breaker.status().warnings.is_empty());
}
