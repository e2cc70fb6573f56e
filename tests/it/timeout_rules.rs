//! The options that judge the error of a late call, on tokio's paused clock.

use std::{future::pending, io, panic::resume_unwind, time::Duration};

use brama::{PolicyPatch, State, circuit_breaker, testing::TestRegistry};
use tokio::time::{Instant, sleep};

use crate::timeout::{Answer, Failed};

/// BerriAI/litellm#41223, BerriAI/litellm#41323
#[tokio::test(start_paused = true)]
async fn a_timeout_that_ignore_if_excuses_is_ignored() {
    #[circuit_breaker(
        identifier = "query",
        timeout = limit,
        ignore_if = |error| matches!(error, Failed::TimedOut(_)),
    )]
    async fn query(limit: Duration) -> Answer<()> {
        sleep(Duration::from_millis(200)).await;
        Ok(())
    }
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    for _ in 0..10 {
        assert!(matches!(query(Duration::from_millis(1)).await, Err(Failed::TimedOut(_))));
    }
    registry.assert_failures("query", 0);
    registry.assert_ignored("query", 10);
    assert!(query(Duration::from_secs(5)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_timeout_for_which_failure_if_is_false_is_no_success() {
    #[circuit_breaker(identifier = "it", timeout = "5s", failure_if = |_| false)]
    async fn silent() -> Answer<()> {
        pending().await
    }
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    assert!(silent().await.is_err());
    registry.assert_failures("it", 1);
    assert_eq!(registry.status("it").unwrap().reasons, ["timed out after 5 s"]);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_that_trip_if_takes_opens_for_as_long_as_retry_after_says() {
    #[circuit_breaker(
        identifier = "it",
        timeout = "5s",
        trip_if = |error| matches!(error, Failed::TimedOut(_)),
        retry_after = |error| match error {
            Failed::TimedOut(late) => Some(late.limit() * 4),
            Failed::Open(_) => None,
        },
        reason = |error| format!("no answer: {error}"),
    )]
    async fn silent() -> Answer<()> {
        pending().await
    }
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    assert!(matches!(silent().await, Err(Failed::TimedOut(_))));
    let status = registry.status("it").unwrap();
    assert_eq!((status.state, status.retry_after), (State::Open, Some(Duration::from_secs(20))));
    assert_eq!(status.reasons, ["no answer: it did not answer within 5 s"]);
    assert!(matches!(silent().await, Err(Failed::Open(_))));
    registry.assert_failures("it", 1);
}

/// The rules judge what the caller gets.
#[tokio::test(start_paused = true)]
async fn an_answer_of_on_timeout_is_judged_if_it_is_an_error() {
    #[circuit_breaker(
        identifier = "it",
        timeout = "5s",
        ignore_if = |error: &io::Error| error.kind() == io::ErrorKind::NotFound,
        on_timeout = |_| answer,
    )]
    async fn silent(answer: io::Result<u8>) -> io::Result<u8> {
        pending().await
    }
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    assert!(silent(Err(io::ErrorKind::NotFound.into())).await.is_err());
    assert!(silent(Err(io::ErrorKind::Other.into())).await.is_err());
    assert_eq!(silent(Ok(7)).await.unwrap(), 7);
    registry.assert_ignored("it", 1);
    registry.assert_failures("it", 2);
    registry.assert_successes("it", 0);
    assert_eq!(registry.status("it").unwrap().reasons, ["timed out after 5 s"; 2]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_on_timeout_is_a_failure_beside_rules_too() {
    #[circuit_breaker(
        identifier = "it",
        timeout = "5s",
        ignore_if = |_| true,
        on_timeout = |_| resume_unwind(Box::new("as planned")),
    )]
    async fn silent() -> Answer<()> {
        pending().await
    }
    let registry = TestRegistry::on_tokio_time();
    let call = tokio::spawn(registry.scope(silent()));
    assert!(call.await.unwrap_err().is_panic());
    registry.assert_failures("it", 1);
}

#[tokio::test(start_paused = true)]
async fn an_error_in_time_is_judged_as_without_a_timeout() {
    #[circuit_breaker(identifier = "it", timeout = "5s", failure_if = |_| false)]
    async fn answers(answer: Result<(), io::Error>) -> io::Result<()> {
        answer
    }
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    assert!(answers(Ok(())).await.is_ok());
    assert!(answers(Err(io::ErrorKind::NotFound.into())).await.is_err());
    let other = registry.breaker("other");
    other.force_open("test");
    assert!(answers(Err(other.try_acquire().unwrap_err().into())).await.is_err());
    registry.assert_successes("it", 2);
    registry.assert_ignored("it", 1);
}

#[tokio::test(start_paused = true)]
async fn the_error_in_the_patch_of_a_policy_does_not_hide_the_attributes_timeout() {
    const SLOW: PolicyPatch = PolicyPatch::new().failure_threshold(1);
    #[circuit_breaker(identifier = "it", policy = SLOW, timeout = "2s")]
    async fn silent() -> Answer<()> {
        pending().await
    }
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    let begun = Instant::now();
    assert!(silent().await.is_err());
    assert_eq!(begun.elapsed(), Duration::from_secs(2));
    registry.assert_state("it", State::Open);
}
