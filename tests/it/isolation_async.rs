//! Asynchronous decorated functions in a registry that a test has entered.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use brama::{circuit_breaker, testing::TestRegistry};
use tokio::task::yield_now;

use crate::answer::Answer;

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn spawned_tasks_of_a_current_thread_runtime_are_there() {
    #[circuit_breaker(identifier = "isolation: spawned")]
    async fn call() -> Answer<()> {
        yield_now().await;
        Ok(())
    }
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let both = [tokio::spawn(call()), tokio::spawn(call())];
    for task in both {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
    registry.assert_successes("isolation: spawned", 2);
    assert!(brama::find("isolation: spawned").is_none());
}

#[test]
fn a_future_belongs_where_it_is_first_polled() {
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
fn a_future_that_outlives_its_registry_reports_in_peace() {
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
