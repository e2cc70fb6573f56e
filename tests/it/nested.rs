//! Calls of the same breaker from within one of its calls.
use brama::{CircuitOpen, State, circuit_breaker, testing::TestRegistry};
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
enum StoreFailed {
    #[error("unreachable")]
    Unreachable,
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

#[circuit_breaker(identifier = "store", max_attempts = 4)]
fn read(reachable: bool) -> Result<u8, StoreFailed> {
    if reachable { Ok(1) } else { Err(StoreFailed::Unreachable) }
}

#[circuit_breaker(identifier = "store", max_attempts = 4)]
fn copy(reachable: bool) -> Result<u8, StoreFailed> {
    read(reachable)
}

#[circuit_breaker(identifier = "store", max_attempts = 4)]
async fn read_async(reachable: bool) -> Result<u8, StoreFailed> {
    tokio::task::yield_now().await;
    read(reachable)
}

#[circuit_breaker(identifier = "store", max_attempts = 4)]
async fn copy_async(reachable: bool) -> Result<u8, StoreFailed> {
    tokio::task::yield_now().await;
    read_async(reachable).await
}

fn due(registry: &TestRegistry) {
    registry.breaker("store").open("outage");
    registry.advance(Duration::from_secs(60));
}

/// afreidah/s3-orchestrator#1472
#[test]
fn a_probe_that_calls_another_function_of_its_breaker_closes_the_circuit() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    due(&registry);
    assert_eq!(copy(true).unwrap(), 1);
    registry.assert_state("store", State::Closed);
}

/// afreidah/s3-orchestrator#1472
#[tokio::test]
async fn an_async_probe_that_calls_another_function_of_its_breaker_closes_the_circuit() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    due(&registry);
    assert_eq!(copy_async(true).await.unwrap(), 1);
    registry.assert_state("store", State::Closed);
}

/// afreidah/s3-orchestrator#1472
#[test]
fn a_probe_whose_nested_call_fails_is_one_failed_probe() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    due(&registry);
    assert!(matches!(copy(false), Err(StoreFailed::Unreachable)));
    let status = registry.status("store").unwrap();
    assert_eq!((status.state, status.trips, status.totals.failures), (State::Open, 2, 1));
}

/// afreidah/s3-orchestrator#1472
#[test]
fn calls_nested_in_a_probe_are_counted_in_totals_nested_only() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    due(&registry);
    copy(true).unwrap();
    let totals = registry.status("store").unwrap().totals;
    assert_eq!((totals.nested, totals.successes, totals.ignored, totals.rejected), (1, 1, 0, 0));
}

/// `jvoegele/external_service#93`
#[test]
fn while_closed_each_nested_call_counts() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    assert!(copy(false).is_err());
    registry.assert_failures("store", 2);
    assert!(copy(false).is_err());
    registry.assert_state("store", State::Open);
}
