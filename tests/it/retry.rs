//! What a loop of retries learns from an error: `retry::is_rejection` and `retry::delay`.

use std::{error::Error, io, time::Duration};

use brama::{Breaker, CircuitOpen, PolicyPatch, Registry, retry, testing::ManualClock};

fn breaker() -> (Breaker, ManualClock) {
    let clock = ManualClock::new();
    (Registry::with_clock(clock.clone()).breaker("price"), clock)
}

fn rejection(breaker: &Breaker) -> CircuitOpen {
    breaker.try_acquire().unwrap_err()
}

#[test]
fn a_rejection_is_found_in_the_error_around_it_and_other_errors_are_none() {
    let (breaker, _) = breaker();
    breaker.open("maintenance");
    let wrapped: Box<dyn Error> = io::Error::from(rejection(&breaker)).into();
    assert!(retry::is_rejection(&*wrapped));
    assert!(!retry::is_rejection(&io::Error::other("refused")));
}

#[test]
fn the_delay_is_what_is_left_of_the_opening() {
    let (breaker, clock) = breaker();
    breaker.open("maintenance");
    clock.advance(Duration::from_secs(20));
    let wrapped = io::Error::from(rejection(&breaker));
    assert_eq!(retry::delay(&wrapped), Some(Duration::from_secs(40)));
}

#[test]
fn there_is_no_delay_if_the_time_is_not_known() {
    let (breaker, _) = breaker();
    assert_eq!(retry::delay(&io::Error::other("refused")), None);
    breaker.force_open("maintenance");
    assert_eq!(retry::delay(&rejection(&breaker)), None);
    breaker.close("mended");
    breaker.configure(PolicyPatch::new().concurrency_limit(1)).unwrap();
    let _permit = breaker.try_acquire().unwrap();
    assert_eq!(retry::delay(&rejection(&breaker)), None);
}
