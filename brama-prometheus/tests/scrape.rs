//! What `prometheus-client` writes for breakers.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{collections::BTreeSet, time::Duration};

use brama::{
    Config, Identity, Outcome, PolicyPatch, Registry, metrics::Exposition, testing::ManualClock,
};
use brama_prometheus::BreakerCollector;
use prometheus_client::{encoding::text::encode, registry::Registry as Metrics};

fn scrape(registry: &Registry) -> String {
    let mut metrics = Metrics::default();
    metrics.register_collector(Box::new(BreakerCollector::new(registry.clone())));
    let mut text = String::new();
    encode(&mut text, &metrics).unwrap();
    text
}

fn busy() -> Registry {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.breaker(Identity::new("api").in_scope("eu").with_key("a\"b\nc"));
    let patch = PolicyPatch::new().failure_rate(50).minimum_calls(4).durations(true);
    breaker.configure(patch).unwrap();
    for outcome in [Outcome::Success, Outcome::Ignore, Outcome::Success, Outcome::failure("busy")] {
        let permit = breaker.try_acquire().unwrap();
        clock.advance(Duration::from_millis(300));
        permit.record(outcome);
    }
    breaker.failure("busy");
    assert!(breaker.try_acquire().is_err());
    registry
}

/// The names and labels of the samples. The order of labels is not significant.
fn samples(text: &str) -> BTreeSet<(String, BTreeSet<String>, String)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            let labels = labels.trim_end_matches('}').split(',').map(str::to_owned).collect();
            let value = value.parse::<f64>().unwrap().to_string();
            (name.to_owned(), labels, value)
        })
        .collect()
}

/// A registry with more keys than series, and a reload.
fn limited() -> Registry {
    let registry = Registry::new();
    registry.init(Config::new().cleanup_interval(None)).unwrap();
    registry.reload(Config::new().max_series(1)).unwrap();
    for key in 0..3 {
        registry.breaker(Identity::new("api").in_scope("eu").with_key(key)).success();
    }
    registry
}

#[test]
fn the_samples_are_those_of_the_runtime() {
    for registry in [busy(), limited()] {
        let own = samples(&Exposition::new().render(&registry));
        assert_eq!(samples(&scrape(&registry)), own);
    }
}

#[test]
fn the_series_of_a_breaker_that_is_gone_are_absent() {
    let registry = Registry::new();
    registry.breaker("a").success();
    assert!(scrape(&registry).contains("name=\"a\""));
    registry.unregister("a");
    assert!(!scrape(&registry).contains("name=\"a\""));
}

#[test]
fn an_empty_registry_is_written_too() {
    let text = scrape(&Registry::new());
    assert!(
        text.contains("brama_health{health=\"up\"} 1\n") && text.ends_with("# EOF\n"),
        "{text}"
    );
}

#[test]
fn a_reload_that_failed_is_shown() {
    let registry = Registry::new();
    registry.record_failed_reload("a.toml", &"bad");
    assert!(scrape(&registry).contains("\nbrama_config_last_reload_successful 0\n"));
}
