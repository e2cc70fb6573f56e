//! A breaker that sees nothing but abandoned calls says so.

use std::time::Duration;

use brama::{Breaker, PolicyPatch, outcome::Abandoned, testing::TestRegistry};

fn abandon(breaker: &Breaker, calls: u32) {
    for _ in 0..calls {
        drop(breaker.try_acquire().unwrap());
    }
}

fn warns(breaker: &Breaker) -> bool {
    breaker.status().warnings.iter().any(|warning| warning.contains("abandoned"))
}

#[test]
fn ten_abandoned_calls_and_nothing_else_are_a_warning_with_its_remedy() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("api");
    breaker.success();
    abandon(&breaker, 9);
    assert!(!warns(&breaker));
    abandon(&breaker, 1);
    let warnings = breaker.status().warnings;
    assert!(warnings[0].starts_with("the last 10 calls were all abandoned"), "{warnings:?}");
    assert!(warnings[0].contains("`timeout`"), "{warnings:?}");
}

#[test]
fn an_outcome_between_them_ends_the_warning() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("api");
    for end in [Breaker::success, |breaker: &Breaker| breaker.failure("refused")] {
        abandon(&breaker, 10);
        assert!(warns(&breaker));
        end(&breaker);
        assert!(!warns(&breaker));
        abandon(&breaker, 9);
        assert!(!warns(&breaker));
    }
}

#[test]
fn a_breaker_that_judges_abandoned_calls_sees_them() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("api");
    let patch = PolicyPatch::new().abandoned(Abandoned::Failure).failure_threshold(100);
    breaker.configure(patch).unwrap();
    abandon(&breaker, 50);
    assert!(!warns(&breaker));
}

/// Makes the circuit half-open once more and abandons its probe.
fn abandon_probe(registry: &TestRegistry, breaker: &Breaker) {
    registry.clock().advance(Duration::from_secs(60));
    abandon(breaker, 1);
}

#[test]
fn three_abandoned_probes_are_a_warning_until_one_has_an_outcome() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("api");
    breaker.open("an outage");
    abandon_probe(&registry, &breaker);
    abandon_probe(&registry, &breaker);
    assert!(!warns(&breaker));
    abandon_probe(&registry, &breaker);
    let warnings = breaker.status().warnings;
    assert!(warnings[0].starts_with("the last 3 probes were all abandoned"), "{warnings:?}");
    breaker.failure("refused");
    assert!(!warns(&breaker));
}

#[test]
fn calls_that_the_closed_circuit_admitted_are_no_abandoned_probes() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("api");
    let calls: Vec<_> = (0..9).map(|_| breaker.try_acquire().unwrap()).collect();
    breaker.open("an outage");
    registry.clock().advance(Duration::from_secs(60));
    let probe = breaker.try_acquire().unwrap();
    drop(calls);
    assert!(!warns(&breaker));
    drop(probe);
}

#[test]
fn abandoned_calls_of_a_ramp_are_no_abandoned_probes() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("api");
    breaker.configure(PolicyPatch::new().ramp(Duration::from_secs(60))).unwrap();
    breaker.open("an outage");
    registry.advance(Duration::from_secs(60));
    breaker.try_acquire().unwrap().success();
    registry.advance(Duration::from_secs(59));
    (0..20).for_each(|_| drop(breaker.try_acquire()));
    assert!(3 < breaker.status().totals.abandoned && !warns(&breaker));
}
