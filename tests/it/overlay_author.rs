//! Whom a rejection by an overlay names.

use std::time::Duration;

use brama::{Breaker, CircuitOpen, circuit::By, overlay::Overlay, testing::TestRegistry};

const MINUTE: Duration = Duration::from_secs(60);

fn setup() -> (TestRegistry, Breaker) {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("price");
    (registry, breaker)
}

/// Lays an overlay over the breaker, and returns the rejection of a call.
fn rejected_by(breaker: &Breaker, author: &'static str, epoch: u64) -> CircuitOpen {
    let by = By::actor(author, "3 of 8 nodes");
    breaker.overlay(Overlay::open_for(epoch, MINUTE, by).unwrap()).unwrap();
    breaker.try_acquire().unwrap_err()
}

#[test]
fn a_rejection_names_its_overlay_until_a_call_after_the_end() {
    let (registry, breaker) = setup();
    let rejected = rejected_by(&breaker, "fleet", 1);
    registry.advance(2 * MINUTE);
    let shown = "price is open (fleet: 3 of 8 nodes), next attempt in 60 s";
    assert_eq!(rejected.to_string(), shown);
    breaker.try_acquire().unwrap().success();
    assert_eq!(rejected.to_string(), "price is open (by an overlay), next attempt in 60 s");
    assert_eq!(rejected.cause().unwrap().to_string(), "an overlay rejects calls");
}

fn assert_names_no_later_overlay(breaker: &Breaker) {
    let first = rejected_by(breaker, "fleet", 1);
    let second = rejected_by(breaker, "operator", 2);
    assert_eq!(first.to_string(), "price is open (by an overlay), next attempt in 60 s");
    assert!(second.to_string().contains("(operator: 3 of 8 nodes)"), "{second}");
    assert_ne!(first, second);
}

#[test]
fn a_rejection_at_the_gate_names_no_later_overlay() {
    let (_registry, breaker) = setup();
    assert_names_no_later_overlay(&breaker);
}

#[test]
fn a_rejection_under_the_lock_names_no_later_overlay() {
    let (registry, breaker) = setup();
    let _recorder = registry.record();
    assert_names_no_later_overlay(&breaker);
}

#[test]
fn a_stale_overlay_takes_no_name_away() {
    let (_registry, breaker) = setup();
    let rejected = rejected_by(&breaker, "fleet", 2);
    breaker.overlay(Overlay::open_for(1, MINUTE, "late").unwrap()).unwrap_err();
    assert!(rejected.to_string().contains("(fleet: 3 of 8 nodes)"), "{rejected}");
    assert_eq!(breaker.try_acquire().unwrap_err(), rejected);
}

#[test]
fn a_rejection_by_an_overlay_keeps_the_number_of_the_last_opening() {
    let (_registry, breaker) = setup();
    breaker.open("an outage");
    breaker.close("it is over");
    let rejected = rejected_by(&breaker, "fleet", 1);
    assert_eq!((rejected.opening(), rejected.is_overlaid()), (1, true));
}
