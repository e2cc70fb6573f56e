//! The response to a rejected call.

use std::{convert::Infallible, future::ready};

use brama_runtime::api::{CircuitOpen, Outcome, Registry};
use brama_tower::{CircuitBreakerLayer, http::unavailable};
use http::Response;
use tower::{Layer, Service, service_fn};

use super::{breaker, done, echo};

fn answer(open: impl Fn(&brama_runtime::api::Breaker)) -> Response<String> {
    let (registry, breaker) = breaker();
    open(&breaker);
    let layer = CircuitBreakerLayer::in_registry(&registry, "api")
        .classify(|_: Result<&Response<String>, &Infallible>| Outcome::Success)
        .reject_with(unavailable);
    let healthy = service_fn(|(): ()| ready(Ok::<_, Infallible>(Response::new(String::new()))));
    done(layer.layer(healthy).call(())).unwrap()
}

#[test]
fn a_rejected_call_is_answered_with_503_and_the_time_of_the_next_attempt() {
    let response = answer(|breaker| breaker.open("maintenance"));
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "60");
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert_eq!(
        response.body(),
        "{\"title\":\"Service Unavailable\",\"status\":503,\"detail\":\"a service that this one \
         needs fails; try again in 60 s\"}"
    );
}

#[test]
fn a_time_that_is_not_known_is_not_named() {
    let response = answer(|breaker| breaker.force_open("maintenance"));
    assert_eq!(response.headers().get("retry-after"), None);
    assert!(response.body().contains("takes no more calls now"));
}

#[test]
fn the_response_names_no_breaker() {
    let response = answer(|breaker| breaker.open("maintenance"));
    assert!(!format!("{response:?}").contains("api"));
    assert!(!format!("{response:?}").contains("maintenance"));
}

#[test]
fn a_rejected_call_is_answered_too_if_calls_end_with_their_body() {
    let (registry, breaker) = breaker();
    breaker.open("maintenance");
    let layer = CircuitBreakerLayer::in_registry(&registry, "api");
    let layer = layer.server_errors().until_end_of_body().reject_with(unavailable);
    let healthy = service_fn(|(): ()| ready(Ok::<_, Infallible>(Response::new(String::new()))));
    assert_eq!(done(layer.layer(healthy).call(())).unwrap().status(), 503);
}

/// A response that stands for the rejection of an inner breaker.
pub(super) fn rejection(registry: &Registry) -> Response<String> {
    let inner = registry.breaker("inner");
    inner.open("maintenance");
    unavailable(inner.try_acquire().unwrap_err())
}

#[test]
fn an_outer_layer_ignores_the_response_that_stands_for_a_rejection() {
    let (registry, breaker) = breaker();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").server_errors();
    done(layer.clone().layer(service_fn(echo)).call(rejection(&registry))).unwrap();
    done(layer.until_end_of_body().layer(service_fn(echo)).call(rejection(&registry))).unwrap();
    let totals = breaker.status().totals;
    assert_eq!([totals.ignored, totals.failures, totals.abandoned], [2, 0, 0]);
}

#[test]
fn an_outer_layer_ignores_a_status_of_grpc_that_stands_for_a_rejection() {
    let (registry, breaker) = breaker();
    let open: CircuitOpen = rejection(&registry).extensions_mut().remove().unwrap();
    let status = Response::builder().header("grpc-status", "14").extension(open);
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").grpc_errors();
    done(layer.layer(service_fn(echo)).call(status.body(String::new()).unwrap())).unwrap();
    assert_eq!(breaker.status().totals.ignored, 1);
}

#[cfg(feature = "tonic014")]
#[test]
fn an_outer_layer_ignores_a_status_of_tonic_that_was_made_of_a_rejection() {
    let (registry, breaker) = breaker();
    let open: CircuitOpen = rejection(&registry).extensions_mut().remove().unwrap();
    let mut status = tonic::Status::unavailable("a rejection");
    status.set_source(std::sync::Arc::new(open));
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").grpc_errors();
    done(layer.layer(service_fn(echo)).call(status.into_http::<String>())).unwrap();
    assert_eq!(breaker.status().totals.ignored, 1);
}
