//! The duration of calls that end with the body.

use std::time::Duration;

use brama_runtime::api::{Breaker, PolicyPatch, testing::TestRegistry};
use brama_tower::CircuitBreakerLayer;
use http::Response;
use http_body_util::BodyExt;
use tower::{Layer, Service, service_fn};

use super::{
    body::{Script, Step},
    breaker, done, echo,
};

fn timed() -> (TestRegistry, Breaker) {
    let (registry, breaker) = breaker();
    let slow = PolicyPatch::new().slow_call_rate(50).slow_call_duration(Duration::from_secs(2));
    breaker.configure(slow).unwrap();
    (registry, breaker)
}

fn body() -> Response<Script> {
    Response::new(Script::new([Step::Data("a"), Step::Data("b")]))
}

#[test]
fn a_body_that_begins_in_time_is_not_slow_however_long_it_is() {
    let (registry, breaker) = timed();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").server_errors();
    let mut service = layer.until_end_of_body().slow_until_first_frame().layer(service_fn(echo));
    for (seconds, slow) in [(1, 0), (3, 1)] {
        let mut body = done(service.call(body())).unwrap().into_body();
        registry.advance(Duration::from_secs(seconds));
        done(body.frame()).unwrap().unwrap();
        registry.advance(Duration::from_secs(9));
        done(body.collect()).unwrap();
        assert_eq!(breaker.status().totals.slow, slow);
    }
    assert_eq!(breaker.status().totals.successes, 2);
}

#[test]
fn without_it_a_long_body_is_slow() {
    let (registry, breaker) = timed();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").server_errors();
    let mut service = layer.until_end_of_body().layer(service_fn(echo));
    let mut body = done(service.call(body())).unwrap().into_body();
    done(body.frame()).unwrap().unwrap();
    registry.advance(Duration::from_secs(9));
    done(body.collect()).unwrap();
    assert_eq!(breaker.status().totals.slow, 1);
}

#[test]
fn a_rejection_is_answered_as_before() {
    let (registry, breaker) = timed();
    breaker.open("a test");
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").server_errors();
    let layer = layer.until_end_of_body().slow_until_first_frame();
    let mut service = layer
        .reject_with(|_| Response::builder().status(503).body(Script::new([])).unwrap())
        .layer(service_fn(echo));
    assert_eq!(done(service.call(body())).unwrap().status(), 503);
}
