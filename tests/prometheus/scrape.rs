//! What Prometheus reads is what the breakers count.

use std::collections::BTreeSet;

use brama::metrics::Format;

use crate::{
    api::Prometheus,
    server::Job,
    shared::{EXPOSITIONS, NATIVE, RESILIENCE4J, shared},
    shop::{HIDDEN, NAMES, fleet, quiet},
};

#[test]
fn each_line_of_both_formats_and_both_names_becomes_a_sample() {
    let prometheus = shared();
    for (job, exposition) in EXPOSITIONS {
        let text = exposition.render(&quiet());
        let lines = text.lines().filter(|line| !line.starts_with('#')).count();
        let scraped =
            prometheus.value(&format!("scrape_samples_scraped{{job=\"quiet_{job}\"}} > 0"));
        assert_eq!(scraped.to_string(), lines.to_string(), "{job}");
        assert!(20 < lines, "{job}");
    }
}

#[test]
fn native_series_have_the_values_of_the_breaker() {
    let prometheus = shared();
    for job in ["quiet_native_openmetrics", "quiet_native_text"] {
        for (metric, labels, expected) in NATIVE_VALUES {
            let query = format!("{metric}{{job=\"{job}\",name=\"payment_api\",{labels}}}");
            assert_eq!(prometheus.value(&query).to_string(), expected, "{query}");
        }
        let breakers = format!("brama_breakers{{job=\"{job}\"}}");
        assert_eq!(prometheus.value(&breakers).to_string(), "1");
    }
}

const NATIVE_VALUES: [(&str, &str, &str); 13] = [
    ("brama_breaker_state", "state=\"open\"", "1"),
    ("brama_breaker_state", "state=\"closed\"", "0"),
    ("brama_breaker_calls_total", "outcome=\"success\"", "2"),
    ("brama_breaker_calls_total", "outcome=\"failure\"", "2"),
    ("brama_breaker_calls_total", "outcome=\"ignored\"", "1"),
    ("brama_breaker_slow_calls_total", "", "1"),
    ("brama_breaker_rejections_total", "reason=\"open\"", "1"),
    ("brama_breaker_rejections_total", "reason=\"forced\"", "0"),
    ("brama_breaker_transitions_total", "from=\"closed\",to=\"open\"", "1"),
    ("brama_breaker_openings_total", "", "1"),
    ("brama_breaker_failure_ratio", "", "0.5"),
    ("brama_breaker_call_duration_seconds_sum", "outcome=\"success\"", "3.01"),
    ("brama_breaker_call_duration_max_seconds", "outcome=\"success\"", "3"),
];

#[test]
fn series_under_the_names_of_resilience4j_have_the_values_of_the_breaker() {
    let prometheus = shared();
    for job in ["quiet_resilience4j_openmetrics", "quiet_resilience4j_text"] {
        for (metric, labels, expected) in RESILIENCE4J_VALUES {
            let metric = format!("resilience4j_circuitbreaker_{metric}");
            let query = format!("{metric}{{job=\"{job}\",name=\"payment_api\",{labels}}}");
            assert_eq!(prometheus.value(&query).to_string(), expected, "{query}");
        }
    }
}

const RESILIENCE4J_VALUES: [(&str, &str, &str); 9] = [
    ("state", "state=\"open\"", "1"),
    ("state", "state=\"closed\"", "0"),
    ("calls_seconds_count", "kind=\"successful\"", "2"),
    ("calls_seconds_sum", "kind=\"failed\"", "1"),
    ("calls_seconds_max", "kind=\"successful\"", "3"),
    ("not_permitted_calls_total", "kind=\"not_permitted\"", "1"),
    ("buffered_calls", "kind=\"failed\"", "2"),
    ("failure_rate", "", "50"),
    ("slow_call_rate", "", "25"),
];

/// Both failures took 0.5 s, which is the upper bound of a bucket, and Prometheus interpolates
/// from the lower bound.
#[test]
fn a_quantile_of_durations_lies_in_the_bucket_of_the_calls() {
    let prometheus = shared();
    for job in ["quiet_native_openmetrics", "quiet_native_text"] {
        let buckets = format!(
            "brama_breaker_call_duration_seconds_bucket{{job=\"{job}\",outcome=\"failure\"}}"
        );
        let quantile = |share| {
            let value = prometheus.value(&format!("histogram_quantile({share}, {buckets})"));
            value.to_string()
        };
        assert_eq!(["0.5", "1"].map(quantile), ["0.375", "0.5"], "{job}");
    }
}

#[test]
fn prometheus_asks_for_openmetrics_and_reads_its_units() {
    let prometheus = shared();
    let metric = "brama_breaker_call_duration_seconds";
    let parameters = [("match_target", "{job=\"negotiated\"}"), ("metric", metric)];
    let metadata = prometheus.get("targets/metadata", &parameters).unwrap();
    assert_eq!([&metadata[0]["type"], &metadata[0]["unit"]], ["histogram", "seconds"]);
}

#[test]
fn names_from_outside_come_back_as_they_were() {
    let prometheus = shared();
    for job in ["names_native_openmetrics", "names_native_text"] {
        let state = "name=\"host\",state=\"closed\"";
        let query = format!("brama_breaker_state{{job=\"{job}\",{state}}}");
        let samples = prometheus.samples(&query, NAMES.len()).into_iter();
        let keys: BTreeSet<_> = samples.map(|(mut it, _)| it.remove("key").unwrap()).collect();
        assert_eq!(keys, BTreeSet::from(NAMES.map(str::to_owned)), "{job}");
    }
}

/// A line break would end the line of a page, and a colour would paint a terminal.
#[test]
fn hidden_characters_of_a_name_are_visible_in_prometheus() {
    let prometheus = shared();
    let labels = "job=~\"names_.*\",name!~\"host.*\",state=\"closed\"";
    for metric in ["brama_breaker_state", "resilience4j_circuitbreaker_state"] {
        // Each name in two formats.
        let samples = prometheus.samples(&format!("{metric}{{{labels}}}"), 2 * HIDDEN.len());
        for (labels, _) in samples {
            let name = &labels["name"];
            assert!(name.starts_with("a\\") && !name.contains(HIDDEN_CHARACTERS), "{name:?}");
        }
    }
}

const HIDDEN_CHARACTERS: [char; 4] = ['\n', '\r', '\u{1b}', '\u{202e}'];

#[test]
fn ten_thousand_breakers_are_scraped_without_an_error() {
    let registry = fleet(10_000);
    let prometheus = Prometheus::start(vec![
        Job::new("fleet", NATIVE, &registry),
        Job::new("fleet_resilience4j", RESILIENCE4J.format(Format::Prometheus), &registry),
    ]);
    for metric in ["brama_breaker_state", "resilience4j_circuitbreaker_state"] {
        let closed = format!("sum({metric}{{state=\"closed\"}})");
        assert_eq!(prometheus.value(&closed).to_string(), "10000", "{metric}");
    }
}
