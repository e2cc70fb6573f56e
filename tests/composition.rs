//! Retries, bulkheads, breakers, rate limits, hedges and timeouts: the order in which they wrap a
//! call, and the harm that each wrong order does.
//!
//! The right order, from the outside in:
//! `retry(bulkhead(breaker(rate_limit(hedge(timeout(call))))))`. The guide's page `composition`
//! explains it.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{
    cell::Cell,
    future::{Future, pending, ready},
    num::NonZero,
    pin::pin,
    time::Duration,
};

use backon::{ConstantBuilder, Retryable};
use brama::{
    Breaker, CircuitOpen, Outcome, PolicyPatch, State, retry::is_rejection, testing::TestRegistry,
};
use futures_util::future::{Either, join_all, select};
use governor::{
    Quota, RateLimiter,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};

type Answer = Result<u32, PriceError>;

/// The reasons why there is no price.
#[derive(Debug, PartialEq, thiserror::Error)]
enum PriceError {
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
struct Service {
    calls: Cell<u32>,
}

impl Service {
    async fn answer(&self, after: Duration) -> Answer {
        self.count();
        sleep(after).await;
        Ok(17)
    }

    async fn fail(&self) -> Answer {
        self.count();
        sleep(millis(20)).await;
        Err(PriceError::Unavailable)
    }

    async fn hang(&self) -> Answer {
        self.count();
        pending().await
    }

    fn count(&self) {
        self.calls.set(self.calls.get() + 1);
    }
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A breaker on the clock of the paused runtime.
fn breaker(patch: PolicyPatch) -> Breaker {
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

async fn protected(breaker: &Breaker, call: impl Future<Output = Answer>) -> Answer {
    breaker.call_async_with(judge, call).await?
}

async fn timeout(limit: Duration, call: impl Future<Output = Answer>) -> Answer {
    tokio::time::timeout(limit, call).await.unwrap_or(Err(PriceError::TimedOut))
}

async fn bulkhead(places: &Semaphore, call: impl Future<Output = Answer>) -> Answer {
    let _place = places.acquire().await.unwrap();
    call.await
}

/// Starts a second attempt if the first is slow; the first answer counts, good or bad.
async fn hedge<F: Future<Output = Answer>>(after: Duration, call: impl Fn() -> F) -> Answer {
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
async fn retry<F: Future<Output = Answer>>(call: impl Fn() -> F) -> Answer {
    let patience = ConstantBuilder::default().with_delay(seconds(1)).with_max_times(3);
    call.retry(patience).when(PriceError::is_worth_another_attempt).sleep(sleep).await
}

/// Allows ten calls, and one more for each minute, and rejects any more.
struct RateLimit(
    RateLimiter<NotKeyed, InMemoryState, TokioTime, NoOpMiddleware<std::time::Instant>>,
);

impl RateLimit {
    fn new() -> Self {
        let quota = Quota::with_period(seconds(60)).unwrap().allow_burst(NonZero::new(10).unwrap());
        Self(RateLimiter::direct_with_clock(quota, TokioTime))
    }

    async fn limited(&self, call: impl Future<Output = Answer>) -> Answer {
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

mod a_timeout_belongs_inside_the_breaker {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn outside_it_twenty_hanging_calls_leave_the_circuit_closed_with_a_warning() {
        let (service, breaker) = (Service::default(), breaker(PolicyPatch::new()));
        for _ in 0..20 {
            let answer = timeout(seconds(1), protected(&breaker, service.hang())).await;
            assert_eq!(answer, Err(PriceError::TimedOut));
        }
        let status = breaker.status();
        assert_eq!((status.state, service.calls.get()), (State::Closed, 20));
        assert_eq!((status.totals.failures, status.totals.abandoned), (0, 20));
        assert!(status.warnings[0].contains("belongs inside it"), "{:?}", status.warnings);
    }

    #[tokio::test(start_paused = true)]
    async fn inside_it_ten_hanging_calls_open_the_circuit() {
        let (service, breaker) = (Service::default(), breaker(PolicyPatch::new()));
        for _ in 0..20 {
            let _answer = protected(&breaker, timeout(seconds(1), service.hang())).await;
        }
        assert_eq!((breaker.state(), service.calls.get()), (State::Open, 10));
    }
}

mod a_bulkhead_belongs_outside_the_breaker {
    use super::*;

    /// Opens if half of the last ten calls are slower than a second.
    const SLOW: PolicyPatch = PolicyPatch::new()
        .slow_call_rate(50)
        .slow_call_duration(seconds(1))
        .window(brama::Window::calls(10));

    #[tokio::test(start_paused = true)]
    async fn inside_it_waiting_for_a_place_counts_as_slow_and_opens_a_healthy_circuit() {
        let (service, breaker, places) = (Service::default(), breaker(SLOW), Semaphore::new(1));
        let calls =
            (0..20).map(|_| protected(&breaker, bulkhead(&places, service.answer(millis(100)))));
        assert!(join_all(calls).await.iter().all(Result::is_ok));
        assert_eq!(breaker.state(), State::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn outside_it_a_healthy_service_is_never_slow() {
        let (service, breaker, places) = (Service::default(), breaker(SLOW), Semaphore::new(1));
        let calls =
            (0..20).map(|_| bulkhead(&places, protected(&breaker, service.answer(millis(100)))));
        assert!(join_all(calls).await.iter().all(Result::is_ok));
        let status = breaker.status();
        assert_eq!((status.state, status.totals.slow), (State::Closed, 0));
    }
}

mod a_rate_limit_belongs_inside_the_breaker {
    use super::*;

    const HALF_A_MINUTE: Duration = seconds(30);

    #[tokio::test(start_paused = true)]
    async fn outside_it_rejections_use_up_the_budget_and_no_call_reaches_the_service() {
        let (service, breaker) = (Service::default(), breaker(PolicyPatch::new()));
        let limit = RateLimit::new();
        breaker.open_for(HALF_A_MINUTE, "an outage").unwrap();
        for _ in 0..59 {
            let _answer = limit.limited(protected(&breaker, service.answer(millis(1)))).await;
            sleep(seconds(1)).await;
        }
        assert_eq!(service.calls.get(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn inside_it_rejections_cost_no_budget() {
        let (service, breaker) = (Service::default(), breaker(PolicyPatch::new()));
        let limit = RateLimit::new();
        breaker.open_for(HALF_A_MINUTE, "an outage").unwrap();
        for _ in 0..59 {
            let _answer = protected(&breaker, limit.limited(service.answer(millis(1)))).await;
            sleep(seconds(1)).await;
        }
        assert_eq!((breaker.state(), service.calls.get()), (State::Closed, 10));
    }
}

mod a_hedge_belongs_inside_the_breaker {
    use super::*;

    const SLOW_AND_GOOD: Duration = millis(500);
    const HEDGE_AFTER: Duration = millis(100);

    async fn half_open() -> Breaker {
        let breaker = breaker(PolicyPatch::new());
        breaker.open_for(seconds(1), "an outage").unwrap();
        sleep(seconds(1)).await;
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn outside_it_the_rejection_of_the_hedge_beats_a_good_probe() {
        let (service, breaker) = (Service::default(), half_open().await);
        let attempt = || protected(&breaker, service.answer(SLOW_AND_GOOD));
        let answer = hedge(HEDGE_AFTER, attempt).await;
        assert!(matches!(answer, Err(PriceError::Rejected(_))));
        let status = breaker.status();
        assert_eq!((status.state, status.totals.abandoned), (State::HalfOpen, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn outside_it_three_probes_that_lost_are_a_warning() {
        let (service, breaker) = (Service::default(), half_open().await);
        for _ in 0..3 {
            let attempt = || protected(&breaker, service.answer(SLOW_AND_GOOD));
            assert!(hedge(HEDGE_AFTER, attempt).await.is_err());
        }
        let warnings = breaker.status().warnings;
        assert!(warnings[0].contains("the last 3 probes were all abandoned"), "{warnings:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn inside_it_both_attempts_are_one_probe() {
        let (service, breaker) = (Service::default(), half_open().await);
        let attempt = || service.answer(SLOW_AND_GOOD);
        let answer = protected(&breaker, hedge(HEDGE_AFTER, attempt)).await;
        assert_eq!((answer, breaker.state(), service.calls.get()), (Ok(17), State::Closed, 2));
    }
}

mod a_rate_limit_belongs_outside_the_hedge {
    use super::*;

    /// A limit with budget for one more call.
    async fn nearly_used_up() -> RateLimit {
        let limit = RateLimit::new();
        for _ in 0..9 {
            assert_eq!(limit.limited(ready(Ok(17))).await, Ok(17));
        }
        limit
    }

    #[tokio::test(start_paused = true)]
    async fn inside_it_the_second_attempt_finds_no_budget_and_beats_a_good_answer() {
        let (service, limit) = (Service::default(), nearly_used_up().await);
        let attempt = || limit.limited(service.answer(millis(500)));
        assert_eq!(hedge(millis(100), attempt).await, Err(PriceError::OverLimit));
    }

    #[tokio::test(start_paused = true)]
    async fn outside_it_both_attempts_are_one_call_of_the_budget() {
        let (service, limit) = (Service::default(), nearly_used_up().await);
        let attempt = || service.answer(millis(500));
        assert_eq!(limit.limited(hedge(millis(100), attempt)).await, Ok(17));
    }
}

mod a_timeout_belongs_inside_the_hedge {
    use super::*;

    /// A hedge for which the first good answer counts.
    async fn best_of_two<F: Future<Output = Answer>>(call: impl Fn() -> F) -> Answer {
        let second = async {
            sleep(millis(200)).await;
            call().await
        };
        match select(pin!(call()), pin!(second)).await {
            Either::Left((Err(_), second)) => second.await,
            Either::Right((Err(_), first)) => first.await,
            Either::Left((answer, _)) | Either::Right((answer, _)) => answer,
        }
    }

    /// The first attempt hangs, the second answers within the timeout of one attempt.
    async fn attempt(service: &Service) -> Answer {
        if service.calls.get() == 0 {
            service.hang().await
        } else {
            service.answer(millis(900)).await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn outside_it_the_second_attempt_has_only_the_time_that_the_first_has_left() {
        let service = Service::default();
        let answer = timeout(seconds(1), best_of_two(|| attempt(&service))).await;
        assert_eq!((answer, service.calls.get()), (Err(PriceError::TimedOut), 2));
    }

    #[tokio::test(start_paused = true)]
    async fn inside_it_each_attempt_has_its_own_time() {
        let service = Service::default();
        let answer = best_of_two(|| timeout(seconds(1), attempt(&service))).await;
        assert_eq!((answer, service.calls.get()), (Ok(17), 2));
    }
}

mod a_retry_belongs_outside_the_breaker {
    use super::*;

    const FIVE: PolicyPatch = PolicyPatch::new().failure_threshold(5);

    #[tokio::test(start_paused = true)]
    async fn inside_it_five_failures_take_twenty_attempts() {
        let (service, breaker) = (Service::default(), breaker(FIVE));
        while breaker.state() == State::Closed {
            let _answer = protected(&breaker, retry(|| service.fail())).await;
        }
        assert_eq!(service.calls.get(), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn outside_it_five_attempts_open_and_a_rejection_ends_the_retries() {
        let (service, breaker) = (Service::default(), breaker(FIVE));
        let first = retry(|| protected(&breaker, service.fail())).await;
        let second = retry(|| protected(&breaker, service.fail())).await;
        assert_eq!(first, Err(PriceError::Unavailable));
        assert!(matches!(second, Err(PriceError::Rejected(_))));
        assert_eq!((breaker.state(), service.calls.get()), (State::Open, 5));
    }
}

mod a_retry_waits_for_as_long_as_a_rejection_says {
    use super::*;

    fn opened() -> (Service, Breaker) {
        let breaker = breaker(PolicyPatch::new());
        breaker.open_for(seconds(30), "an outage").unwrap();
        (Service::default(), breaker)
    }

    fn three_more() -> ConstantBuilder {
        ConstantBuilder::default().with_delay(seconds(1)).with_max_times(3)
    }

    #[tokio::test(start_paused = true)]
    async fn otherwise_all_attempts_are_rejected_within_the_opening() {
        let (service, breaker) = opened();
        let attempt = || protected(&breaker, service.answer(millis(20)));
        let answer = attempt.retry(three_more()).sleep(sleep).await;
        assert!(matches!(answer, Err(PriceError::Rejected(_))));
        assert_eq!((breaker.status().totals.rejected, service.calls.get()), (4, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn then_the_second_attempt_reaches_the_service() {
        let (service, breaker) = opened();
        let attempt = || protected(&breaker, service.answer(millis(20)));
        let patient = |error: &PriceError, wait: Option<Duration>| {
            wait.map(|wait| brama::retry::delay(error).unwrap_or(wait))
        };
        let answer = attempt.retry(three_more()).adjust(patient).sleep(sleep).await;
        assert_eq!((answer, service.calls.get()), (Ok(17), 1));
        assert_eq!(breaker.status().totals.rejected, 1);
    }
}

mod a_retry_belongs_outside_the_bulkhead {
    use super::*;

    /// The time that a good call waits after a bad one.
    async fn waits(
        bad: impl Future<Output = Answer>,
        good: impl Future<Output = Answer>,
    ) -> Duration {
        let start = Instant::now();
        let timed = async {
            assert_eq!(good.await, Ok(17));
            start.elapsed()
        };
        tokio::join!(biased; bad, timed).1
    }

    #[tokio::test(start_paused = true)]
    async fn inside_it_a_retry_keeps_its_place_while_it_waits() {
        let (service, places) = (Service::default(), Semaphore::new(1));
        let bad = bulkhead(&places, retry(|| service.fail()));
        let good = bulkhead(&places, service.answer(Duration::ZERO));
        assert!(seconds(3) <= waits(bad, good).await);
    }

    #[tokio::test(start_paused = true)]
    async fn outside_it_others_use_the_place_while_a_retry_waits() {
        let (service, places) = (Service::default(), Semaphore::new(1));
        let bad = retry(|| bulkhead(&places, service.fail()));
        let good = bulkhead(&places, service.answer(Duration::ZERO));
        assert!(waits(bad, good).await < seconds(1));
    }
}

mod in_the_right_order {
    use super::*;

    /// Makes one call through every wrapper.
    struct Client {
        service: Service,
        is_down: Cell<bool>,
        places: Semaphore,
        breaker: Breaker,
        limit: RateLimit,
    }

    impl Client {
        fn new() -> Self {
            Self {
                service: Service::default(),
                is_down: Cell::new(false),
                places: Semaphore::new(2),
                breaker: breaker(PolicyPatch::new().failure_threshold(3)),
                limit: RateLimit::new(),
            }
        }

        async fn price(&self) -> Answer {
            let attempt = || timeout(seconds(1), self.call());
            let limited = || self.limit.limited(hedge(millis(200), attempt));
            retry(|| bulkhead(&self.places, protected(&self.breaker, limited()))).await
        }

        async fn call(&self) -> Answer {
            if self.is_down.get() {
                self.service.hang().await
            } else {
                self.service.answer(millis(20)).await
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_opens_the_circuit_and_its_end_closes_it() {
        let client = Client::new();
        client.is_down.set(true);
        assert!(matches!(client.price().await, Err(PriceError::Rejected(_))));
        assert_eq!(client.breaker.state(), State::Open);
        // Three attempts, each hedged: then the circuit opened, and the retries ended.
        assert_eq!(client.service.calls.get(), 6);

        client.is_down.set(false);
        sleep(seconds(60)).await;
        assert_eq!(client.price().await, Ok(17));
        assert_eq!(client.breaker.state(), State::Closed);
    }
}
