//! Which responses of HTTP are failures, and what their hints do.

use std::{future::ready, io, time::Duration};

use brama_runtime::api::{Config, PolicyPatch, State, config::Reasons, testing::TestRegistry};
use brama_tower::{CircuitBreakerLayer, http::retry_after};
use http::{HeaderMap, HeaderValue, Response, header::RETRY_AFTER};
use tower::{Layer, Service, service_fn};

use super::{breaker, done, echo};

fn response(status: u16) -> Response<()> {
    Response::builder().status(status).body(()).unwrap()
}

/// The successes, failures and ignored calls after one response.
fn counted(status: u16) -> [u64; 3] {
    let (registry, breaker) = breaker();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").server_errors();
    done(layer.layer(service_fn(echo)).call(response(status))).unwrap();
    let totals = breaker.status().totals;
    [totals.successes, totals.failures, totals.ignored]
}

#[test]
fn four_statuses_are_failures() {
    let failures = (100..600).filter(|status| counted(*status) == [0, 1, 0]);
    assert_eq!(failures.collect::<Vec<_>>(), [500, 502, 503, 504]);
}

#[test]
fn a_rate_limit_is_ignored_and_everything_else_is_a_success() {
    let ignored = (100..600).filter(|status| counted(*status) == [0, 0, 1]);
    assert_eq!(ignored.collect::<Vec<_>>(), [429]);
    assert_eq!(counted(404), [1, 0, 0]);
}

#[test]
fn the_reason_of_a_failure_is_the_status() {
    let (registry, breaker) = breaker();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").server_errors();
    done(layer.layer(service_fn(echo)).call(response(503))).unwrap();
    assert_eq!(breaker.status().reasons[0].to_string(), "503 Service Unavailable");
}

#[test]
fn a_status_is_recorded_where_texts_are_not() {
    let registry = TestRegistry::new();
    registry.init(Config::new().reasons(Reasons::Type).cleanup_interval(None)).unwrap();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").server_errors();
    done(layer.layer(service_fn(echo)).call(response(503))).unwrap();
    assert_eq!(registry.breaker("api").status().reasons[0].to_string(), "503 Service Unavailable");
}

#[test]
fn an_error_of_the_service_is_a_failure() {
    let (registry, breaker) = breaker();
    let refused = service_fn(|(): ()| ready(Err::<Response<()>, _>(io::Error::other("refused"))));
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").server_errors();
    assert!(done(layer.layer(refused).call(())).is_err());
    assert_eq!(breaker.status().reasons[0].to_string(), "refused");
}

#[test]
fn a_rate_limit_fails_where_it_is_asked_for() {
    let (registry, breaker) = breaker();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api");
    let layer = layer.server_errors().rate_limits_trip();
    done(layer.layer(service_fn(echo)).call(response(429))).unwrap();
    assert_eq!(breaker.state(), State::Open);
}

/// How long the circuit stays open after a failure with these headers, in seconds.
fn opened_for(headers: &[(&str, &str)]) -> u64 {
    let (registry, breaker) = breaker();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api");
    let layer = layer.server_errors().honor_retry_after(Duration::from_secs(240));
    let mut response = Response::builder().status(503);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    done(layer.layer(service_fn(echo)).call(response.body(()).unwrap())).unwrap();
    breaker.status().retry_after.unwrap().as_secs()
}

#[test]
fn a_hint_in_seconds_prolongs_the_opening_up_to_its_cap() {
    assert_eq!(opened_for(&[]), 60);
    assert_eq!(opened_for(&[("retry-after", "120")]), 120);
    assert_eq!(opened_for(&[("retry-after", "9999")]), 240);
    assert_eq!(opened_for(&[("retry-after", "99999999999999999999999")]), 240);
}

#[test]
fn a_hint_as_a_date_counts_from_the_date_of_the_response() {
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(opened_for(&[date, ("retry-after", "Sun, 06 Nov 1994 08:51:37 GMT")]), 120);
    assert_eq!(opened_for(&[date, ("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")]), 60);
}

#[test]
fn a_date_may_have_either_of_the_two_obsolete_forms() {
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    for hint in ["Sunday, 06-Nov-94 08:51:37 GMT", "Sun Nov  6 08:51:37 1994"] {
        assert_eq!(opened_for(&[date, ("retry-after", hint)]), 120, "{hint}");
    }
}

#[test]
fn without_a_date_of_the_response_the_present_counts() {
    assert_eq!(opened_for(&[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")]), 240);
    assert_eq!(opened_for(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]), 60);
}

#[test]
fn the_cap_of_the_policy_holds_too() {
    let (registry, breaker) = breaker();
    let policy = PolicyPatch::new().failure_threshold(1).retry_after_cap(Duration::from_secs(90));
    registry.configure("api", policy).unwrap();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api");
    let layer = layer.server_errors().honor_retry_after(Duration::from_secs(240));
    let response = Response::builder().status(503).header("retry-after", "200").body(()).unwrap();
    done(layer.layer(service_fn(echo)).call(response)).unwrap();
    assert_eq!(breaker.status().retry_after, Some(Duration::from_secs(90)));
}

#[test]
fn a_hint_that_cannot_be_read_is_none() {
    for hint in ["soon", "-5", "+120", "1.5", "", "Sun, 99 Nov 1994 08:49:37 GMT"] {
        assert_eq!(opened_for(&[("retry-after", hint)]), 60, "{hint}");
    }
    let no_text = HeaderValue::from_bytes(b"120\xff").unwrap();
    assert_eq!(retry_after(&HeaderMap::from_iter([(RETRY_AFTER, no_text)])), None);
}

#[test]
fn hints_are_not_honored_unless_asked_for() {
    let (registry, breaker) = breaker();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").server_errors();
    let response = Response::builder().status(503).header("retry-after", "120").body(()).unwrap();
    done(layer.layer(service_fn(echo)).call(response)).unwrap();
    assert_eq!(breaker.status().retry_after, Some(Duration::from_secs(60)));
}
