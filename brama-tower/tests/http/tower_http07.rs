//! Calls that a classification of tower-http judges.

use std::future::ready;

use brama_runtime::api::{Breaker, CircuitOpen, Registry};
use brama_tower::{
    BoxError, CircuitBreakerLayer,
    http::{AtEndOfBody, TowerHttp07},
};
use http::{HeaderMap, HeaderValue, Response};
use http_body_util::BodyExt;
use tower::{Layer, Service, service_fn};
use tower_http::classify::{
    GrpcCode, GrpcErrorsAsFailures, ServerErrorsAsFailures, StatusInRangeAsFailures,
};

use super::{
    body::{Script, Step},
    breaker, done, echo,
    unavailable::rejection,
};

fn layer(registry: &Registry) -> CircuitBreakerLayer {
    CircuitBreakerLayer::in_registry(registry, "api")
}

fn counts(breaker: &Breaker) -> [u64; 3] {
    let totals = breaker.status().totals;
    [totals.successes, totals.failures, totals.abandoned]
}

#[test]
fn the_class_of_a_response_is_the_outcome_and_its_text_the_reason() {
    let (registry, breaker) = breaker();
    let layer = layer(&registry).classify_by(TowerHttp07::new(ServerErrorsAsFailures::new()));
    let mut service = layer.layer(service_fn(echo));
    for status in [200, 404, 500] {
        let response = Response::builder().status(status).body(()).unwrap();
        done(service.call(response)).unwrap();
    }
    assert_eq!(counts(&breaker), [2, 1, 0]);
    let reason = breaker.status().reasons[0].to_string();
    assert_eq!(reason, "Status code: 500 Internal Server Error");
}

#[test]
fn an_error_of_the_service_is_a_failure_and_a_rejection_is_none() {
    let (registry, breaker) = breaker();
    let inner = registry.breaker("inner");
    inner.open("maintenance");
    let failures = || TowerHttp07::new(StatusInRangeAsFailures::new(400..=599));
    let rejected =
        service_fn(|(): ()| ready(inner.call(|| Ok::<_, CircuitOpen>(Response::new(())))));
    let mut service = layer(&registry).classify_by(failures()).layer(rejected);
    assert!(done(service.call(())).is_err());
    assert_eq!(breaker.status().totals.ignored, 1);
    let refused = service_fn(|(): ()| ready(Err::<Response<()>, BoxError>("refused".into())));
    let layer = layer(&registry).classify_by(failures()).for_boxed_errors();
    assert!(done(layer.layer(refused).call(())).is_err());
    assert_eq!(breaker.status().reasons[0].to_string(), "refused");
}

fn of_grpc(
    registry: &Registry,
) -> CircuitBreakerLayer<brama_tower::OneBreaker, AtEndOfBody<TowerHttp07<GrpcErrorsAsFailures>>> {
    let failures = GrpcErrorsAsFailures::new().with_success(GrpcCode::NotFound);
    layer(registry).classify_by(TowerHttp07::new(failures)).until_end_of_body()
}

fn trailers(status: &'static str) -> Step {
    Step::Trailers(HeaderMap::from_iter([(
        http::HeaderName::from_static("grpc-status"),
        HeaderValue::from_static(status),
    )]))
}

#[test]
fn the_trailers_decide_at_the_end_of_the_stream() {
    for (status, expected) in [("0", [1, 0, 0]), ("5", [1, 0, 0]), ("14", [0, 1, 0])] {
        let (registry, breaker) = breaker();
        let response = Response::new(Script::new([Step::Data("a"), trailers(status)]));
        let body = done(of_grpc(&registry).layer(service_fn(echo)).call(response)).unwrap();
        assert_eq!(counts(&breaker), [0; 3]);
        done(body.into_body().collect()).unwrap();
        assert_eq!(counts(&breaker), expected);
    }
}

#[test]
fn a_stream_that_dies_is_a_failure_and_one_that_is_dropped_is_abandoned() {
    let (registry, breaker) = breaker();
    let mut service = of_grpc(&registry).layer(service_fn(echo));
    drop(done(service.call(Response::new(Script::new([trailers("0")])))).unwrap());
    assert_eq!(counts(&breaker), [0, 0, 1]);
    let dying = Response::new(Script::new([Step::Data("a"), Step::Error("reset")]));
    let body = done(service.call(dying)).unwrap().into_body();
    assert!(done(body.collect()).is_err());
    assert_eq!(counts(&breaker), [0, 1, 1]);
}

#[test]
fn a_class_that_is_ready_waits_for_the_end_of_a_body_too() {
    let (registry, breaker) = breaker();
    let layer = layer(&registry).classify_by(TowerHttp07::new(ServerErrorsAsFailures::new()));
    let mut service = layer.until_end_of_body().layer(service_fn(echo));
    let failed = Response::builder().status(503).body(Script::new([Step::Data("a")])).unwrap();
    drop(done(service.call(failed)).unwrap());
    assert_eq!(counts(&breaker), [0, 1, 0]);
    breaker.close("again");
    let dying = Response::new(Script::new([Step::Data("a"), Step::Error("reset")]));
    let body = done(service.call(dying)).unwrap().into_body();
    assert_eq!(counts(&breaker), [0, 1, 0]);
    assert!(done::<_>(body.collect()).is_err_and(|error: BoxError| error.to_string() == "reset"));
    assert_eq!(counts(&breaker), [0, 2, 0]);
}

#[test]
fn a_response_that_stands_for_a_rejection_is_ignored() {
    let (registry, breaker) = breaker();
    let layer = layer(&registry).classify_by(TowerHttp07::new(ServerErrorsAsFailures::new()));
    done(layer.clone().layer(service_fn(echo)).call(rejection(&registry))).unwrap();
    done(layer.until_end_of_body().layer(service_fn(echo)).call(rejection(&registry))).unwrap();
    assert_eq!(breaker.status().totals.ignored, 2);
}

#[test]
fn a_status_without_content_ends_the_call_with_its_headers() {
    let (registry, breaker) = breaker();
    let layer = layer(&registry).classify_by(TowerHttp07::new(ServerErrorsAsFailures::new()));
    let response = Response::builder().status(304).body(Script::new([Step::Data("a")])).unwrap();
    drop(done(layer.until_end_of_body().layer(service_fn(echo)).call(response)).unwrap());
    assert_eq!(counts(&breaker), [1, 0, 0]);
}
