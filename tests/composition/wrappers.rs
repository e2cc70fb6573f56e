//! A service, and what wraps a call of it.

use std::{
    cell::Cell,
    future::{Future, pending},
    num::NonZero,
    time::Duration,
};

use backon::{ConstantBuilder, Retryable};
use brama::{
    Breaker, CircuitOpen, Outcome, PolicyPatch, retry::is_rejection, testing::TestRegistry,
};
use governor::{
    Quota, RateLimiter,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};

pub(crate) type Answer = Result<u32, PriceError>;

/// The reasons why there is no price.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum PriceError {
    #[error("the service answered 503")]
    Unavailable,
    #[error("timed out")]
    TimedOut,
    #[error("over the rate limit")]
    OverLimit,
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

impl PriceError {
    /// Whether another attempt could help. It cannot after a rejection by the circuit or the limit.
    fn is_worth_another_attempt(&self) -> bool {
        !is_rejection(self) && *self != Self::OverLimit
    }
}

/// A service that counts the calls that reach it.
#[derive(Default)]
pub(crate) struct Service {
    pub(crate) calls: Cell<u32>,
}

impl Service {
    pub(crate) async fn answer(&self, after: Duration) -> Answer {
        self.count();
        sleep(after).await;
        Ok(17)
    }

    pub(crate) async fn fail(&self) -> Answer {
        self.count();
        sleep(millis(20)).await;
        Err(PriceError::Unavailable)
    }

    pub(crate) async fn hang(&self) -> Answer {
        self.count();
        pending().await
    }

    fn count(&self) {
        self.calls.set(self.calls.get() + 1);
    }
}

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A breaker on the clock of the paused runtime.
pub(crate) fn breaker(patch: PolicyPatch) -> Breaker {
    let registry = TestRegistry::on_tokio_time();
    registry.configure("price", patch).unwrap();
    registry.breaker("price")
}

/// Ignores a rejection by our own limit, which says nothing about the service.
fn judge(answer: &Answer) -> Outcome {
    match answer {
        Ok(_) => Outcome::Success,
        Err(PriceError::OverLimit) => Outcome::Ignore,
        Err(error) => Outcome::failure(error.to_string()),
    }
}

pub(crate) async fn protected(breaker: &Breaker, call: impl Future<Output = Answer>) -> Answer {
    breaker.call_async_with(judge, call).await?
}

pub(crate) async fn timeout(limit: Duration, call: impl Future<Output = Answer>) -> Answer {
    tokio::time::timeout(limit, call).await.unwrap_or(Err(PriceError::TimedOut))
}

pub(crate) async fn bulkhead(places: &Semaphore, call: impl Future<Output = Answer>) -> Answer {
    let _place = places.acquire().await.unwrap();
    call.await
}

/// Starts a second attempt if the first is slow; the first answer counts, good or bad.
pub(crate) async fn hedge<F: Future<Output = Answer>>(
    after: Duration,
    call: impl Fn() -> F,
) -> Answer {
    let second = async {
        sleep(after).await;
        call().await
    };
    tokio::select! {
        biased;
        answer = call() => answer,
        answer = second => answer,
    }
}

/// Up to three more attempts, a second apart.
pub(crate) async fn retry<F: Future<Output = Answer>>(call: impl Fn() -> F) -> Answer {
    let patience = ConstantBuilder::default().with_delay(seconds(1)).with_max_times(3);
    call.retry(patience).when(PriceError::is_worth_another_attempt).sleep(sleep).await
}

/// Allows ten calls, and one more for each minute, and rejects any more.
pub(crate) struct RateLimit(
    RateLimiter<NotKeyed, InMemoryState, TokioTime, NoOpMiddleware<std::time::Instant>>,
);

impl RateLimit {
    pub(crate) fn new() -> Self {
        let quota = Quota::with_period(seconds(60)).unwrap().allow_burst(NonZero::new(10).unwrap());
        Self(RateLimiter::direct_with_clock(quota, TokioTime))
    }

    pub(crate) async fn limited(&self, call: impl Future<Output = Answer>) -> Answer {
        self.0.check().map_err(|_| PriceError::OverLimit)?;
        call.await
    }
}

/// The clock of the paused runtime, for the limit.
#[derive(Debug, Clone)]
struct TokioTime;

impl governor::clock::Clock for TokioTime {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}
