//! The layer around services of tower: what callers see, and what the breaker counts.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

use std::{
    convert::Infallible,
    error::Error,
    future::{Future, pending, ready},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use brama_runtime::api::{
    CircuitOpen, Connection, ConnectionKind, Identity, Outcome, PolicyPatch, State,
    testing::TestRegistry,
};
use brama_tower::{
    BoxError, BreakerError, CircuitBreaker, CircuitBreakerLayer, KeyExtractor, Reject,
};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

fn poll<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn done<F: Future>(future: F) -> F::Output {
    match poll(future) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is not ready"),
    }
}

fn registry() -> TestRegistry {
    let registry = TestRegistry::new();
    registry.configure("api", PolicyPatch::new().failure_threshold(1)).unwrap();
    registry
}

fn parse(text: &'static str) -> std::future::Ready<Result<u32, std::num::ParseIntError>> {
    ready(text.parse())
}

#[test]
fn a_response_is_a_success_and_an_error_a_failure() {
    let registry = registry();
    let mut service = CircuitBreakerLayer::in_registry(&registry, "api").layer(service_fn(parse));
    assert_eq!(done(service.call("17")), Ok(17));
    assert!(matches!(done(service.call("x")), Err(BreakerError::Inner(_))));
    let totals = registry.breaker("api").status().totals;
    assert_eq!((totals.successes, totals.failures), (1, 1));
    let reasons = registry.breaker("api").status().reasons;
    assert_eq!(reasons[0].to_string(), "invalid digit found in string");
}

#[test]
fn a_rejected_call_does_not_reach_the_service() {
    let registry = registry();
    let forbidden = service_fn(|(): ()| -> std::future::Ready<io::Result<()>> {
        panic!("a rejected call reached the service")
    });
    let mut service = CircuitBreakerLayer::in_registry(&registry, "api").layer(forbidden);
    registry.breaker("api").open("maintenance");
    let rejected = done(service.call(())).unwrap_err();
    assert_eq!(rejected.to_string(), "api is open, next attempt in 60 s");
    assert!(rejected.rejection().is_some() && rejected.into_inner().is_none());
}

#[test]
fn a_rejection_is_found_in_the_error_and_in_its_sources() {
    let registry = registry();
    let mut service = CircuitBreakerLayer::in_registry(&registry, "api").layer(service_fn(parse));
    registry.breaker("api").open("maintenance");
    let rejected = done(service.call("17")).unwrap_err();
    assert!(CircuitOpen::is_in(&rejected));
    assert!(rejected.source().is_some());
}

#[test]
fn boxed_errors_contain_the_rejection_and_the_error_of_the_service() {
    let registry = registry();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").box_errors();
    let mut service = layer.layer(service_fn(parse));
    let error: BoxError = done(service.call("x")).unwrap_err();
    assert!(error.is::<std::num::ParseIntError>());
    let rejected = done(service.call("17")).unwrap_err();
    assert!(rejected.is::<CircuitOpen>());
}

#[test]
fn a_response_may_stand_for_a_rejection_and_then_no_error_is_added() {
    let registry = registry();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api")
        .classify(|_: Result<&u32, &Infallible>| Outcome::Success)
        .reject_with(|open: CircuitOpen| u32::try_from(open.opening()).unwrap());
    let mut service = layer.layer(service_fn(|()| ready(Ok::<_, Infallible>(17))));
    assert_eq!(done(service.call(())), Ok(17));
    registry.breaker("api").open("maintenance");
    assert_eq!(done(service.call(())), Ok(1));
}

#[test]
fn a_classification_sees_the_response_and_the_error() {
    let registry = registry();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").classify(
        |result: Result<&u32, &std::num::ParseIntError>| match result {
            Ok(503) => Outcome::failure("503"),
            Ok(_) => Outcome::Success,
            Err(_) => Outcome::Ignore,
        },
    );
    let mut service = layer.layer(service_fn(parse));
    assert!(done(service.call("x")).is_err());
    assert_eq!(registry.breaker("api").status().totals.ignored, 1);
    assert_eq!(done(service.call("503")), Ok(503));
    assert_eq!(registry.breaker("api").state(), State::Open);
}

#[test]
fn the_rejection_of_an_inner_breaker_is_ignored() {
    let registry = registry();
    let layer = |name: &str| CircuitBreakerLayer::in_registry(&registry, name);
    let mut service =
        ServiceBuilder::new().layer(layer("outer")).layer(layer("api")).service_fn(parse);
    registry.breaker("api").open("maintenance");
    assert!(done(service.call("17")).is_err());
    let totals = registry.breaker("outer").status().totals;
    assert_eq!((totals.ignored, totals.failures), (1, 0));
}

#[test]
fn a_dropped_future_is_abandoned_and_a_probe_gives_its_place_back() {
    let registry = registry();
    let breaker = registry.breaker("api");
    breaker.failure("refused");
    registry.clock().advance(Duration::from_secs(60));
    let silent = service_fn(|(): ()| pending::<io::Result<()>>());
    let mut service = CircuitBreakerLayer::in_registry(&registry, "api").layer(silent);
    assert!(poll(service.call(())).is_pending());
    assert_eq!((breaker.status().totals.abandoned, breaker.status().probes), (1, 0));
    assert!(breaker.is_available());
}

#[test]
fn a_call_whose_future_is_never_polled_is_abandoned() {
    let registry = registry();
    let mut service = CircuitBreakerLayer::in_registry(&registry, "api").layer(service_fn(parse));
    drop(service.call("17"));
    assert_eq!(registry.breaker("api").status().totals.abandoned, 1);
}

#[test]
fn a_panic_of_the_service_or_of_its_future_is_a_failure() {
    let registry = registry();
    let panics = service_fn(|in_call: bool| {
        assert!(!in_call, "in the call");
        async { panic!("in the future") }
    });
    let layer = CircuitBreakerLayer::in_registry(&registry, "api")
        .classify(|_: Result<&(), &io::Error>| Outcome::Success);
    let mut service = layer.layer(panics);
    for in_call in [true, false] {
        let call = || drop(poll(service.call(in_call)));
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
        assert_eq!(registry.breaker("api").state(), State::Open);
        registry.breaker("api").close("again");
    }
    assert_eq!(registry.breaker("api").status().totals.failures, 2);
}

#[test]
fn each_key_has_a_breaker_of_its_own_with_the_policy_of_the_layer() {
    let registry = TestRegistry::new();
    let layer = CircuitBreakerLayer::in_registry(&registry, "node")
        .policy(PolicyPatch::new().failure_threshold(1))
        .unwrap()
        .key(|request: &(&'static str, &'static str)| request.0.into());
    let mut service = layer.layer(service_fn(|(_, text)| parse(text)));
    assert!(done(service.call(("a", "x"))).is_err());
    assert_eq!(done(service.call(("b", "17"))), Ok(17));
    let state = |key| registry.breaker(Identity::new("node").with_key(key)).state();
    assert_eq!((state("a"), state("b")), (State::Open, State::Closed));
    let rejected = done(service.call(("a", "17"))).unwrap_err();
    assert_eq!(rejected.rejection().unwrap().identity().key(), Some("a"));
}

/// Requests have no key.
#[derive(Clone)]
struct NoKey;

impl<Request> KeyExtractor<Request> for NoKey {
    fn with_key<R>(&self, _: &Request, then: impl FnOnce(Option<&str>) -> R) -> R {
        then(None)
    }
}

#[test]
fn a_request_without_a_key_has_the_breaker_without_a_key() {
    let registry = registry();
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").key_by(NoKey);
    let mut service = layer.layer(service_fn(parse));
    assert!(done(service.call("x")).is_err());
    assert_eq!(registry.breaker("api").state(), State::Open);
    assert!(done(service.call("17")).unwrap_err().rejection().is_some());
}

#[test]
fn a_connection_gives_the_breaker_its_kind() {
    let registry = TestRegistry::new();
    let connection = Connection::new().kind(ConnectionKind::HTTP);
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").connection(connection).unwrap();
    let mut service = layer.layer(service_fn(parse));
    assert_eq!(done(service.call("17")), Ok(17));
    assert_eq!(registry.breaker("api").status().kind, Some(ConnectionKind::HTTP));
}

#[test]
fn a_policy_outside_its_limits_is_an_error() {
    let registry = TestRegistry::new();
    let policy = PolicyPatch::new().success_threshold(0);
    let layer = CircuitBreakerLayer::in_registry(&registry, "api");
    assert!(layer.policy(policy).is_err());
}

#[test]
fn an_identity_is_registered_once() {
    let registry = TestRegistry::new();
    let layer = || CircuitBreakerLayer::in_registry(&registry, "api");
    let first = layer().policy(PolicyPatch::new().failure_threshold(1)).unwrap();
    for second in [first, layer()] {
        assert!(second.clone().policy(PolicyPatch::new()).is_err());
        assert!(second.connection(Connection::new()).is_err());
    }
}

#[test]
fn a_named_type_answers_a_rejected_call_with_an_error_of_the_service() {
    #[derive(Clone)]
    struct Busy;
    impl<T> Reject<T, &'static str> for Busy {
        type Error = &'static str;

        fn reject(&self, _: CircuitOpen) -> Result<T, &'static str> {
            Err("busy")
        }

        fn pass(error: &'static str) -> &'static str {
            error
        }
    }

    let registry = registry();
    let failing = service_fn(|(): ()| ready(Err::<(), _>("refused")));
    let layer = CircuitBreakerLayer::in_registry(&registry, "api");
    let layer = layer.classify(|_: Result<&(), &&str>| Outcome::failure(())).reject_by(Busy);
    let mut service = layer.layer(failing);
    assert_eq!(done(service.call(())), Err("refused"));
    assert_eq!(done(service.call(())), Err("busy"));
}

#[test]
fn an_error_knows_when_to_try_again_if_it_is_a_rejection() {
    let registry = registry();
    let mut service = CircuitBreakerLayer::in_registry(&registry, "api").layer(service_fn(parse));
    assert_eq!(done(service.call("x")).unwrap_err().retry_after(), None);
    let wait = done(service.call("x")).unwrap_err().retry_after();
    assert_eq!(wait, Some(Duration::from_secs(60)));
}

#[test]
fn a_call_within_a_probe_belongs_to_the_probe() {
    let registry = registry();
    let breaker = registry.breaker("api");
    breaker.failure("refused");
    registry.clock().advance(Duration::from_secs(60));
    let inner = breaker.clone();
    let nested = service_fn(move |(): ()| {
        let in_call = inner.call(|| Ok::<_, ()>(())).is_ok();
        let inner = inner.clone();
        async move {
            let in_future = inner.call(|| Ok::<_, ()>(())).is_ok();
            Ok::<_, io::Error>((in_call, in_future))
        }
    });
    let mut service = CircuitBreakerLayer::in_registry(&registry, "api").layer(nested);
    assert_eq!(done(service.call(())).unwrap(), (true, true));
    assert_eq!((breaker.state(), breaker.status().totals.nested), (State::Closed, 2));
}

#[test]
fn a_layer_uses_the_registry_that_its_test_has_entered() {
    let registry = registry();
    let _entered = registry.enter();
    let mut service = CircuitBreakerLayer::new("api").layer(service_fn(parse));
    assert_eq!(done(service.call("17")), Ok(17));
    assert_eq!(registry.breaker("api").status().totals.successes, 1);
}

#[test]
fn layers_of_one_identity_share_its_breaker_in_the_global_registry_too() {
    let layer = || CircuitBreakerLayer::new("a test of layers");
    let breaker = brama_runtime::api::breaker("a test of layers");
    let mut services = [layer(), layer()].map(|layer| layer.layer(service_fn(parse)));
    for service in &mut services {
        assert_eq!(done(service.call("17")), Ok(17));
    }
    assert_eq!(breaker.status().totals.successes, 2);
    assert!(brama_runtime::api::unregister("a test of layers"));
    assert_eq!(done(services[0].call("17")), Ok(17));
    breaker.open("maintenance");
    assert!(services.iter_mut().all(|service| done(service.call("17")).is_err()));
}

type Parse = fn(&'static str) -> std::future::Ready<Result<u32, std::num::ParseIntError>>;

struct Client(CircuitBreaker<tower::util::ServiceFn<Parse>>);

#[test]
fn a_service_can_be_named_cloned_and_printed() {
    let registry = registry();
    let service =
        CircuitBreakerLayer::in_registry(&registry, "api").layer(service_fn(parse as Parse));
    let client = Client(service.clone());
    assert!(format!("{:?}", client.0).contains("api"));
    assert_eq!(done(client.0.oneshot("17")), Ok(17));
}

#[test]
fn an_error_in_a_box_is_a_failure_whose_reason_is_its_text() {
    let registry = registry();
    let refused = service_fn(|(): ()| ready(Err::<(), BoxError>("refused".into())));
    let layer = CircuitBreakerLayer::in_registry(&registry, "api").for_boxed_errors();
    assert!(done(layer.layer(refused).call(())).is_err());
    let status = registry.breaker("api").status();
    assert_eq!((status.state, status.reasons[0].to_string()), (State::Open, "refused".to_owned()));
}

#[test]
fn probes_that_an_inner_breaker_rejects_do_not_open_the_circuit_again() {
    let registry = registry();
    let outer = registry.breaker("outer");
    outer.open("maintenance");
    registry.clock().advance(Duration::from_secs(60));
    registry.breaker("api").force_open("maintenance");
    let layer = |name: &str| CircuitBreakerLayer::in_registry(&registry, name);
    let mut service =
        ServiceBuilder::new().layer(layer("outer")).layer(layer("api")).service_fn(parse);
    (0..20).for_each(|_| assert!(done(service.call("17")).is_err()));
    assert_eq!((outer.state(), outer.status().totals.ignored), (State::HalfOpen, 20));
}
