//! What a real recorder shows of breakers.

use std::time::Duration;

use brama::{Identity, PolicyPatch, Registry, testing::ManualClock};
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
fn a_reload_that_failed_is_shown() {
    let registry = Registry::new();
    registry.reload_failed("a.toml", &"bad");
    let text = shown(&recorder(), &BreakerMetrics::new(registry));
    assert_shows(&text, "brama_config_last_reload_successful 0");
}
