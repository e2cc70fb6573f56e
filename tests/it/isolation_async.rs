//! Decorated async functions in a registry that the test has entered.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use brama::{CircuitOpen, State, circuit_breaker, testing::TestRegistry};
use tokio::task::yield_now;

use crate::answer::Answer;

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn spawned_tasks_of_a_current_thread_runtime_use_the_entered_registry() {
    #[circuit_breaker(identifier = "isolation: spawned")]
    async fn call() -> Answer<()> {
        yield_now().await;
        Ok(())
    }
    let registry = TestRegistry::new();
    let entered = registry.enter();
    let both = [tokio::spawn(call()), tokio::spawn(call())];
    for task in both {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
    registry.assert_successes("isolation: spawned", 2);
    drop(entered);
    assert!(brama::find("isolation: spawned").is_none());
}

#[test]
fn a_future_uses_the_registry_entered_at_its_first_poll() {
    #[circuit_breaker(identifier = "isolation: polled")]
    async fn call() -> Answer<()> {
        yield_now().await;
        Ok(())
    }
    let [made, first, then] = [(); 3].map(|()| TestRegistry::new());
    let mut future = {
        let _entered = made.enter();
        Box::pin(call())
    };
    {
        let _entered = first.enter();
        assert!(poll(future.as_mut()).is_pending());
    }
    let _entered = then.enter();
    assert_eq!(poll(future.as_mut()), Poll::Ready(Ok(())));
    first.assert_successes("isolation: polled", 1);
    made.assert_unused("isolation: polled");
    then.assert_unused("isolation: polled");
}

#[test]
fn a_future_that_outlives_its_registry_still_reports() {
    #[circuit_breaker(identifier = "isolation: outlives")]
    async fn call() -> Answer<()> {
        yield_now().await;
        Ok(())
    }
    let mut future = pin!(call());
    let registry = TestRegistry::new();
    let entered = registry.enter();
    assert!(poll(future.as_mut()).is_pending());
    drop((registry, entered));
    assert_eq!(poll(future), Poll::Ready(Ok(())));
    assert!(brama::find("isolation: outlives").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_registry_on_tokio_time_opens_and_closes_with_the_paused_clock() {
    #[circuit_breaker(identifier = "isolation: paused", expiry = "30s")]
    async fn call() -> Result<(), CircuitOpen> {
        Ok(())
    }
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    assert_eq!(call().await, Ok(()));
    registry.set_state("isolation: paused", State::Open);
    tokio::time::sleep(Duration::from_secs(10)).await;
    let rejected = call().await.unwrap_err();
    assert_eq!(rejected.retry_after(), Some(Duration::from_secs(20)));
    tokio::time::advance(Duration::from_secs(20)).await;
    assert_eq!(call().await, Ok(()));
    registry.assert_state("isolation: paused", State::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_registry_on_tokio_time_moves_ahead_alone() {
    let registry = TestRegistry::on_tokio_time();
    let now = || registry.breaker("any").status().at;
    let (before, paused) = (now(), tokio::time::Instant::now());
    registry.advance(Duration::from_secs(5));
    assert_eq!(now().since(before), Duration::from_secs(5));
    assert_eq!(paused.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn slow_calls_are_timed_by_tokios_clock() {
    #[circuit_breaker(identifier = "isolation: slow", slow_call_rate = 100,
        slow_call_duration = "2s", window = calls(1))]
    async fn call(length: Duration) -> Answer<()> {
        tokio::time::sleep(length).await;
        Ok(())
    }
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    assert_eq!(call(Duration::from_secs(2)).await, Ok(()));
    registry.assert_state("isolation: slow", State::Closed);
    assert_eq!(call(Duration::from_millis(2_001)).await, Ok(()));
    registry.assert_state("isolation: slow", State::Open);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_in_a_scope_use_its_registry_on_every_thread() {
    #[circuit_breaker(identifier = "isolation: scope")]
    async fn call() -> Answer<()> {
        yield_now().await;
        Ok(())
    }
    let registries = [(); 4].map(|()| TestRegistry::new());
    let calls = async || {
        for _ in 0..50 {
            call().await.unwrap();
            brama::success("isolation: scope").unwrap();
            yield_now().await;
        }
    };
    let spawn = |registry: &TestRegistry| tokio::spawn(registry.scope(calls()));
    for task in registries.each_ref().map(spawn) {
        task.await.unwrap();
    }
    for registry in registries {
        registry.assert_successes("isolation: scope", 100);
    }
    assert!(brama::find("isolation: scope").is_none());
}

#[test]
fn a_scope_is_left_after_each_poll_and_after_a_panic() {
    let [scope, test] = [(); 2].map(|()| TestRegistry::new());
    let _entered = test.enter();
    let mut pending = Box::pin(scope.scope(async {
        brama::breaker("isolation: poll").success();
        yield_now().await;
        panic!("a test");
    }));
    assert!(poll(pending.as_mut()).is_pending());
    brama::breaker("isolation: test").success();
    let mut again = || poll(pending.as_mut());
    assert!(catch_unwind(AssertUnwindSafe(&mut again)).is_err());
    brama::breaker("isolation: test").success();
    scope.assert_successes("isolation: poll", 1);
    scope.assert_unused("isolation: test");
    test.assert_successes("isolation: test", 2);
    test.assert_unused("isolation: poll");
}

#[test]
fn what_a_scope_drops_belongs_to_its_registry() {
    struct Farewell;

    impl Drop for Farewell {
        fn drop(&mut self) {
            brama::breaker("isolation: farewell").success();
        }
    }

    let [scope, test] = [(); 2].map(|()| TestRegistry::new());
    let _entered = test.enter();
    let mut dropped = Box::pin(scope.scope(async {
        let _farewell = Farewell;
        std::future::pending::<()>().await;
    }));
    assert!(poll(dropped.as_mut()).is_pending());
    drop(dropped);
    scope.assert_successes("isolation: farewell", 1);
    test.assert_unused("isolation: farewell");
}

#[test]
fn a_scope_in_a_scope_decides() {
    let [outer, inner] = [(); 2].map(|()| TestRegistry::new());
    let both = outer.scope(inner.scope(async { brama::breaker("isolation: inner").success() }));
    assert!(poll(pin!(both)).is_ready());
    inner.assert_successes("isolation: inner", 1);
    outer.assert_unused("isolation: inner");
}

#[test]
fn a_scope_is_sent_if_its_future_is() {
    fn sent<T: Send>(_: &T) {}
    let registry = TestRegistry::new();
    sent(&registry.scope(async {}));
    sent(&registry.scope(std::future::ready(1)));
}
