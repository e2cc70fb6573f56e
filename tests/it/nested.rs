//! Calls of the same breaker from within one of its calls.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use brama::{
    Breaker, CircuitOpen, Outcome, PolicyPatch, State, circuit_breaker, testing::TestRegistry,
};

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

fn probing(limit: u32) -> (TestRegistry, Breaker) {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("store");
    breaker.configure(PolicyPatch::new().half_open_limit(limit)).unwrap();
    breaker.open("outage");
    registry.advance(Duration::from_secs(60));
    (registry, breaker)
}

/// Calls the breaker within one of its calls, after `before`.
fn within(breaker: &Breaker, before: impl FnOnce()) -> Result<(), CircuitOpen> {
    let call = || {
        before();
        breaker.call_with(|()| Outcome::Success, || ())
    };
    breaker.call_with(|_| Outcome::Success, call).unwrap()
}

#[test]
fn a_nested_call_takes_no_place_of_a_probe() {
    let (_registry, breaker) = probing(2);
    let other = || drop(breaker.try_acquire().unwrap());
    within(&breaker, || {
        within(&breaker, other).unwrap();
        assert_eq!(breaker.status().probes, 1);
    })
    .unwrap();
    assert_eq!(breaker.status().totals.nested, 4);
}

#[test]
fn a_nested_call_is_rejected_once_the_circuit_is_forced_open() {
    let (_registry, breaker) = probing(1);
    let rejected = within(&breaker, || breaker.force_open("enough")).unwrap_err();
    assert_eq!(rejected.state(), State::ForcedOpen);
    assert_eq!(breaker.status().totals.nested, 0);
}

#[test]
fn a_call_nested_in_a_displaced_probe_is_not_nested() {
    let (registry, breaker) = probing(1);
    let displaced = within(&breaker, || {
        registry.advance(Duration::from_secs(60));
        let displacing = std::thread::scope(|scope| {
            scope.spawn(|| breaker.try_acquire().unwrap()).join().unwrap()
        });
        let rejected = breaker.try_acquire().unwrap_err();
        assert_eq!(rejected.state(), State::HalfOpen);
        drop(displacing);
    });
    assert!(displaced.is_ok());
    assert_eq!((breaker.state(), breaker.status().totals.nested), (State::Closed, 0));
}

#[test]
fn a_call_on_another_thread_is_not_nested() {
    let (_registry, breaker) = probing(1);
    let apart = within(&breaker, || {
        let apart = std::thread::scope(|scope| {
            scope.spawn(|| breaker.try_acquire().map(drop)).join().unwrap()
        });
        assert_eq!(apart.unwrap_err().state(), State::HalfOpen);
    });
    assert!(apart.is_ok());
    assert_eq!(breaker.status().totals.nested, 1);
}

#[test]
fn a_probe_of_another_breaker_admits_nothing() {
    let (registry, breaker) = probing(1);
    let other = registry.breaker("other");
    other.open("outage");
    within(&breaker, || assert!(other.try_acquire().is_err())).unwrap();
}

#[test]
fn the_scope_of_a_probe_ends_with_its_panic() {
    let (_registry, breaker) = probing(1);
    let panics = AssertUnwindSafe(|| within(&breaker, || std::panic::resume_unwind(Box::new(()))));
    assert!(catch_unwind(panics).is_err());
    assert_eq!(breaker.try_acquire().unwrap_err().state(), State::Open);
}

#[test]
fn a_probe_that_waits_lets_no_other_task_of_its_thread_in() {
    let (_registry, breaker) = probing(1);
    let body = async {
        within(&breaker, || ()).unwrap();
        std::future::pending::<()>().await;
    };
    let mut probe = pin!(breaker.call_async_with(|()| Outcome::Success, body));
    let mut context = Context::from_waker(Waker::noop());
    assert!(probe.as_mut().poll(&mut context).is_pending());
    assert_eq!(breaker.status().totals.nested, 2);
    assert_eq!(breaker.try_acquire().unwrap_err().state(), State::HalfOpen);
}

#[test]
fn a_call_nested_in_one_that_the_ramp_admitted_counts_like_a_call_of_a_closed_circuit() {
    let (_registry, breaker) = probing(1);
    breaker.configure(PolicyPatch::new().ramp(Duration::from_secs(20))).unwrap();
    breaker.try_acquire().unwrap().success();
    let before = breaker.status().totals;
    let mut calls = 0;
    while breaker.status().totals.successes == before.successes {
        let nested = || breaker.call_with(|()| Outcome::Success, || ()).unwrap();
        let _ = breaker.call_with(|()| Outcome::Success, nested);
        calls += 1;
    }
    let totals = breaker.status().totals;
    assert_eq!((totals.successes - before.successes, totals.nested), (2, 0));
    assert_eq!(totals.rejected - before.rejected, calls - 1);
}

#[test]
fn a_call_within_the_closure_of_a_call_is_nested() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("store");
    due(&registry);
    let nested = breaker.call(|| breaker.call(|| Ok::<_, String>(1)).map_err(|it| it.to_string()));
    assert_eq!(nested, Ok(1));
    assert_eq!((breaker.state(), breaker.status().totals.nested), (State::Closed, 1));
}
