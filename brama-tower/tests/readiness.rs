//! When a service with a layer is ready.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use brama_runtime::api::{PolicyPatch, testing::TestRegistry};
use brama_tower::CircuitBreakerLayer;
use tower::{Layer, Service};

/// A service that counts how often its readiness is polled.
#[derive(Clone, Default)]
struct Node {
    polls: Arc<AtomicUsize>,
    is_busy: bool,
}

impl Service<()> for Node {
    type Response = ();
    type Error = Infallible;
    type Future = Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.polls.fetch_add(1, SeqCst);
        if self.is_busy { Poll::Pending } else { Poll::Ready(Ok(())) }
    }

    fn call(&mut self, (): ()) -> Self::Future {
        ready(Ok(()))
    }
}

/// A registry whose breaker `node` opens at the first failure.
fn registry() -> TestRegistry {
    let registry = TestRegistry::new();
    let policy = PolicyPatch::new().failure_threshold(1).concurrency_limit(1);
    registry.configure("node", policy).unwrap();
    registry
}

fn layer(registry: &TestRegistry) -> CircuitBreakerLayer {
    CircuitBreakerLayer::in_registry(registry, "node")
}

fn is_ready(service: &mut impl Service<()>) -> bool {
    service.poll_ready(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[test]
fn a_service_is_ready_while_its_circuit_is_open_so_that_a_call_is_rejected() {
    let registry = registry();
    registry.breaker("node").open("maintenance");
    assert!(is_ready(&mut layer(&registry).layer(Node::default())));
}

#[test]
fn a_service_that_is_not_ready_makes_the_layer_wait_in_any_state() {
    let registry = registry();
    let busy = Node { is_busy: true, ..Node::default() };
    let mut service = layer(&registry).layer(busy);
    assert!(!is_ready(&mut service));
    registry.breaker("node").open("maintenance");
    assert!(!is_ready(&mut service));
}

#[test]
fn a_service_whose_readiness_is_gated_waits_for_its_circuit_and_so_does_its_clone() {
    let registry = registry();
    let breaker = registry.breaker("node");
    let service = layer(&registry).gate_readiness().layer(Node::default());
    for mut service in [service.clone(), service] {
        breaker.open("maintenance");
        assert!(!is_ready(&mut service));
        breaker.close("mended");
        assert!(is_ready(&mut service));
    }
}

#[test]
fn the_service_within_reserves_nothing_while_the_gate_is_closed() {
    let registry = registry();
    registry.breaker("node").open("maintenance");
    let node = Node::default();
    let polls = Arc::clone(&node.polls);
    let mut service = layer(&registry).gate_readiness().layer(node);
    assert!(!is_ready(&mut service));
    assert_eq!(polls.load(SeqCst), 0);
    registry.breaker("node").close("mended");
    assert!(is_ready(&mut service));
    assert_eq!(polls.load(SeqCst), 1);
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// Asserts that a task which found the gate closed is woken by `change`, and then finds it open.
fn assert_woken_by(registry: &TestRegistry, change: impl FnOnce()) {
    let mut service = layer(registry).gate_readiness().layer(Node::default());
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    assert!(service.poll_ready(&mut Context::from_waker(&waker)).is_pending());
    change();
    assert!(0 < woken.0.load(SeqCst), "the task was not woken");
    assert!(service.poll_ready(&mut Context::from_waker(&waker)).is_ready());
}

#[test]
fn a_task_is_woken_when_the_circuit_is_closed_by_hand() {
    let registry = registry();
    registry.breaker("node").open("maintenance");
    assert_woken_by(&registry, || registry.breaker("node").close("mended"));
}

#[test]
fn a_task_is_woken_when_the_opening_ends() {
    let registry = registry();
    registry.breaker("node").failure("refused");
    assert_woken_by(&registry, || registry.clock().advance(Duration::from_secs(60)));
}

#[test]
fn a_task_is_woken_when_the_probe_in_flight_succeeds() {
    let registry = registry();
    registry.breaker("node").failure("refused");
    registry.clock().advance(Duration::from_secs(60));
    let probe = registry.breaker("node").try_acquire().unwrap();
    assert_woken_by(&registry, || probe.success());
}

#[test]
fn a_task_is_woken_when_a_call_in_flight_gives_its_place_back() {
    let registry = registry();
    let call = registry.breaker("node").try_acquire().unwrap();
    assert_woken_by(&registry, || call.success());
}
