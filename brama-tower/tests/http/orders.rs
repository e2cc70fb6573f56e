//! The order in which the methods of a layer stand.

use std::{future::ready, io, time::Duration};

use brama_runtime::api::{Outcome, Registry, State};
use brama_tower::{BoxError, CircuitBreakerLayer};
use http::Response;
use http_body_util::BodyExt;
use tower::{Layer, Service, service_fn};

use super::{
    body::{Script, Step},
    breaker, done, echo,
};

fn layer(registry: &Registry) -> CircuitBreakerLayer {
    CircuitBreakerLayer::in_registry(registry, "api")
}

fn limited() -> Response<Script> {
    let response = Response::builder().status(429).header("retry-after", "120");
    response.body(Script::new([])).unwrap()
}

#[test]
fn a_preset_can_be_tuned_before_and_after_the_end_of_the_call_is_chosen() {
    let cap = Duration::from_secs(240);
    let layers = [
        |layer: CircuitBreakerLayer, cap| {
            layer.server_errors().rate_limits_trip().honor_retry_after(cap).until_end_of_body()
        },
        |layer: CircuitBreakerLayer, cap| {
            layer.server_errors().until_end_of_body().rate_limits_trip().honor_retry_after(cap)
        },
        |layer: CircuitBreakerLayer, cap| {
            layer.until_end_of_body().server_errors().honor_retry_after(cap).rate_limits_trip()
        },
    ];
    for tuned in layers {
        let (registry, breaker) = breaker();
        let mut service = tuned(layer(&registry), cap).layer(service_fn(echo));
        drop(done(service.call(limited())).unwrap());
        assert_eq!(breaker.status().retry_after, Some(Duration::from_secs(120)));
    }
}

#[test]
fn errors_in_boxes_are_failures_of_each_preset() {
    type Answer = Result<Response<Script>, BoxError>;
    let refused = || service_fn(|(): ()| ready(Answer::Err("refused".into())));
    let (registry, breaker) = breaker();
    assert!(done(layer(&registry).for_boxed_errors().layer(refused()).call(())).is_err());
    breaker.close("again");
    let preset = layer(&registry).server_errors().for_boxed_errors();
    assert!(done(preset.layer(refused()).call(())).is_err());
    breaker.close("again");
    let preset = layer(&registry).server_errors().until_end_of_body().for_boxed_errors();
    assert!(done(preset.layer(refused()).call(())).is_err());
    breaker.close("again");
    let preset = layer(&registry).grpc_errors().rate_limits_trip().for_boxed_errors();
    assert!(done(preset.layer(refused()).call(())).is_err());
    assert_eq!(breaker.status().totals.failures, 4);
}

#[test]
fn a_closure_judges_the_head_of_a_response_and_its_body_the_rest() {
    let teapots = |result: Result<&Response<Script>, &io::Error>| match result {
        Ok(response) if response.status() == 418 => Outcome::failure("a teapot"),
        _ => Outcome::Success,
    };
    let (registry, breaker) = breaker();
    let layer = layer(&registry).classify(teapots).until_end_of_body();
    let mut service = layer.layer(service_fn(echo));
    let teapot = Response::builder().status(418).body(Script::new([])).unwrap();
    drop(done(service.call(teapot)).unwrap());
    assert_eq!((breaker.state(), breaker.status().totals.failures), (State::Open, 1));
    breaker.close("again");
    let broken = Response::new(Script::new([Step::Data("a"), Step::Error("reset")]));
    let body = done(service.call(broken)).unwrap().into_body();
    assert!(done(body.collect()).is_err());
    assert_eq!(breaker.status().reasons[0].to_string(), "reset");
}
