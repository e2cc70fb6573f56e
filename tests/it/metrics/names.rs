//! The names of both kinds, line by line.

use std::time::{Duration, SystemTime};

use brama::{
    Config, Registry,
    metrics::{Exposition, Format, Naming},
    testing::ManualClock,
};

use super::{busy, native, value};

/// The lines of a busy breaker, without those of its buckets.
fn lines(naming: Naming, format: Format) -> Vec<String> {
    let text = Exposition::new().naming(naming).format(format).render(&busy().0);
    let is_shown = |line: &&str| !line.starts_with("# HELP") && !line.contains("_bucket{");
    text.lines().filter(is_shown).map(str::to_owned).collect()
}

#[test]
fn native_names_are_these() {
    assert_eq!(lines(Naming::Native, Format::OpenMetrics).join("\n") + "\n", NATIVE);
}

#[test]
fn the_names_of_resilience4j_are_those_that_micrometer_writes() {
    let lines = lines(Naming::Resilience4j, Format::Prometheus);
    assert_eq!(lines.join("\n") + "\n", RESILIENCE4J);
}

#[test]
fn the_buckets_of_a_histogram_are_powers_of_two_of_a_second() {
    let text = Exposition::new().render(&busy().0);
    let start = "brama_breaker_call_duration_seconds_bucket{name=\"payment_api\",\
                 outcome=\"success\",le=\"";
    let bounds: Vec<_> = text.lines().filter_map(|line| line.strip_prefix(start)).collect();
    let shown = ["0.0078125\"} 0", "0.015625\"} 1", "2.0\"} 1", "4.0\"} 2", "+Inf\"} 2"];
    for bound in shown {
        assert!(bounds.contains(&bound), "{bound}: {bounds:?}");
    }
    assert_eq!(bounds.len(), 26);
}

#[test]
fn the_last_reload_and_the_last_successful_one_are_series_once_there_was_one() {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let [successful, success] = [
        "brama_config_last_reload_successful",
        "brama_config_last_reload_success_timestamp_seconds",
    ];
    let series = || {
        let samples = native(&registry);
        [successful, success].map(|name| value(&samples, name, []))
    };
    assert_eq!(series(), [None, None]);
    registry.record_failed_reload("a.toml", &"bad");
    assert_eq!(series(), [Some(0.0), None]);
    registry.reload(Config::new()).unwrap();
    let time = registry.last_reload().unwrap().time;
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
    assert_eq!(series(), [Some(1.0), Some(seconds)]);
    clock.advance(Duration::from_secs(9));
    registry.record_failed_reload("a.toml", &"bad");
    assert_eq!(series(), [Some(0.0), Some(seconds)]);
}

const NATIVE: &str = r#"# TYPE brama_breaker_state gauge
brama_breaker_state{name="payment_api",state="closed"} 0
brama_breaker_state{name="payment_api",state="open"} 1
brama_breaker_state{name="payment_api",state="half_open"} 0
brama_breaker_state{name="payment_api",state="force_open"} 0
brama_breaker_state{name="payment_api",state="disabled"} 0
# TYPE brama_breaker_calls counter
brama_breaker_calls_total{name="payment_api",outcome="success"} 2
brama_breaker_calls_total{name="payment_api",outcome="failure"} 2
brama_breaker_calls_total{name="payment_api",outcome="ignored"} 1
# TYPE brama_breaker_slow_calls counter
brama_breaker_slow_calls_total{name="payment_api"} 1
# TYPE brama_breaker_rejections counter
brama_breaker_rejections_total{name="payment_api",reason="open"} 1
brama_breaker_rejections_total{name="payment_api",reason="probe_limit"} 0
brama_breaker_rejections_total{name="payment_api",reason="ramp"} 0
brama_breaker_rejections_total{name="payment_api",reason="forced"} 0
# TYPE brama_breaker_transitions counter
brama_breaker_transitions_total{name="payment_api",from="closed",to="open"} 1
# TYPE brama_breaker_openings counter
brama_breaker_openings_total{name="payment_api"} 1
# TYPE brama_breaker_failures_in_a_row gauge
brama_breaker_failures_in_a_row{name="payment_api"} 2
# TYPE brama_breaker_window_calls gauge
brama_breaker_window_calls{name="payment_api",outcome="success"} 2
brama_breaker_window_calls{name="payment_api",outcome="failure"} 2
# TYPE brama_breaker_window_slow_calls gauge
brama_breaker_window_slow_calls{name="payment_api"} 1
# TYPE brama_breaker_failure_ratio gauge
# UNIT brama_breaker_failure_ratio ratio
brama_breaker_failure_ratio{name="payment_api"} 0.5
# TYPE brama_breaker_slow_ratio gauge
# UNIT brama_breaker_slow_ratio ratio
brama_breaker_slow_ratio{name="payment_api"} 0.25
# TYPE brama_breaker_call_duration_seconds histogram
# UNIT brama_breaker_call_duration_seconds seconds
brama_breaker_call_duration_seconds_sum{name="payment_api",outcome="success"} 3.01
brama_breaker_call_duration_seconds_count{name="payment_api",outcome="success"} 2
brama_breaker_call_duration_seconds_sum{name="payment_api",outcome="failure"} 1.0
brama_breaker_call_duration_seconds_count{name="payment_api",outcome="failure"} 2
brama_breaker_call_duration_seconds_sum{name="payment_api",outcome="ignored"} 0.01
brama_breaker_call_duration_seconds_count{name="payment_api",outcome="ignored"} 1
# TYPE brama_breaker_call_duration_max_seconds gauge
# UNIT brama_breaker_call_duration_max_seconds seconds
brama_breaker_call_duration_max_seconds{name="payment_api",outcome="success"} 3.0
brama_breaker_call_duration_max_seconds{name="payment_api",outcome="failure"} 0.5
brama_breaker_call_duration_max_seconds{name="payment_api",outcome="ignored"} 0.01
# TYPE brama_breakers gauge
brama_breakers 1
# TYPE brama_health gauge
brama_health{health="up"} 0
brama_health{health="degraded"} 0
brama_health{health="down"} 1
# TYPE brama_keys_evicted counter
brama_keys_evicted_total 0
# TYPE brama_overflow_calls counter
brama_overflow_calls_total 0
# TYPE brama_events_lost counter
brama_events_lost_total 0
# TYPE brama_shadow_all gauge
brama_shadow_all 0
# EOF
"#;

const RESILIENCE4J: &str = r#"# TYPE resilience4j_circuitbreaker_state gauge
resilience4j_circuitbreaker_state{name="payment_api",state="disabled"} 0.0
resilience4j_circuitbreaker_state{name="payment_api",state="metrics_only"} 0.0
resilience4j_circuitbreaker_state{name="payment_api",state="closed"} 0.0
resilience4j_circuitbreaker_state{name="payment_api",state="open"} 1.0
resilience4j_circuitbreaker_state{name="payment_api",state="forced_open"} 0.0
resilience4j_circuitbreaker_state{name="payment_api",state="half_open"} 0.0
# TYPE resilience4j_circuitbreaker_buffered_calls gauge
resilience4j_circuitbreaker_buffered_calls{kind="failed",name="payment_api"} 2.0
resilience4j_circuitbreaker_buffered_calls{kind="successful",name="payment_api"} 2.0
# TYPE resilience4j_circuitbreaker_max_buffered_calls gauge
resilience4j_circuitbreaker_max_buffered_calls{name="payment_api"} 100.0
# TYPE resilience4j_circuitbreaker_slow_calls gauge
resilience4j_circuitbreaker_slow_calls{kind="failed",name="payment_api"} 0.0
resilience4j_circuitbreaker_slow_calls{kind="successful",name="payment_api"} 1.0
# TYPE resilience4j_circuitbreaker_failure_rate gauge
resilience4j_circuitbreaker_failure_rate{name="payment_api"} 50.0
# TYPE resilience4j_circuitbreaker_slow_call_rate gauge
resilience4j_circuitbreaker_slow_call_rate{name="payment_api"} 25.0
# TYPE resilience4j_circuitbreaker_calls_seconds summary
resilience4j_circuitbreaker_calls_seconds_count{kind="successful",name="payment_api"} 2.0
resilience4j_circuitbreaker_calls_seconds_sum{kind="successful",name="payment_api"} 3.01
resilience4j_circuitbreaker_calls_seconds_count{kind="failed",name="payment_api"} 2.0
resilience4j_circuitbreaker_calls_seconds_sum{kind="failed",name="payment_api"} 1.0
resilience4j_circuitbreaker_calls_seconds_count{kind="ignored",name="payment_api"} 1.0
resilience4j_circuitbreaker_calls_seconds_sum{kind="ignored",name="payment_api"} 0.01
# TYPE resilience4j_circuitbreaker_calls_seconds_max gauge
resilience4j_circuitbreaker_calls_seconds_max{kind="successful",name="payment_api"} 3.0
resilience4j_circuitbreaker_calls_seconds_max{kind="failed",name="payment_api"} 0.5
resilience4j_circuitbreaker_calls_seconds_max{kind="ignored",name="payment_api"} 0.01
# TYPE resilience4j_circuitbreaker_not_permitted_calls_total counter
resilience4j_circuitbreaker_not_permitted_calls_total{kind="not_permitted",name="payment_api"} 1.0
"#;
