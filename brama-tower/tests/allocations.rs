//! A call through a layer allocates nothing.

use std::{
    future::{Future, Ready, ready},
    io,
    pin::pin,
    task::{Context, Poll, Waker},
};

use allocation_counter::measure;
use brama_runtime::api::{Identity, PolicyPatch, testing::TestRegistry};
use brama_tower::{CircuitBreakerLayer, http::Authority};
use http::{Request, Response, Uri};
use http_body_util::Empty;
use tower::{Layer, Service, service_fn};

fn answer(request: Request<()>) -> Ready<io::Result<Response<Empty<&'static [u8]>>>> {
    drop(request);
    ready(Ok(Response::new(Empty::new())))
}

/// The allocations of a call, after one that may set things up, beyond those of a bare service.
fn allocations(mut service: impl Service<Request<()>>, uri: &'static str) -> u64 {
    let mut call = || {
        let mut request = Request::new(());
        *request.uri_mut() = Uri::from_static(uri);
        let future = pin!(service.call(request));
        let polled = future.poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Ready(_)));
    };
    call();
    let with_layer = measure(|| (0..1_000).for_each(|_| call())).count_total;
    let bare = measure(|| (0..1_000).for_each(|_| drop(Uri::from_static(uri)))).count_total;
    with_layer - bare
}

const PLAIN: &str = "https://api.example.com/a";

#[test]
fn a_call_of_one_breaker_allocates_nothing() {
    let registry = TestRegistry::new();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api");
    assert_eq!(allocations(layer.layer(service_fn(answer)), PLAIN), 0);
    let judged = layer.server_errors();
    assert_eq!(allocations(judged.layer(service_fn(answer)), PLAIN), 0);
}

#[test]
fn a_call_that_ends_with_its_body_allocates_nothing() {
    let registry = TestRegistry::new();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api");
    let http = layer.clone().server_errors().until_end_of_body();
    assert_eq!(allocations(http.layer(service_fn(answer)), PLAIN), 0);
    let slow = layer.until_end_of_body().slow_until_first_frame();
    assert_eq!(allocations(slow.layer(service_fn(answer)), PLAIN), 0);
}

#[test]
fn a_call_keyed_by_authority_allocates_nothing() {
    let registry = TestRegistry::new();
    for uri in [PLAIN, "http://10.0.0.7:8080/a", "http://[::1]:9000/"] {
        let layer = CircuitBreakerLayer::in_registry(&registry, "api").key_by(Authority);
        assert_eq!(allocations(layer.layer(service_fn(answer)), uri), 0, "{uri}");
    }
}

#[test]
fn a_rejection_allocates_nothing() {
    let registry = TestRegistry::new();
    registry.configure("api", PolicyPatch::new().failure_threshold(1)).unwrap();
    registry.breaker("api").open("a test");
    registry.breaker(Identity::new("api").with_key("api.example.com:443")).open("a test");
    let layer = CircuitBreakerLayer::in_registry(&registry, "api");
    assert_eq!(allocations(layer.clone().layer(service_fn(answer)), PLAIN), 0);
    let answered = layer.clone().reject_with(|_| Response::new(Empty::new()));
    assert_eq!(allocations(answered.layer(service_fn(answer)), PLAIN), 0);
    assert_eq!(allocations(layer.key_by(Authority).layer(service_fn(answer)), PLAIN), 0);
}
