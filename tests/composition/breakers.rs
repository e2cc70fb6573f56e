//! What belongs inside a breaker, and what outside.

use std::time::Duration;

use brama::{PolicyPatch, State};
use futures_util::future::join_all;
use tokio::{sync::Semaphore, time::sleep};

use crate::wrappers::{
    PriceError, RateLimit, Service, breaker, bulkhead, millis, protected, retry, seconds, timeout,
};

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
