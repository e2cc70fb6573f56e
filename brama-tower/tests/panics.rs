//! Panics of closures that users give to a layer.

use std::{
    borrow::Cow,
    future::{Future, Ready, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::{Context, Poll, Waker},
};

use brama_runtime::api::{CircuitOpen, Outcome, Totals, testing::TestRegistry};
use brama_tower::CircuitBreakerLayer;
use tower::{Layer, Service, service_fn};

fn answer((): ()) -> Ready<Result<u32, &'static str>> {
    ready(Ok(17))
}

/// Calls the service and polls its future once; returns whether that panicked.
fn panics(mut service: impl Service<()>) -> bool {
    let call = AssertUnwindSafe(|| {
        let future = pin!(service.call(()));
        let polled = future.poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Ready(_)));
    });
    catch_unwind(call).is_err()
}

fn layer(registry: &TestRegistry) -> CircuitBreakerLayer {
    CircuitBreakerLayer::in_registry(registry, "api")
}

fn totals(registry: &TestRegistry) -> Totals {
    registry.breaker("api").status().totals
}

#[test]
fn a_classification_that_panics_is_a_failure() {
    let registry = TestRegistry::new();
    let classify = |_: Result<&u32, &&str>| -> Outcome { panic!("a bug") };
    assert!(panics(layer(&registry).classify(classify).layer(service_fn(answer))));
    let totals = totals(&registry);
    assert_eq!((totals.failures, totals.successes, totals.abandoned), (1, 0, 0));
}

#[test]
fn a_key_that_panics_counts_no_call() {
    let registry = TestRegistry::new();
    let layer = layer(&registry)
        .key(|(): &()| -> Cow<'_, str> { panic!("a bug") })
        .classify(|_: Result<&u32, &&str>| Outcome::Success);
    assert!(panics(layer.layer(service_fn(answer))));
    assert_eq!(totals(&registry), Totals::default());
}

#[test]
fn an_answer_to_a_rejected_call_that_panics_leaves_a_rejection() {
    let registry = TestRegistry::new();
    registry.breaker("api").open("maintenance");
    let layer = layer(&registry)
        .classify(|_: Result<&u32, &&str>| Outcome::Success)
        .reject_with(|_: CircuitOpen| -> u32 { panic!("a bug") });
    assert!(panics(layer.layer(service_fn(answer))));
    let totals = totals(&registry);
    assert_eq!((totals.rejected, totals.failures, totals.abandoned), (1, 0, 0));
}

#[test]
fn a_future_that_is_polled_after_its_end_panics_and_counts_nothing_more() {
    let registry = TestRegistry::new();
    let layer = layer(&registry).classify(|_: Result<&u32, &&str>| Outcome::Success);
    let mut future = Box::pin(layer.layer(service_fn(answer)).call(()));
    let mut poll = || {
        let context = &mut Context::from_waker(Waker::noop());
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)))
    };
    assert!(matches!(poll(), Ok(Poll::Ready(Ok(17)))));
    assert!(poll().is_err());
    let totals = totals(&registry);
    assert_eq!((totals.successes, totals.failures, totals.abandoned), (1, 0, 0));
}
