//! A client of hyper-util under the layer.

use std::time::Duration;

use axum::http::{Request, Response, Version};
use brama::tower::{BreakerError, CircuitBreakerLayer, http::TowerHttp07};
use bytes::Bytes;
use fault_proxy::Fault;
use http_body_util::{BodyExt, Empty};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::timeout;
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};
use tower_http::classify::ServerErrorsAsFailures;

use crate::{
    crowd::{self, Asked, Started, crowd},
    outage::{Fate, QUICK, Stage, THRESHOLD, policy},
    patience::Patience,
    upstream::BODY,
};

type Body = Empty<Bytes>;

/// A client whose calls fail if they take too long.
fn client(
    patience: &Patience,
    version: Version,
) -> impl Service<
    Request<Body>,
    Response = Response<impl BodyExt<Data = Bytes, Error: Into<BoxError>> + use<>>,
    Error = BoxError,
    Future: Send,
> + Clone
+ Send
+ use<> {
    let mut builder = Client::builder(TokioExecutor::new());
    let client: Client<HttpConnector, Body> =
        builder.http2_only(version == Version::HTTP_2).build_http();
    let patience = patience.clone();
    service_fn(move |request| {
        let (client, patience) = (client.clone(), patience.clone());
        async move { patience.limit(client.request(request)).await }
    })
}

fn request(url: String) -> Request<Body> {
    Request::get(url).body(Body::new()).unwrap()
}

fn layer(stage: &Stage) -> CircuitBreakerLayer {
    CircuitBreakerLayer::in_registry(&stage.registry, "hyper").policy(policy()).unwrap()
}

/// The fate of a call whose body is read.
async fn fate<B: BodyExt>(result: Result<Response<B>, BreakerError<BoxError>>) -> Fate {
    match result {
        Ok(response) if response.status().is_success() => match response.collect().await {
            Ok(_) => Fate::Success,
            Err(_) => Fate::Failure,
        },
        Err(BreakerError::Rejected(_)) => Fate::Rejected,
        Ok(_) | Err(_) => Fate::Failure,
    }
}

/// Takes a service through an outage.
async fn outage<S, B>(stage: &Stage, fault: Fault, service: S)
where
    S: Service<Request<Body>, Response = Response<B>, Error = BreakerError<BoxError>> + Clone,
    B: BodyExt,
{
    let call = async |call| {
        let request = request(stage.url(&format!("/calls/{call}")));
        fate(service.clone().oneshot(request).await).await
    };
    stage.outage(fault, QUICK, call).await;
}

/// Takes a client of this version through an outage of each fault.
async fn outages(version: Version) {
    for fault in Fault::EACH {
        let stage = Stage::new().await;
        let layer = layer(&stage).for_boxed_errors().server_errors().until_end_of_body();
        outage(&stage, fault, layer.layer(client(&stage.patience, version))).await;
    }
}

#[tokio::test]
async fn each_fault_opens_the_breaker_and_a_probe_closes_it() {
    outages(Version::HTTP_11).await;
}

#[tokio::test]
async fn each_fault_over_http2_opens_the_breaker_and_a_probe_closes_it() {
    outages(Version::HTTP_2).await;
}

#[tokio::test]
async fn each_fault_is_a_failure_to_a_classification_of_tower_http() {
    for fault in Fault::EACH {
        let stage = Stage::new().await;
        let judge = TowerHttp07::new(ServerErrorsAsFailures::new());
        let layer = layer(&stage).classify_by(judge).for_boxed_errors().until_end_of_body();
        outage(&stage, fault, layer.layer(client(&stage.patience, Version::HTTP_11))).await;
    }
}

#[tokio::test]
async fn a_server_that_asks_for_time_gets_it() {
    let stage = Stage::new().await;
    let layer = layer(&stage).for_boxed_errors().server_errors();
    let layer = layer.honor_retry_after(Duration::from_secs(240));
    let service = layer.layer(client(&stage.patience, Version::HTTP_11));
    for _ in 0..THRESHOLD {
        let answer = service.clone().oneshot(request(stage.url("/busy/120"))).await;
        assert_eq!(fate(answer).await, Fate::Failure);
    }
    let status = stage.registry.breaker("hyper").status();
    assert_eq!(status.retry_after, Some(Duration::from_secs(120)));
}

#[tokio::test]
async fn a_body_that_dies_half_way_is_a_failure_only_until_the_end_of_the_body() {
    let stage = Stage::new().await;
    let layer = layer(&stage).for_boxed_errors().server_errors();
    let at_response = layer.clone().layer(client(&stage.patience, Version::HTTP_11));
    let at_end = layer.until_end_of_body().layer(client(&stage.patience, Version::HTTP_11));
    stage.set(Fault::Truncate(BODY / 2)).await;
    let request = || request(stage.url("/calls/1"));
    assert_eq!(fate(at_response.oneshot(request()).await).await, Fate::Failure);
    stage.registry.assert_successes("hyper", 1);
    stage.registry.assert_failures("hyper", 0);
    assert_eq!(fate(at_end.oneshot(request()).await).await, Fate::Failure);
    stage.registry.assert_failures("hyper", 1);
}

#[tokio::test]
async fn a_body_that_its_reader_drops_is_abandoned_only_until_the_end_of_the_body() {
    let stage = Stage::new().await;
    let layer = layer(&stage).for_boxed_errors().server_errors();
    let at_response = layer.clone().layer(client(&stage.patience, Version::HTTP_11));
    let at_end = layer.until_end_of_body().layer(client(&stage.patience, Version::HTTP_11));
    let request = |path| request(stage.url(path));
    assert!(at_response.oneshot(request("/calls/1")).await.is_ok());
    stage.registry.assert_successes("hyper", 1);
    assert!(at_end.clone().oneshot(request("/calls/2")).await.is_ok());
    let totals = stage.registry.breaker("hyper").status().totals;
    assert_eq!((totals.successes, totals.abandoned), (1, 1));
    // A body without bytes has ended.
    assert!(at_end.oneshot(request("/status/404")).await.is_ok());
    stage.registry.assert_successes("hyper", 2);
}

#[tokio::test]
async fn each_status_counts_as_the_preset_says() {
    let stage = Stage::new().await;
    let layer = layer(&stage).for_boxed_errors().server_errors();
    let service = layer.layer(client(&stage.patience, Version::HTTP_11));
    for status in [200, 404, 501, 429, 500, 503] {
        let request = request(stage.url(&format!("/status/{status}")));
        assert_eq!(service.clone().oneshot(request).await.unwrap().status(), status);
    }
    let totals = stage.registry.breaker("hyper").status().totals;
    assert_eq!([totals.successes, totals.ignored, totals.failures], [3, 1, 2]);
}

#[tokio::test]
async fn a_call_that_its_caller_drops_is_abandoned_and_opens_nothing() {
    let stage = Stage::new().await;
    let layer = layer(&stage).for_boxed_errors().server_errors();
    let service = layer.layer(client(&stage.patience, Version::HTTP_11));
    for _ in 0..5 {
        let call = service.clone().oneshot(request(stage.url("/hangs")));
        assert!(timeout(Duration::from_millis(20), call).await.is_err());
    }
    let status = stage.registry.breaker("hyper").status();
    assert_eq!((status.totals.abandoned, status.totals.failures), (5, 0));
    assert!(stage.registry.breaker("hyper").is_available());
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_crowd_add_up_and_lose_no_permit() {
    let stage = Stage::new().await;
    let layer = CircuitBreakerLayer::in_registry(&stage.registry, "hyper").policy(crowd::policy());
    let layer = layer.unwrap().for_boxed_errors().server_errors().until_end_of_body();
    let (service, url) = (layer.layer(client(&stage.patience, Version::HTTP_11)), stage.url(""));
    let started = Started::default();
    let count = started.counter();
    let call = move |asked: Asked| {
        let call = service.clone().oneshot(request(format!("{url}{}", count(asked).path())));
        async { fate(call.await).await }
    };
    let breaker = stage.registry.breaker("hyper");
    crowd(stage, breaker, 7, &started, call).await;
}
