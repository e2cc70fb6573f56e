//! A server of axum under the layer, whose handlers call another server.

use std::{future::pending, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{StatusCode, header::RETRY_AFTER},
    middleware::{Next, from_fn},
    response::Response,
    routing::get,
};
use brama::tower::{CircuitBreakerLayer, http::unavailable};
use fault_proxy::{Fault, FaultProxy};
use reqwest::Client;
use tower::ServiceBuilder;

use crate::{
    crowd::{Asked, Started, crowd, policy_of_server},
    fetch::client,
    outage::{Fate, QUICK_TRIP, Stage, policy, until},
    patience::Patience,
    upstream::{Seen, Server, routes},
};

/// What the handlers need: a client, and the calls that they have seen.
#[derive(Clone)]
struct Handlers {
    client: Client,
    upstream: String,
    patience: Patience,
    seen: Seen,
}

/// Passes a call on; 502 if that fails.
async fn pass_on(
    State(handlers): State<Handlers>,
    Path(call): Path<u64>,
) -> Result<Vec<u8>, StatusCode> {
    handlers.seen.add(call);
    let request = handlers.client.get(format!("{}/calls/{call}", handlers.upstream));
    let request = request.timeout(handlers.patience.duration());
    let answer = async { request.send().await?.error_for_status()?.bytes().await };
    answer.await.map(Into::into).map_err(|_| StatusCode::BAD_GATEWAY)
}

/// Starts a server with a breaker around its handlers. Its errors stay infallible.
async fn server(stage: &Stage, client: &Client, seen: &Seen) -> Server {
    let layer = CircuitBreakerLayer::in_registry(&stage.registry, "server")
        .policy(policy().concurrency_limit(200));
    let layer = layer.unwrap().server_errors().reject_with(unavailable::<Body>);
    let (client, seen, patience) = (client.clone(), seen.clone(), stage.patience.clone());
    let handlers = Handlers { client, upstream: stage.url(""), patience, seen };
    let routes =
        Router::new().route("/{call}", get(pass_on)).route("/hangs", get(pending::<StatusCode>));
    Server::start(routes.layer(layer).with_state(handlers)).await
}

pub(crate) async fn fate(response: reqwest::Response) -> Fate {
    let headers = response.headers();
    match response.status() {
        StatusCode::OK => response.bytes().await.map_or(Fate::Failure, |_| Fate::Success),
        StatusCode::SERVICE_UNAVAILABLE if headers.contains_key(RETRY_AFTER) => Fate::Rejected,
        _ => Fate::Failure,
    }
}

#[tokio::test]
async fn each_fault_behind_the_server_opens_its_breaker_and_a_probe_closes_it() {
    for fault in Fault::EACH {
        let (stage, client) = (Stage::new().await, client());
        let server = server(&stage, &client, &Seen::default()).await;
        let call = async |call| {
            let response = client.get(format!("http://{}/{call}", server.address)).send();
            fate(response.await.unwrap()).await
        };
        stage.outage(fault, QUICK_TRIP, call).await;
    }
}

#[tokio::test]
async fn a_rejected_call_does_not_reach_the_handler() {
    let (stage, client, seen) = (Stage::new().await, client(), Seen::default());
    let server = server(&stage, &client, &seen).await;
    stage.registry.breaker("server").open("a test");
    let response = client.get(format!("http://{}/17", server.address)).send().await.unwrap();
    assert_eq!(response.headers()[RETRY_AFTER], "60");
    assert_eq!(fate(response).await, Fate::Rejected);
    assert!(!seen.has(17));
}

#[tokio::test]
async fn a_call_of_a_client_that_hangs_up_is_abandoned_and_opens_nothing() {
    let (stage, client) = (Stage::new().await, client());
    let server = server(&stage, &client, &Seen::default()).await;
    let proxy = FaultProxy::start(server.address).unwrap();
    let breaker = stage.registry.breaker("server");
    for number in 1..=5 {
        let hangs = client.get(format!("http://{}/hangs", proxy.address())).send();
        let hang_up = async {
            until(|| breaker.status().in_flight == Some(1)).await;
            proxy.set(Fault::Reset).await;
        };
        let (result, ()) = tokio::join!(hangs, hang_up);
        assert!(result.is_err());
        until(|| breaker.status().totals.abandoned == number).await;
        proxy.set(Fault::None).await;
    }
    assert_eq!(breaker.status().totals.failures, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_crowd_add_up_and_lose_no_permit() {
    let mut stage = Stage::new().await;
    let layer =
        CircuitBreakerLayer::in_registry(&stage.registry, "server").policy(policy_of_server());
    let layer = layer.unwrap().server_errors().reject_with(unavailable::<Body>);
    let started = Started::default();
    let handlers = routes(Seen::default()).layer(from_fn(takes_its_time));
    let layers = ServiceBuilder::new().map_request(started.counter()).layer(layer);
    let server = Server::start(handlers.layer(layers)).await;
    stage.proxy = FaultProxy::start(server.address).unwrap();
    let (client, url, patience) = (client(), stage.url(""), stage.patience.clone());
    let call = move |asked: Asked| {
        let request = client.get(format!("{url}{}", asked.path())).timeout(patience.duration());
        async move {
            match request.send().await {
                Ok(response) => fate(response).await,
                Err(_) => Fate::Failure,
            }
        }
    };
    let breaker = stage.registry.breaker("server");
    crowd(stage, breaker, 17, &started, call).await;
}

/// Leaves clients the time to hang up.
async fn takes_its_time(request: Request, next: Next) -> Response {
    tokio::time::sleep(Duration::from_millis(5)).await;
    next.run(request).await
}
