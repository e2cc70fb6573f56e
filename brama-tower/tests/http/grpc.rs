//! Which answers of gRPC are failures.

use std::{convert::Infallible, time::Duration};

use brama_runtime::api::Breaker;
use brama_tower::CircuitBreakerLayer;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tower::{Layer, Service, service_fn};

use super::{
    body::{Script, Step},
    breaker, done, echo,
};

fn trailers(status: &'static str) -> Step {
    Step::Trailers(HeaderMap::from_iter([(
        "grpc-status".parse().unwrap(),
        HeaderValue::from_static(status),
    )]))
}

/// Reads a response to its end, and returns the breaker.
fn read(response: Response<Script>) -> Breaker {
    let (registry, breaker) = breaker();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").grpc_errors();
    let response = done(layer.layer(service_fn(echo)).call(response)).unwrap();
    let _ = done(response.into_body().collect());
    breaker
}

/// The successes, failures and ignored calls.
fn counts(breaker: &Breaker) -> [u64; 3] {
    let totals = breaker.status().totals;
    [totals.successes, totals.failures, totals.ignored]
}

fn counted(steps: impl IntoIterator<Item = Step>) -> [u64; 3] {
    counts(&read(Response::new(Script::new(steps))))
}

const STATUSES: [&str; 17] =
    ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"];

#[test]
fn five_statuses_in_the_trailers_are_failures() {
    let fails = |status: &&'static str| counted([Step::Data("a"), trailers(status)]) == [0, 1, 0];
    let failures: Vec<_> = STATUSES.into_iter().filter(|it| fails(it)).collect();
    assert_eq!(failures, ["2", "4", "13", "14", "15"]);
}

#[test]
fn two_statuses_are_ignored() {
    let is_ignored = |status: &&'static str| counted([trailers(status)]) == [0, 0, 1];
    let ignored: Vec<_> = STATUSES.into_iter().filter(|it| is_ignored(it)).collect();
    assert_eq!(ignored, ["1", "8"]);
}

#[test]
fn a_status_in_the_headers_is_that_of_a_call_without_a_body() {
    let unavailable = Response::builder().header("grpc-status", "14");
    let breaker = read(unavailable.body(Script::new([])).unwrap());
    assert_eq!(counts(&breaker), [0, 1, 0]);
    assert_eq!(breaker.status().reasons[0].to_string(), "UNAVAILABLE");
    let ok = Response::builder().header("grpc-status", "0");
    assert_eq!(counts(&read(ok.body(Script::new([])).unwrap())), [1, 0, 0]);
}

#[test]
fn a_call_that_ends_without_a_status_is_a_failure() {
    assert_eq!(counted([Step::Data("a")]), [0, 1, 0]);
    assert_eq!(counted([Step::Data("a"), Step::Error("reset")]), [0, 1, 0]);
}

#[test]
fn a_response_of_a_proxy_counts_like_the_status_that_clients_derive_from_it() {
    let counted = |status: u16| {
        let response = Response::builder().status(status).body(Script::new([])).unwrap();
        counts(&read(response))
    };
    let counted_as = |counts| (201..600).filter(move |status| counted(*status) == counts);
    assert_eq!(counted_as([1, 0, 0]).collect::<Vec<_>>(), [401, 403, 404]);
    assert_eq!(counted_as([0, 0, 1]).collect::<Vec<_>>(), [429]);
    assert_eq!(counted(502), [0, 1, 0]);
}

#[test]
fn the_rate_limit_of_a_proxy_fails_where_it_is_asked_for() {
    let (registry, breaker) = breaker();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").grpc_errors().rate_limits_trip();
    let response = Response::builder().status(429).body(Script::new([])).unwrap();
    drop(done(layer.layer(service_fn(echo)).call(response)).unwrap());
    assert_eq!(counts(&breaker), [0, 1, 0]);
}

#[test]
fn a_status_of_grpc_counts_whatever_the_status_of_http_is() {
    for (http, grpc, expected) in
        [(404, "5", [1, 0, 0]), (503, "8", [0, 0, 1]), (400, "13", [0, 1, 0])]
    {
        let response = Response::builder().status(http).header("grpc-status", grpc);
        assert_eq!(counts(&read(response.body(Script::new([])).unwrap())), expected, "{http}");
    }
}

#[test]
fn a_stream_that_ends_because_an_inner_breaker_rejects_is_ignored() {
    let (registry, breaker) = breaker();
    let inner = registry.breaker("inner");
    inner.force_open("maintenance");
    // What a server of tonic makes of a stream whose item is the rejection.
    let body = StreamBody::new(stream::once(async move {
        let rejected = inner.try_acquire().is_err();
        let status = HeaderValue::from_static(if rejected { "14" } else { "0" });
        Ok::<_, Infallible>(Frame::<&[u8]>::trailers(HeaderMap::from_iter([(
            "grpc-status".parse().unwrap(),
            status,
        )])))
    }));
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").grpc_errors();
    let response = done(layer.layer(service_fn(echo)).call(Response::new(Box::pin(body))));
    assert!(done(response.unwrap().into_body().collect()).is_ok());
    assert_eq!(counts(&breaker), [0, 0, 1]);
}

/// How long the circuit stays open after this status and pushback, in seconds: in the headers of a
/// call without a body, and in the trailers of another one.
fn opened_for(status: &'static str, pushback: &'static str) -> [u64; 2] {
    let names = ["grpc-status", "grpc-retry-pushback-ms"].map(|name| name.parse().unwrap());
    let values = [status, pushback].map(HeaderValue::from_static);
    let trailers = names.into_iter().zip(values).collect::<HeaderMap>();
    let mut in_headers = Response::new(Script::new([]));
    *in_headers.headers_mut() = trailers.clone();
    let in_trailers = Response::new(Script::new([Step::Data("a"), Step::Trailers(trailers)]));
    [in_headers, in_trailers].map(|response| {
        let (registry, breaker) = breaker();
        let layer = CircuitBreakerLayer::in_registry(&registry, "api").grpc_errors();
        let layer = layer.rate_limits_trip().honor_pushback(Duration::from_secs(240));
        let response = done(layer.layer(service_fn(echo)).call(response)).unwrap();
        let _ = done(response.into_body().collect());
        breaker.status().retry_after.unwrap().as_secs()
    })
}

#[test]
fn the_pushback_of_a_server_prolongs_the_opening_up_to_its_cap() {
    assert_eq!(opened_for("14", "120000"), [120, 120]);
    assert_eq!(opened_for("8", "120000"), [120, 120]);
    assert_eq!(opened_for("14", "999999"), [240, 240]);
}

#[test]
fn a_pushback_that_asks_for_no_further_attempt_or_cannot_be_read_is_no_time() {
    for pushback in ["-1", "soon", "", "1.5"] {
        assert_eq!(opened_for("14", pushback), [60, 60], "{pushback}");
    }
}
