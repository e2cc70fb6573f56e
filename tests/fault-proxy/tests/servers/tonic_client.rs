//! A channel of tonic under the layer.

use std::{
    future::{Future, ready},
    net::SocketAddr,
    time::Duration,
};

use axum::http::{Request, Response, uri::PathAndQuery};
use brama::tower::CircuitBreakerLayer;
use fault_proxy::{Fault, FaultProxy};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Code, Status,
    body::Body,
    client::Grpc,
    service::interceptor::InterceptedService,
    transport::{Channel, Endpoint, Server},
};
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};

use crate::{
    crowd::{self, Asked, Started, crowd},
    echo::{Echo, Handler, PATH, RawCodec, message},
    outage::{Fate, QUICK, Stage, THRESHOLD, policy},
    upstream::{BODY, Seen, Task},
};

/// Starts a server of gRPC behind a proxy.
async fn stage() -> (Stage, Task) {
    let seen = Seen::default();
    stage_of(seen.clone(), seen).await
}

async fn stage_of(handler: impl Handler, seen: Seen) -> (Stage, Task) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = FaultProxy::start(listener.local_addr().unwrap()).unwrap();
    let router = Server::builder().add_service(Echo(handler));
    let serve = router.serve_with_incoming(TcpListenerStream::new(listener));
    (Stage::behind(proxy, seen), Task(tokio::spawn(serve).abort_handle()))
}

pub(crate) fn channel(address: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy()
}

/// A layer around a channel whose calls fail if they take too long.
fn service(
    stage: &Stage,
) -> impl Service<Request<Body>, Response = Response<Body>, Error = BoxError, Future: Send>
+ Clone
+ Send
+ use<> {
    let (channel, patience) = (channel(stage.proxy.address()), stage.patience.clone());
    let inner = service_fn(move |request| {
        let (channel, patience) = (channel.clone(), patience.clone());
        async move { patience.limit(channel.oneshot(request)).await }
    });
    let layer = CircuitBreakerLayer::in_registry(&stage.registry, "tonic").policy(policy());
    let layer = layer.unwrap().for_boxed_errors().grpc_errors().box_errors();
    let layer = layer.honor_pushback(Duration::from_secs(240));
    layer.layer(inner).map_response(|response: Response<_>| response.map(Body::new))
}

/// Makes a call.
pub(crate) async fn call<S>(service: S, call: u64) -> Result<(), Status>
where
    S: Service<Request<Body>, Response = Response<Body>, Error: Into<BoxError>>,
{
    let mut client = Grpc::new(service);
    client.ready().await.map_err(|error| Status::from_error(error.into()))?;
    let path = PathAndQuery::from_static(PATH);
    let answer = client.unary(tonic::Request::new(message(call)), path, RawCodec).await?;
    assert_eq!(answer.get_ref().len(), BODY);
    Ok(())
}

fn fate(result: Result<(), Status>) -> Fate {
    match result {
        Ok(()) => Fate::Success,
        Err(status) => Fate::of_error(&status),
    }
}

#[tokio::test]
async fn each_fault_opens_the_breaker_and_a_probe_closes_it() {
    for fault in Fault::EACH {
        let (stage, _server) = stage().await;
        let service = service(&stage);
        let call = async |number| fate(call(service.clone(), number).await);
        stage.outage(fault, QUICK, call).await;
    }
}

#[tokio::test]
async fn each_status_counts_as_the_preset_says() {
    for code in 1..=16 {
        let (stage, _server) = stage().await;
        let status = call(service(&stage), code).await.unwrap_err();
        assert_eq!(u64::try_from(i32::from(status.code())).unwrap(), code);
        let totals = stage.registry.breaker("tonic").status().totals;
        let expected = match code {
            2 | 4 | 13 | 14 | 15 => [0, 0, 1],
            1 | 8 => [0, 1, 0],
            _ => [1, 0, 0],
        };
        assert_eq!([totals.successes, totals.ignored, totals.failures], expected, "{status}");
    }
}

/// Asks for two minutes with each answer.
#[derive(Debug, Clone)]
struct Busy;

impl Handler for Busy {
    fn handle(&self, _: u64) -> impl Future<Output = Result<(), Status>> + Send {
        let mut status = Status::unavailable("busy");
        status.metadata_mut().insert("grpc-retry-pushback-ms", 120_000.into());
        ready(Err(status))
    }
}

#[tokio::test]
async fn a_server_that_asks_for_time_gets_it() {
    let (stage, _server) = stage_of(Busy, Seen::default()).await;
    let service = service(&stage);
    for number in 0..THRESHOLD {
        assert_eq!(fate(call(service.clone(), number.into()).await), Fate::Failure);
    }
    let status = stage.registry.breaker("tonic").status();
    assert_eq!(status.retry_after, Some(Duration::from_secs(120)));
}

#[tokio::test]
async fn a_call_that_an_interceptor_ends_never_reaches_the_breaker() {
    let (stage, _server) = stage().await;
    let layer = CircuitBreakerLayer::in_registry(&stage.registry, "tonic").grpc_errors();
    let channel = layer.box_errors().layer(channel(stage.proxy.address()));
    let no_token = |_: tonic::Request<()>| Err(Status::unauthenticated("no token"));
    let intercepted = InterceptedService::new(channel.clone(), no_token);
    let intercepted = intercepted.map_response(|response: Response<_>| response.map(Body::new));
    assert_eq!(call(intercepted, 17).await.unwrap_err().code(), Code::Unauthenticated);
    let passing = InterceptedService::new(channel, Ok::<tonic::Request<()>, Status>);
    let passing = passing.map_response(|response: Response<_>| response.map(Body::new));
    call(passing, 18).await.unwrap();
    stage.registry.assert_successes("tonic", 1);
}

#[tokio::test]
async fn an_answer_that_dies_half_way_is_a_failure() {
    let (stage, _server) = stage().await;
    let service = service(&stage);
    call(service.clone(), 17).await.unwrap();
    stage.set(Fault::Truncate(BODY / 2)).await;
    call(service, 18).await.unwrap_err();
    stage.registry.assert_successes("tonic", 1);
    stage.registry.assert_failures("tonic", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_crowd_add_up_and_lose_no_permit() {
    let (stage, _server) = stage().await;
    let (service, started) = (service(&stage), Started::default());
    let count = started.counter();
    let call = move |asked: Asked| {
        let call = call(service.clone(), count(asked).call());
        async { fate(call.await) }
    };
    let breaker = stage.registry.breaker("tonic");
    breaker.configure(crowd::policy()).unwrap();
    crowd(stage, breaker, 13, &started, call).await;
}
