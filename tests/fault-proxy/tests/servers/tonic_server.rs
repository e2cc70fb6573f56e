//! A server of tonic under the layer, whose handler calls another server.

use std::time::Duration;

use axum::http::Response;
use brama::{CircuitOpen, tower::CircuitBreakerLayer};
use fault_proxy::{Fault, FaultProxy};
use tokio::{net::TcpListener, time::timeout};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Code, Status,
    body::Body,
    transport::{Channel, Server},
};
use tonic_types::StatusExt;
use tower::ServiceBuilder;

use crate::{
    crowd::{Asked, Started, crowd, policy_of_server},
    echo::{Echo, Handler},
    fetch,
    outage::{Fate, QUICK_TRIP, Stage, policy},
    patience::Patience,
    tonic_client::{call, channel},
    upstream::{Seen, Task},
};

/// Passes a call on; `UNAVAILABLE` if that fails.
#[derive(Debug, Clone)]
struct PassesOn {
    client: reqwest::Client,
    upstream: String,
    patience: Patience,
    seen: Seen,
}

impl Handler for PassesOn {
    async fn handle(&self, call: u64) -> Result<(), Status> {
        self.seen.add(call);
        let request = self.client.get(format!("{}/calls/{call}", self.upstream));
        let request = request.timeout(self.patience.duration());
        let answer = async { request.send().await?.error_for_status()?.bytes().await };
        answer.await.map(drop).map_err(|error| Status::unavailable(error.to_string()))
    }
}

/// The answer to a rejected call.
fn rejected(open: CircuitOpen) -> Response<Body> {
    Status::from(open).into_http()
}

/// Starts a server with a breaker around its services, and returns a channel to it.
async fn server(stage: &Stage, seen: &Seen) -> (Channel, Task) {
    let (client, patience, seen) = (fetch::client(), stage.patience.clone(), seen.clone());
    let handler = PassesOn { client, upstream: stage.url(""), patience, seen };
    let layer = CircuitBreakerLayer::in_registry(&stage.registry, "server").policy(policy());
    let layer = layer.unwrap().grpc_errors().reject_with(rejected);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let channel = channel(listener.local_addr().unwrap());
    let router = Server::builder().layer(layer).add_service(Echo(handler));
    let serve = router.serve_with_incoming(TcpListenerStream::new(listener));
    (channel, Task(tokio::spawn(serve).abort_handle()))
}

fn fate(result: Result<(), Status>) -> Fate {
    match result {
        Ok(()) => Fate::Success,
        Err(status) if is_rejection(&status) => Fate::Rejected,
        Err(_) => Fate::Failure,
    }
}

/// Whether the server has rejected the call. The handler gives no time for another attempt.
fn is_rejection(status: &Status) -> bool {
    status.metadata().contains_key("grpc-retry-pushback-ms")
}

#[tokio::test]
async fn each_fault_behind_the_server_opens_its_breaker_and_a_probe_closes_it() {
    for fault in Fault::EACH {
        let stage = Stage::new().await;
        let (channel, _server) = server(&stage, &Seen::default()).await;
        let call = async |number| fate(call(channel.clone(), number).await);
        stage.outage(fault, QUICK_TRIP, call).await;
    }
}

#[tokio::test]
async fn a_rejected_call_is_unavailable_and_does_not_reach_the_handler() {
    let (stage, seen) = (Stage::new().await, Seen::default());
    let (channel, _server) = server(&stage, &seen).await;
    stage.registry.breaker("server").open("a test");
    let status = call(channel, 17).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.metadata().get("grpc-retry-pushback-ms").unwrap(), "60000");
    let retry = status.get_details_retry_info().and_then(|info| info.retry_delay);
    assert_eq!(retry, Some(Duration::from_secs(60)));
    assert!(!status.message().contains("server is open"), "clients outside read it: {status}");
    assert!(!seen.has(17));
}

/// Answers as asked for, and leaves clients the time to hang up.
#[derive(Debug, Clone)]
struct TakesItsTime;

impl Handler for TakesItsTime {
    async fn handle(&self, call: u64) -> Result<(), Status> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Seen::default().handle(call).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_crowd_add_up_and_lose_no_permit() {
    let mut stage = Stage::new().await;
    let layer =
        CircuitBreakerLayer::in_registry(&stage.registry, "server").policy(policy_of_server());
    let layer = layer.unwrap().grpc_errors().reject_with(rejected);
    let started = Started::default();
    let layers = ServiceBuilder::new().map_request(started.counter()).layer(layer).into_inner();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    stage.proxy = FaultProxy::start(listener.local_addr().unwrap()).unwrap();
    let router = Server::builder().layer(layers).add_service(Echo(TakesItsTime));
    let serve = router.serve_with_incoming(TcpListenerStream::new(listener));
    let _server = Task(tokio::spawn(serve).abort_handle());
    let (channel, patience) = (channel(stage.proxy.address()), stage.patience.clone());
    let call = move |asked: Asked| {
        let (call, patience) = (call(channel.clone(), asked.call()), patience.clone());
        async move { timeout(patience.duration(), call).await.map_or(Fate::Failure, fate) }
    };
    let breaker = stage.registry.breaker("server");
    crowd(stage, breaker, 19, &started, call).await;
}
