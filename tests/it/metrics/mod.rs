//! Metrics as text: names, labels and values, read by a strict grammar.

mod grammar;
mod keys;
mod names;
mod since;

use std::{collections::BTreeMap, time::Duration};

use brama::{
    Outcome, PolicyPatch, Registry, State,
    metrics::{Exposition, Format, Naming},
    testing::ManualClock,
};

use self::grammar::{Samples, read};

/// The samples of a registry, under native names.
fn native(registry: &Registry) -> Samples {
    let format = Format::OpenMetrics;
    read(&Exposition::new().render(registry), format)
}

/// The value of a series.
fn value<const L: usize>(samples: &Samples, name: &str, labels: [(&str, &str); L]) -> Option<f64> {
    let labels = labels.map(|(label, value)| (label.to_owned(), value.to_owned()));
    samples.get(&(name.to_owned(), BTreeMap::from(labels))).copied()
}

/// A registry with one breaker that has seen everything.
fn busy() -> (Registry, ManualClock) {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.breaker("payment_api");
    let patch = PolicyPatch::new().failure_rate(50).minimum_calls(4).durations(true);
    breaker
        .configure(patch.slow_call_rate(100).slow_call_duration(Duration::from_secs(1)))
        .unwrap();
    for (outcome, millis) in [
        (Outcome::Success, 10),
        (Outcome::Success, 3_000),
        (Outcome::Ignore, 10),
        (Outcome::failure("busy"), 500),
        (Outcome::failure("busy"), 500),
    ] {
        let permit = breaker.try_acquire().unwrap();
        clock.advance(Duration::from_millis(millis));
        permit.record(outcome);
    }
    assert!(breaker.try_acquire().is_err());
    (registry, clock)
}

#[test]
fn each_text_is_read_by_the_grammar_of_its_format() {
    let (registry, _) = busy();
    registry.breaker("a\"b\\c\nd\u{202e}").success();
    for naming in [Naming::Native, Naming::Resilience4j] {
        for format in [Format::OpenMetrics, Format::Prometheus] {
            let exposition = Exposition::new().naming(naming).format(format);
            let samples = read(&exposition.render(&registry), format);
            assert!(20 < samples.len(), "{naming:?} {format:?}");
        }
    }
}

#[test]
fn an_empty_registry_is_read_too() {
    let samples = native(&Registry::new());
    assert_eq!(value(&samples, "brama_breakers", []), Some(0.0));
    let naming = Exposition::new().naming(Naming::Resilience4j);
    assert_eq!(naming.render(&Registry::new()), "# EOF\n");
}

#[test]
fn render_into_writes_what_render_returns() {
    let (registry, _) = busy();
    let mut text = String::new();
    Exposition::new().render_into(&registry, &mut text).unwrap();
    assert_eq!(text, Exposition::new().render(&registry));
}

#[test]
fn the_free_functions_render_the_registry_that_a_test_has_entered() {
    let registry = brama::testing::TestRegistry::new();
    let _entered = registry.enter();
    brama::breaker("entered").success();
    let mut text = String::new();
    brama::metrics::render_into(&mut text).unwrap();
    assert_eq!(text, brama::metrics::render());
    let labels = [("name", "entered"), ("outcome", "success")];
    let samples = read(&text, Format::OpenMetrics);
    assert_eq!(value(&samples, "brama_breaker_calls_total", labels), Some(1.0));
}

#[test]
fn the_state_is_one_series_for_each_state() {
    let (registry, _) = busy();
    let samples = native(&registry);
    for state in State::ALL {
        let labels = [("name", "payment_api"), ("state", state.as_str())];
        let expected = f64::from(u8::from(state == State::Open));
        assert_eq!(value(&samples, "brama_breaker_state", labels), Some(expected), "{state}");
    }
}

#[test]
fn a_rate_below_the_minimum_is_absent() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    breaker.configure(PolicyPatch::new().failure_rate(90).minimum_calls(2)).unwrap();
    breaker.failure("busy");
    let ratio = || value(&native(&registry), "brama_breaker_failure_ratio", [("name", "a")]);
    assert_eq!(ratio(), None);
    breaker.success();
    assert_eq!(ratio(), Some(0.5));
}

#[test]
fn the_series_of_an_unregistered_breaker_are_gone() {
    let registry = Registry::new();
    registry.breaker("a").success();
    let state = || value(&native(&registry), "brama_breakers", []);
    assert_eq!(state(), Some(1.0));
    registry.unregister("a");
    assert_eq!(state(), Some(0.0));
    assert!(!Exposition::new().render(&registry).contains("name=\"a\""));
}

#[test]
fn an_event_that_a_subscription_loses_is_counted_after_the_subscription_too() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    let filter = brama::event::EventFilter::new().capacity(std::num::NonZeroUsize::MIN);
    let subscription = registry.subscribe(filter);
    (0..3).for_each(|_| breaker.success());
    drop(subscription);
    assert_eq!(value(&native(&registry), "brama_events_lost_total", []), Some(2.0));
}

#[test]
fn a_ramp_shows_its_share() {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.breaker("a");
    breaker.configure(PolicyPatch::new().ramp(Duration::from_secs(10))).unwrap();
    breaker.open_for(Duration::from_secs(1), "a test").unwrap();
    clock.advance(Duration::from_secs(1));
    breaker.try_acquire().unwrap().success();
    clock.advance(Duration::from_secs(5));
    let samples = native(&registry);
    let share = value(&samples, "brama_breaker_admitting_ratio", [("name", "a")]);
    assert_eq!(share, Some(0.55));
}

#[test]
fn a_limited_breaker_shows_its_calls_in_flight_its_limit_and_the_surplus() {
    let registry = Registry::new();
    let breaker = registry.breaker("payment_api");
    breaker.configure(PolicyPatch::new().concurrency_limit(2)).unwrap();
    let _permits = [breaker.try_acquire().unwrap(), breaker.try_acquire().unwrap()];
    let name = ("name", "payment_api");
    let surplus = |samples: &Samples| {
        let labels = [name, ("reason", "saturated")];
        value(samples, "brama_breaker_rejections_total", labels)
    };
    assert_eq!(surplus(&native(&registry)), None);
    assert!(breaker.try_acquire().is_err());
    let samples = native(&registry);
    assert_eq!(surplus(&samples), Some(1.0));
    assert_eq!(value(&samples, "brama_breaker_calls_in_flight", [name]), Some(2.0));
    assert_eq!(value(&samples, "brama_breaker_concurrency_limit", [name]), Some(2.0));
}
