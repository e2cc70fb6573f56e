//! Health: a summary of many breakers.

use std::time::Duration;

use brama::{
    Health, Identity, State, health::HealthThresholds, status::BreakerFilter, testing::TestRegistry,
};

/// Creates one breaker for each state, named by its index.
fn registry(states: &[State]) -> TestRegistry {
    let registry = TestRegistry::new();
    for (place, state) in states.iter().enumerate() {
        registry.set_state(&*format!("api_{place}"), *state);
    }
    registry
}

fn shown(states: &[State]) -> String {
    registry(states).health(BreakerFilter::new()).to_string()
}

const CLOSED: State = State::Closed;
const OPEN: State = State::Open;

#[test]
fn health_is_a_line_for_people() {
    assert_eq!(shown(&[]), "up: no circuits");
    assert_eq!(shown(&[CLOSED]), "up: none of 1 circuit open");
    assert_eq!(shown(&[CLOSED; 7]), "up: none of 7 circuits open");
    assert_eq!(shown(&[OPEN, CLOSED, CLOSED]), "degraded: 1 of 3 circuits open (api_0)");
    assert_eq!(shown(&[OPEN, OPEN, CLOSED]), "down: 2 of 3 circuits open (api_0, api_1)");
    assert_eq!(
        shown(&[OPEN; 9]),
        "down: 9 of 9 circuits open (api_0, api_1, api_2, api_3, api_4, api_5, api_6, api_7 and 1 \
         more)"
    );
}

#[test]
fn every_state_is_counted_once_and_a_forced_opening_is_open() {
    let health = registry(&State::ALL).health(BreakerFilter::new());
    let counts = health.counts();
    assert_eq!((counts.closed, counts.half_open, counts.open, counts.disabled), (1, 1, 2, 1));
    assert_eq!((counts.chosen(), counts.open_percent()), (5, 40));
    let names: Vec<_> = counts.names.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["api_1", "api_3"]);
}

#[test]
fn the_filter_selects_the_breakers_that_are_counted() {
    let registry = registry(&[CLOSED]);
    registry.breaker(Identity::new("ledger").in_scope("payments")).open("test");
    assert!(matches!(registry.health(BreakerFilter::new().scope("payments")), Health::Down(_)));
    assert!(matches!(registry.health(BreakerFilter::new().scope("search")), Health::Up(_)));
    registry.unregister(Identity::new("ledger").in_scope("payments"));
    assert!(matches!(registry.health(BreakerFilter::new()), Health::Up(_)));
}

#[test]
fn custom_thresholds_change_how_the_counts_are_judged() {
    let health = registry(&[OPEN, CLOSED, CLOSED, CLOSED]).health(BreakerFilter::new());
    let under = |degraded, down| {
        health.clone().under(HealthThresholds { degraded, down }).as_str().to_owned()
    };
    assert_eq!([under(0, 50), under(0, 25), under(26, 50)], ["degraded", "down", "up"]);
    assert_eq!(health.clone().under(HealthThresholds::default()), health);
}

#[test]
fn an_opening_past_its_deadline_no_longer_counts_as_open() {
    let registry = TestRegistry::new();
    registry.breaker("api").open_for(Duration::from_secs(5), "test").unwrap();
    assert_eq!(registry.health(BreakerFilter::new()).as_str(), "down");
    registry.advance(Duration::from_secs(5));
    let health = registry.health(BreakerFilter::new());
    assert_eq!((health.as_str(), health.counts().half_open), ("up", 1));
    registry.assert_state("api", State::Open);
}

#[test]
fn the_free_function_reads_the_global_registry() {
    let name = "tests/it/health.rs";
    brama::breaker(name).force_open("test");
    let health = brama::health(BreakerFilter::new().identifier(name));
    assert_eq!(health.to_string(), "down: 1 of 1 circuit open (tests/it/health.rs)");
}
