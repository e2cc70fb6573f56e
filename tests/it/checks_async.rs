//! Health checks that are futures, on the runtime of the caller.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use brama::{
    State,
    error::AddCheckError,
    event::{EventDetail, EventKind},
    health::CheckSchedule,
    status::Rule,
    testing::TestRegistry,
};

const INTERVAL: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(2);

type Answer = Result<(), String>;

fn failed(reason: &str) -> Answer {
    Err(reason.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_future_is_polled_on_the_runtime_of_its_caller() {
    let registry = TestRegistry::on_tokio_time();
    registry.fail_times("api", 10);
    let mut events = registry.subscribe(EventKind::StateChanged);
    let (begin, here) = (tokio::time::Instant::now(), thread::current().id());
    let check = move || async move {
        tokio::time::sleep(TIMEOUT / 2).await;
        assert_eq!(thread::current().id(), here);
        Ok::<_, String>(())
    };
    let _check = registry.add_check_async("api", INTERVAL, check).unwrap();
    let EventDetail::StateChanged { to, cause, .. } = events.recv().await.unwrap().detail else {
        panic!("another event")
    };
    assert_eq!((to, cause.rule), (State::HalfOpen, Rule::HealthCheck));
    assert_eq!(begin.elapsed(), INTERVAL + TIMEOUT / 2);
}

#[tokio::test(start_paused = true)]
async fn a_future_that_takes_too_long_is_dropped_and_counts_as_a_failure() {
    let registry = TestRegistry::on_tokio_time();
    let mut failures = registry.subscribe(EventKind::Failure);
    let runs = Arc::new(AtomicU32::new(0));
    let begun = Arc::clone(&runs);
    let check = move || {
        begun.fetch_add(1, Ordering::Relaxed);
        std::future::pending::<Answer>()
    };
    let schedule = CheckSchedule::every(INTERVAL).timeout(TIMEOUT);
    let _check = registry.add_check_async("api", schedule, check).unwrap();
    for run in 1..=3 {
        let failure = failures.recv().await.unwrap().detail.to_string();
        assert_eq!(failure, "failed: health check: no answer within 2 s");
        assert_eq!(runs.load(Ordering::Relaxed), run);
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_wherever_it_happens() {
    let registry = TestRegistry::on_tokio_time();
    let mut failures = registry.subscribe(EventKind::Failure);
    let runs = AtomicU32::new(0);
    let check = move || {
        let run = runs.fetch_add(1, Ordering::Relaxed);
        assert_ne!(run, 0, "as planned");
        async move {
            assert_ne!(run, 1, "as planned");
            failed("in words")
        }
    };
    let _check = registry.add_check_async("api", INTERVAL, check).unwrap();
    for why in ["panic", "panic", "in words"] {
        let failure = failures.recv().await.unwrap().detail.to_string();
        assert_eq!(failure, format!("failed: health check: {why}"));
    }
}

#[test]
fn an_async_check_without_a_runtime_is_rejected() {
    let check = || async { failed("never") };
    let result = TestRegistry::new().add_check_async("api", INTERVAL, check);
    assert!(matches!(result, Err(AddCheckError::NoRuntime)));
}
