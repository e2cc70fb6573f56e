//! Decorated async functions in a registry that the test has entered.

use std::{
    future::Future,
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
