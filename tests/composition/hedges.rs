//! What belongs inside a hedge, and what outside.

use std::{
    future::{Future, ready},
    pin::pin,
    time::Duration,
};

use brama::{Breaker, PolicyPatch, State};
use futures_util::future::{Either, select};
use tokio::time::sleep;

use crate::wrappers::{
    Answer, PriceError, RateLimit, Service, breaker, hedge, millis, protected, seconds, timeout,
};

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
