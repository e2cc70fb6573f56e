//! What a real recorder shows of breakers.

use std::{num::NonZeroUsize, time::Duration};

use brama::{Config, Identity, PolicyPatch, Registry, testing::ManualClock};
use brama_metrics::BreakerMetrics;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

/// Publishes, and returns what the recorder shows.
fn shown(recorder: &PrometheusRecorder, metrics: &BreakerMetrics) -> String {
    metrics::with_local_recorder(recorder, || metrics.publish());
    recorder.handle().render()
}

#[track_caller]
fn assert_shows(text: &str, line: &str) {
    assert!(text.lines().any(|it| it == line), "{line}\nis not in\n{text}");
}

fn recorder() -> PrometheusRecorder {
    PrometheusBuilder::new().build_recorder()
}

#[test]
fn counters_and_states_of_a_breaker_are_shown() {
    let registry = Registry::new();
    let breaker = registry.breaker(Identity::new("api").in_scope("eu").with_key(7));
    breaker.success();
    breaker.failure("busy");
    breaker.open("a test");
    assert!(breaker.try_acquire().is_err());
    let text = shown(&recorder(), &BreakerMetrics::new(registry));
    let labels = "name=\"api\",scope=\"eu\",key=\"7\"";
    for line in [
        format!("brama_breaker_calls_total{{{labels},outcome=\"failure\"}} 1"),
        format!("brama_breaker_state{{{labels},state=\"open\"}} 1"),
        format!("brama_breaker_state{{{labels},state=\"closed\"}} 0"),
        format!("brama_breaker_rejections_total{{{labels},reason=\"open\"}} 1"),
        format!("brama_breaker_transitions_total{{{labels},from=\"closed\",to=\"open\"}} 1"),
        "brama_health{health=\"down\"} 1".to_owned(),
        "brama_breakers 1".to_owned(),
    ] {
        assert_shows(&text, &line);
    }
}

#[test]
fn a_second_publication_replaces_the_first() {
    let (registry, recorder) = (Registry::new(), recorder());
    let metrics = BreakerMetrics::new(registry.clone());
    let breaker = registry.breaker("a");
    for calls in 1..4 {
        breaker.success();
        let text = shown(&recorder, &metrics);
        let line = format!("brama_breaker_calls_total{{name=\"a\",outcome=\"success\"}} {calls}");
        assert_shows(&text, &line);
    }
}

#[test]
fn the_gauges_of_a_breaker_that_is_gone_are_zero() {
    let (registry, recorder) = (Registry::new(), recorder());
    let metrics = BreakerMetrics::new(registry.clone());
    registry.breaker("a").open("a test");
    let open = "brama_breaker_state{name=\"a\",state=\"open\"}";
    assert_shows(&shown(&recorder, &metrics), &format!("{open} 1"));
    registry.unregister("a");
    assert_shows(&shown(&recorder, &metrics), &format!("{open} 0"));
}

#[test]
fn a_ratio_that_is_not_known_any_more_is_no_number() {
    let (registry, recorder) = (Registry::new(), recorder());
    let metrics = BreakerMetrics::new(registry.clone());
    let breaker = registry.breaker("a");
    let patch = PolicyPatch::new().failure_rate(90).minimum_calls(1);
    assert!(breaker.configure(patch).is_ok());
    breaker.success();
    let ratio = "brama_breaker_failure_ratio{name=\"a\"}";
    assert_shows(&shown(&recorder, &metrics), &format!("{ratio} 0"));
    breaker.reset("a test");
    assert_shows(&shown(&recorder, &metrics), &format!("{ratio} NaN"));
}

#[test]
fn durations_are_shown_as_sums_and_quantiles() {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.breaker("a");
    assert!(breaker.configure(PolicyPatch::new().durations(true)).is_ok());
    if let Ok(permit) = breaker.try_acquire() {
        clock.advance(Duration::from_millis(1_500));
        permit.success();
    }
    let text = shown(&recorder(), &BreakerMetrics::new(registry));
    let labels = "{name=\"a\",outcome=\"success\"}";
    let micros = "brama_breaker_call_duration_microseconds_total";
    assert_shows(&text, &format!("{micros}{labels} 1500000"));
    assert_shows(&text, &format!("brama_breaker_call_duration_max_seconds{labels} 1.5"));
}

#[test]
fn the_last_reload_is_shown_and_when_one_was_successful() {
    let (registry, recorder) = (Registry::new(), recorder());
    let metrics = BreakerMetrics::new(registry.clone());
    let time = "brama_config_last_reload_success_timestamp_seconds ";
    registry.record_failed_reload("a.toml", &"bad");
    let text = shown(&recorder, &metrics);
    assert_shows(&text, "brama_config_last_reload_successful 0");
    assert!(!text.contains(time));
    assert!(registry.reload(Config::new()).is_ok());
    let text = shown(&recorder, &metrics);
    assert_shows(&text, "brama_config_last_reload_successful 1");
    let since_1970 = text.lines().find_map(|line| line.strip_prefix(time)?.parse::<f64>().ok());
    assert!(since_1970.is_some_and(|seconds| 1e9 < seconds), "{text}");
}

/// A registry with room for one key of each identifier.
fn with_one_key() -> Registry {
    let registry = Registry::new();
    let config = Config::new().max_keys(NonZeroUsize::MIN).cleanup_interval(None);
    assert!(registry.init(config).is_ok());
    registry
}

#[test]
fn the_counters_of_a_key_that_was_evicted_and_returns_go_on() {
    let (registry, recorder) = (with_one_key(), recorder());
    let metrics = BreakerMetrics::new(registry.clone());
    let labels = "name=\"a\",key=\"1\",outcome=\"success\"";
    let mut sum = 0;
    for (key, calls) in [(1_u64, 1_000), (2, 1), (1, 400), (1, 400), (2, 1), (1, 5_000)] {
        let breaker = registry.breaker(Identity::new("a").with_key(key));
        (0..calls).for_each(|_| breaker.success());
        sum += if key == 1 { calls } else { 0 };
        let text = shown(&recorder, &metrics);
        assert_shows(&text, &format!("brama_breaker_calls_total{{{labels}}} {sum}"));
    }
}

#[test]
fn a_breaker_that_was_unregistered_and_returns_counts_nothing_twice() {
    for identity in [Identity::new("a"), Identity::new("a").with_key(1)] {
        let (registry, recorder) = (Registry::new(), recorder());
        let metrics = BreakerMetrics::new(registry.clone());
        let breaker = registry.breaker(identity.clone());
        breaker.success();
        shown(&recorder, &metrics);
        assert!(registry.unregister(identity));
        shown(&recorder, &metrics);
        breaker.success();
        let text = shown(&recorder, &metrics);
        let calls = text.lines().find(|line| line.contains("calls_total") && line.ends_with(" 2"));
        assert!(calls.is_some_and(|line| line.contains("success")), "{text}");
    }
}

#[test]
fn the_number_of_summed_keys_has_the_labels_of_the_identifier() {
    let registry = Registry::new();
    assert!(registry.init(Config::new().max_series(1).cleanup_interval(None)).is_ok());
    for key in 0..3 {
        registry.breaker(Identity::new("a").with_key(key)).success();
    }
    let text = shown(&recorder(), &BreakerMetrics::new(registry));
    assert_shows(&text, "brama_series_limited_keys{name=\"a\"} 2");
}
