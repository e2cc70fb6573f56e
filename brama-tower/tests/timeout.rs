//! Calls of a layer that take too long.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{
    convert::Infallible,
    future::{Future, pending, ready},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use brama_runtime::api::{
    CircuitOpen, Identity, Outcome, PolicyPatch, State, TimedOut, testing::TestRegistry,
};
use brama_tower::{BreakerError, CircuitBreakerLayer};
use tokio::time::Instant;
use tower::{Layer, Service, service_fn};

const LIMIT: Duration = Duration::from_secs(5);

fn registry() -> TestRegistry {
    let registry = TestRegistry::on_tokio_time();
    registry.configure("api", PolicyPatch::new().failure_threshold(1)).unwrap();
    registry
}

fn layer(registry: &TestRegistry) -> CircuitBreakerLayer {
    CircuitBreakerLayer::in_registry(registry, "api")
}

async fn silent((): ()) -> io::Result<u32> {
    pending().await
}

fn timeout(limit: Duration) -> PolicyPatch {
    PolicyPatch::new().timeout(limit)
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_a_failure_that_names_its_limit() {
    let registry = registry();
    let mut service = layer(&registry).timeout(LIMIT).layer(service_fn(silent));
    let begun = Instant::now();
    let error = service.call(()).await.unwrap_err();
    assert_eq!(
        (begun.elapsed(), error.to_string().as_str()),
        (LIMIT, "api did not answer within 5 s")
    );
    assert!(matches!(error, BreakerError::TimedOut(_)) && error.into_inner().is_none());
    let status = registry.breaker("api").status();
    assert_eq!((status.state, status.totals.failures), (State::Open, 1));
    assert_eq!(status.reasons[0].to_string(), "timed out after 5 s");
}

#[tokio::test(start_paused = true)]
async fn a_call_in_time_is_judged_as_without_a_timeout() {
    let registry = registry();
    let mut service = layer(&registry)
        .timeout(LIMIT)
        .layer(service_fn(|text: &'static str| ready(text.parse::<u32>())));
    assert_eq!(service.call("17").await, Ok(17));
    assert!(matches!(service.call("x").await, Err(BreakerError::Inner(_))));
    assert!(matches!(service.call("17").await, Err(BreakerError::Rejected(_))));
}

#[tokio::test(start_paused = true)]
async fn the_future_of_the_service_is_dropped_before_the_caller_gets_the_error() {
    let registry = registry();
    let held = Arc::new(());
    let service = service_fn(|(): ()| {
        let held = held.clone();
        async move {
            pending::<()>().await;
            drop(held);
            Ok::<_, io::Error>(())
        }
    });
    let mut call = pin!(layer(&registry).timeout(LIMIT).layer(service).call(()));
    assert!(call.as_mut().await.is_err());
    assert_eq!(Arc::strong_count(&held), 1);
}

#[tokio::test(start_paused = true)]
async fn the_setting_of_the_breaker_takes_precedence_over_the_timeout_of_the_layer() {
    let registry = registry();
    let mut service = layer(&registry).timeout(LIMIT).layer(service_fn(silent));
    registry.configure("api", timeout(Duration::from_secs(2))).unwrap();
    let begun = Instant::now();
    assert!(service.call(()).await.is_err());
    assert_eq!(begun.elapsed(), Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn an_operator_can_switch_the_timeout_off() {
    let registry = registry();
    let mut service = layer(&registry).timeout(LIMIT).layer(service_fn(silent));
    registry.configure("api", PolicyPatch::new().timeout_off()).unwrap();
    let call = service.call(());
    assert!(tokio::time::timeout(LIMIT * 100, call).await.is_err());
    assert_eq!(registry.breaker("api").status().totals.failures, 0);
}

#[tokio::test(start_paused = true)]
async fn the_setting_does_nothing_and_is_a_warning_unless_a_layer_has_a_timeout() {
    let registry = registry();
    registry.configure("api", timeout(Duration::from_secs(2))).unwrap();
    let mut service = layer(&registry).layer(service_fn(silent));
    assert!(tokio::time::timeout(LIMIT, service.call(())).await.is_err());
    let warnings = || registry.breaker("api").status().warnings;
    let warning = "`timeout` (2s, configure) does nothing: no attribute or layer of this breaker \
                   has a `timeout`";
    assert_eq!(warnings(), [warning]);
    let _timed = layer(&registry).timeout(LIMIT);
    assert!(warnings().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_keys_of_a_layer_with_a_timeout_have_no_warning_either() {
    let registry = registry();
    let layer = layer(&registry).timeout(LIMIT).key(|(): &()| "a".into());
    registry.configure("api", timeout(Duration::from_secs(2))).unwrap();
    assert!(layer.layer(service_fn(silent)).call(()).await.is_err());
    let breaker = registry.breaker(Identity::new("api").with_key("a"));
    assert_eq!(breaker.status().totals.failures, 1);
    assert!(breaker.status().warnings.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_box_contains_the_error_of_a_call_that_took_too_long() {
    let registry = registry();
    let layer = layer(&registry).box_errors().timeout(LIMIT);
    let error = layer.layer(service_fn(silent)).call(()).await.unwrap_err();
    assert_eq!(error.downcast_ref::<TimedOut>().unwrap().limit(), LIMIT);
}

#[tokio::test(start_paused = true)]
async fn a_response_may_stand_for_a_call_that_took_too_long() {
    let registry = registry();
    let layer = layer(&registry)
        .classify(|_: Result<&u16, &Infallible>| Outcome::Success)
        .timeout(LIMIT)
        .on_timeout(|_: TimedOut| 504)
        .reject_with(|_: CircuitOpen| 503);
    let mut service = layer.layer(service_fn(|(): ()| pending::<Result<u16, Infallible>>()));
    assert_eq!(service.call(()).await, Ok(504));
    assert_eq!(service.call(()).await, Ok(503));
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_takes_too_long_gives_its_place_back() {
    let registry = registry();
    let breaker = registry.breaker("api");
    breaker.failure("refused");
    tokio::time::advance(Duration::from_secs(60)).await;
    let mut service = layer(&registry).timeout(LIMIT).layer(service_fn(silent));
    assert!(service.call(()).await.is_err());
    assert_eq!((breaker.state(), breaker.status().probes), (State::Open, 0));
}

#[test]
fn a_call_outside_a_runtime_panics_and_is_abandoned() {
    let registry = TestRegistry::new();
    let mut service = layer(&registry).timeout(LIMIT).layer(service_fn(silent));
    let call = AssertUnwindSafe(|| drop(service.call(())));
    assert!(catch_unwind(call).is_err());
    let totals = registry.breaker("api").status().totals;
    assert_eq!((totals.failures, totals.abandoned), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_future_that_is_dropped_in_time_is_abandoned() {
    let registry = registry();
    let mut service = layer(&registry).timeout(LIMIT).layer(service_fn(silent));
    let polled = pin!(service.call(())).poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending));
    assert_eq!(registry.breaker("api").status().totals.abandoned, 1);
}

#[cfg(feature = "http")]
#[tokio::test(start_paused = true)]
async fn a_server_answers_504_for_a_call_that_took_too_long() {
    type Answer = Result<http::Response<String>, Infallible>;
    let registry = registry();
    let layer = layer(&registry)
        .classify(|_: Result<&http::Response<String>, &Infallible>| Outcome::Success)
        .reject_with(brama_tower::http::unavailable)
        .timeout(LIMIT)
        .on_timeout(brama_tower::http::gateway_timeout);
    let mut service = layer.layer(service_fn(|(): ()| pending::<Answer>()));
    let answers = [service.call(()).await.unwrap(), service.call(()).await.unwrap()];
    assert_eq!(answers.map(|answer| answer.status().as_u16()), [504, 503]);
}
