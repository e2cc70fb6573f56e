//! A client of two hosts under one layer, with a breaker for each authority and a timeout.

use std::{convert::Infallible, time::Duration};

use axum::http::{Request, Response};
use brama::{
    Breaker, State,
    tower::{
        CircuitBreakerLayer,
        http::{Authority, gateway_timeout, unavailable},
    },
};
use bytes::Bytes;
use fault_proxy::{Fault, FaultProxy};
use http_body_util::{BodyExt, Empty, Full, combinators::BoxBody};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};

use crate::{
    outage::{Stage, THRESHOLD, policy},
    upstream::{Seen, Server, routes},
};

type Answer = Response<BoxBody<Bytes, BoxError>>;

/// A client that answers 502 where it fails, so that its errors stay infallible.
fn client()
-> impl Service<Request<Empty<Bytes>>, Response = Answer, Error = Infallible, Future: Send> + Clone
{
    let client: Client<HttpConnector, Empty<Bytes>> =
        Client::builder(TokioExecutor::new()).build_http();
    service_fn(move |request| {
        let call = client.request(request);
        async {
            let read = async {
                let (head, body) = call.await?.into_parts();
                Ok::<_, BoxError>(Response::from_parts(head, body.collect().await?.to_bytes()))
            };
            Ok(match read.await {
                Ok(answer) => answer.map(boxed),
                Err(_) => Response::builder().status(502).body(boxed(Bytes::new())).unwrap(),
            })
        }
    })
}

fn boxed(bytes: impl Into<Bytes>) -> BoxBody<Bytes, BoxError> {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed()
}

/// Two servers of which each is behind a proxy, and the breakers of their authorities.
struct Hosts {
    stage: Stage,
    other: FaultProxy,
    _server: Server,
}

impl Hosts {
    async fn new() -> Self {
        let stage = Stage::new().await;
        stage.registry.configure("hosts", policy()).unwrap();
        let server = Server::start(routes(Seen::default())).await;
        let other = FaultProxy::start(server.address).unwrap();
        Self { stage, other, _server: server }
    }

    /// Breaks the first host, and lets calls to it time out soon if they would hang.
    async fn set(&self, fault: Fault) {
        self.stage.set(fault).await;
        let policy = policy().timeout(self.stage.patience.duration());
        self.stage.registry.configure("hosts", policy).unwrap();
    }

    fn breaker(&self, proxy: &FaultProxy) -> Breaker {
        let key = proxy.address().to_string();
        self.stage.registry.breaker(brama::Identity::new("hosts").with_key(&key))
    }
}

#[tokio::test]
async fn a_host_that_fails_opens_its_own_breaker_and_the_other_host_answers_on() {
    for fault in Fault::EACH {
        let hosts = Hosts::new().await;
        let layer = CircuitBreakerLayer::in_registry(&hosts.stage.registry, "hosts")
            .key_by(Authority)
            .server_errors()
            .timeout(Duration::from_secs(30))
            .on_timeout(|timed_out| gateway_timeout::<String>(timed_out).map(boxed))
            .reject_with(|open| unavailable::<String>(open).map(boxed));
        let service = layer.layer(client());
        let call = async |proxy: &FaultProxy| {
            let request = Request::get(format!("http://{}/calls/1", proxy.address()));
            let request = request.body(Empty::new()).unwrap();
            service.clone().oneshot(request).await.unwrap().status().as_u16()
        };
        let (broken, other) = (&hosts.stage.proxy, &hosts.other);
        assert_eq!(call(broken).await, 200, "before {fault:?}");
        hosts.set(fault).await;
        let expected = if fault.hangs() { 504 } else { 502 };
        for _ in 0..THRESHOLD {
            assert_eq!(call(broken).await, expected, "during {fault:?}");
        }
        assert_eq!(call(broken).await, 503, "a call is rejected during {fault:?}");
        let states = [broken, other].map(|proxy| hosts.breaker(proxy).state());
        assert_eq!(states, [State::Open, State::Closed]);
        assert_eq!(call(other).await, 200, "the other host during {fault:?}");
        hosts.set(Fault::None).await;
        hosts.stage.registry.advance(Duration::from_secs(60));
        assert_eq!(call(broken).await, 200, "the probe after {fault:?}");
        assert_eq!(hosts.breaker(broken).state(), State::Closed);
    }
}
