//! "Ask, call, report" by name, with neither a permit nor a cleanup thread.
use brama::{Expiry, PolicyPatch, State, testing::TestRegistry};
use std::time::Duration;

fn broken() -> TestRegistry {
    let registry = TestRegistry::new();
    let _ = registry.breaker("mail");
    for _ in 0..10 {
        registry.failure("mail", "refused").unwrap();
    }
    registry
}

/// zalando/nakadi#1038
#[test]
fn a_success_reported_after_the_opening_closes_the_circuit() {
    let registry = broken();
    registry.advance(Duration::from_secs(60));
    assert!(registry.is_available("mail"));
    registry.success("mail").unwrap();
    registry.assert_state("mail", State::Closed);
}

/// zalando/nakadi#1038
#[test]
fn a_failure_reported_after_the_opening_opens_the_circuit_again() {
    let registry = broken();
    registry.advance(Duration::from_secs(60));
    let mut sent = 0;
    for _ in 0..50 {
        if registry.is_available("mail") {
            sent += 1;
            registry.failure("mail", "refused").unwrap();
        }
    }
    assert_eq!(sent, 1);
    let status = registry.status("mail").unwrap();
    assert_eq!((status.trips, status.retry_after), (2, Some(Duration::from_secs(60))));
}

/// zalando/nakadi#1038
#[test]
fn failures_reported_after_each_opening_lengthen_the_next() {
    let registry = TestRegistry::new();
    let seconds = Duration::from_secs;
    let breaker = registry.breaker("mail");
    breaker
        .configure(
            PolicyPatch::new()
                .expiry(Expiry::progressive(seconds(1), seconds(4)))
                .failure_threshold(1),
        )
        .unwrap();
    let mut waits = Vec::new();
    for _ in 0..4 {
        registry.failure("mail", "refused").unwrap();
        let wait = breaker.status().retry_after.unwrap();
        waits.push(wait);
        registry.advance(wait);
    }
    assert_eq!(waits, [1, 2, 4, 4].map(seconds));
}

/// zalando/nakadi#1038
#[test]
fn a_success_reported_after_the_opening_counts_towards_the_success_threshold() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("mail");
    breaker.configure(PolicyPatch::new().success_threshold(2)).unwrap();
    breaker.open("outage");
    registry.advance(Duration::from_secs(60));
    registry.success("mail").unwrap();
    registry.assert_state("mail", State::HalfOpen);
    registry.success("mail").unwrap();
    registry.assert_state("mail", State::Closed);
}
