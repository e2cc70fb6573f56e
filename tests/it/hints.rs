//! Retry-after hints: how long the dependency asks to wait.
use brama::{
    Breaker, CircuitOpen, Expiry, Outcome, PolicyPatch, State, circuit_breaker,
    testing::TestRegistry,
};
use std::time::Duration;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn model(expiry: u64) -> (TestRegistry, Breaker) {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("model");
    let patch = PolicyPatch::new().failure_threshold(1).expiry(Expiry::fixed(seconds(expiry)));
    breaker.configure(patch).unwrap();
    (registry, breaker)
}

/// BerriAI/litellm#40130
#[test]
fn a_late_failure_with_a_longer_hint_prolongs_the_opening() {
    let (registry, breaker) = model(10);
    let (first, second) = (breaker.try_acquire().unwrap(), breaker.try_acquire().unwrap());
    first.failure("busy");
    registry.advance(seconds(4));
    second.record(Outcome::failure("busy").retry_after(seconds(30)));
    assert_eq!(breaker.status().retry_after, Some(seconds(30)));
    assert_eq!(breaker.status().trips, 1);
}

/// m3ue/m3u-editor#1480, voidmind-io/voidllm#184, diegosouzapw/OmniRoute#2100
#[test]
fn a_trip_opens_the_circuit_below_every_threshold() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("model");
    breaker.try_acquire().unwrap().record(Outcome::trip("quota used up").retry_after(seconds(240)));
    let rejected = breaker.try_acquire().unwrap_err();
    assert_eq!((rejected.state(), rejected.retry_after()), (State::Open, Some(seconds(240))));
    assert_eq!(breaker.status().totals.failures, 1);
}

/// mnfst/llm-gateway#2372
#[test]
fn a_trip_with_a_shorter_hint_makes_a_shorter_opening() {
    let (_registry, breaker) = model(60);
    breaker.try_acquire().unwrap().record(Outcome::trip("busy").retry_after(seconds(3)));
    assert_eq!(breaker.status().retry_after, Some(seconds(3)));
}

/// m3ue/m3u-editor#1480, mnfst/llm-gateway#2372
#[test]
fn the_attribute_takes_trips_and_hints_from_the_error() {
    #[derive(Debug, thiserror::Error)]
    enum Answer {
        #[error("too many requests")]
        Busy(Duration),
        #[error("broken")]
        Broken,
        #[error(transparent)]
        Rejected(#[from] CircuitOpen),
    }
    fn hint(error: &Answer) -> Option<Duration> {
        if let Answer::Busy(hint) = error { Some(*hint) } else { None }
    }
    #[circuit_breaker(identifier = "model", trip_if = |e| matches!(e, Answer::Busy(_)), retry_after = hint)]
    fn complete(answer: Answer) -> Result<(), Answer> {
        Err(answer)
    }
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let _ = complete(Answer::Broken);
    registry.assert_state("model", State::Closed);
    let _ = complete(Answer::Busy(seconds(7)));
    assert_eq!(registry.status("model").unwrap().retry_after, Some(seconds(7)));
    assert!(matches!(complete(Answer::Broken), Err(Answer::Rejected(_))));
}
