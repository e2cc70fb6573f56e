//! What belongs inside a retry.

use std::{future::Future, time::Duration};

use backon::{ConstantBuilder, Retryable};
use brama::{Breaker, PolicyPatch};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};

use crate::wrappers::{
    Answer, PriceError, Service, breaker, bulkhead, millis, protected, retry, seconds,
};

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
