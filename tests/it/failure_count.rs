//! Failures that are bounded in time or number: `failure_count`.
use brama::{Config, PolicyPatch, Registry, State, Window, testing::TestRegistry};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

/// canton-network/splice#2462, vert-x3/vertx-circuit-breaker#24, App-vNext/Polly#144,
/// nodeshift/opossum#37
#[test]
fn failures_that_lie_days_apart_do_not_add_up() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("nightly");
    breaker
        .configure(
            PolicyPatch::new().failure_count(3).window(Window::time(Duration::from_secs(600))),
        )
        .unwrap();
    for _ in 0..20 {
        breaker.failure("conflict");
        registry.advance(Duration::from_secs(2 * 86_400));
    }
    assert_eq!((breaker.state(), breaker.status().trips), (State::Closed, 0));
}

/// canton-network/splice#2462
#[test]
fn failures_within_the_time_open_the_circuit_whatever_succeeds_between() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("nightly");
    breaker
        .configure(
            PolicyPatch::new().failure_count(3).window(Window::time(Duration::from_secs(600))),
        )
        .unwrap();
    for failures in 0..3 {
        assert_eq!(breaker.state(), State::Closed, "after {failures} failures");
        (0..500).for_each(|_| breaker.success());
        registry.advance(Duration::from_secs(60));
        breaker.failure("conflict");
    }
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_window_that_only_a_count_looks_at_is_of_use_and_shown() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("nightly");
    breaker.configure(PolicyPatch::new().failure_count(3).window(Window::calls(20))).unwrap();
    breaker.failure("conflict");
    let status = breaker.status();
    assert_eq!((status.window_size, status.warnings), (Some(20), vec![]));
    let fails = AssertUnwindSafe(|| registry.assert_state("nightly", State::Open));
    let printed = catch_unwind(fails).unwrap_err();
    let printed = printed.downcast_ref::<String>().unwrap();
    assert!(printed.contains("  window    1 failure and 0 slow of 1 call\n"), "{printed}");
}

#[test]
fn a_count_above_the_window_of_another_layer_is_off_with_a_warning() {
    let registry = Registry::new();
    let defaults = PolicyPatch::new().failure_count(20).window(Window::calls(50));
    registry.init(Config::new().defaults(defaults)).unwrap();
    let breaker = registry.breaker("contradicted");
    breaker.configure(PolicyPatch::new().window(Window::calls(10))).unwrap();
    let status = breaker.status();
    assert_eq!(status.policy.failure_count(), None);
    assert_eq!(status.policy.failure_threshold(), Some(10));
    assert_eq!(
        status.warnings[0],
        "`failure_count` 20 (defaults) is above the window (the last 10 calls, configure): \
         the rule is off"
    );
}

#[test]
fn a_window_below_the_count_of_a_higher_layer_is_dropped_with_a_warning() {
    let registry = Registry::new();
    let defaults = PolicyPatch::new().failure_rate(50).window(Window::calls(10));
    registry.init(Config::new().defaults(defaults)).unwrap();
    let breaker = registry.breaker("contradicted");
    breaker.configure(PolicyPatch::new().failure_count(20)).unwrap();
    let status = breaker.status();
    assert_eq!(status.policy.window(), Window::calls(100));
    assert_eq!(
        status.warnings,
        ["`window` (the last 10 calls, defaults) is below `failure_count` 20 (configure): \
             the last 100 calls apply"]
    );
}

#[test]
fn a_count_above_the_built_in_window_is_off_with_a_warning() {
    let breaker = Registry::new().breaker("above");
    breaker.configure(PolicyPatch::new().failure_count(200)).unwrap();
    let status = breaker.status();
    assert_eq!(status.policy.failure_count(), None);
    assert_eq!(
        status.warnings,
        ["`failure_count` 200 (configure) is above the window (the last 100 calls, built in): \
             the rule is off"]
    );
}
