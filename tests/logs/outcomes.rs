//! The outcome of a call in the span around it, if that declares the field.

use std::{future::pending, time::Duration};

use brama::{
    CallError, CircuitOpen, Outcome, Registry, TimedOut, circuit_breaker, testing::TestRegistry,
};
use tracing::{Instrument, Level, field::Empty, info_span, instrument};

use crate::recorder::Recorder;

#[derive(Debug, thiserror::Error)]
enum TestError {
    #[error("refused")]
    Refused,
    #[error("the caller's mistake")]
    Mistake,
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

/// What a call does.
#[derive(Clone, Copy)]
enum Does {
    Succeed,
    Fail,
    Err,
    Panic,
    Hang,
}

impl Does {
    fn answer(self) -> Result<u32, TestError> {
        match self {
            Self::Succeed => Ok(1),
            Self::Fail => Err(TestError::Refused),
            Self::Err => Err(TestError::Mistake),
            Self::Panic | Self::Hang => std::panic::resume_unwind(Box::new("a test")),
        }
    }
}

fn is_mine(error: &TestError) -> bool {
    matches!(error, TestError::Mistake)
}

#[circuit_breaker(identifier = "outcomes", ignore_if = is_mine)]
#[instrument(skip_all, fields(breaker.outcome = Empty))]
fn call(does: Does) -> Result<u32, TestError> {
    does.answer()
}

#[circuit_breaker(identifier = "outcomes_async", ignore_if = is_mine, timeout = "5s")]
#[instrument(skip_all, fields(breaker.outcome = Empty))]
async fn call_async(does: Does) -> Result<u32, TestError> {
    match does {
        Does::Hang => pending().await,
        Does::Succeed | Does::Fail | Does::Err | Does::Panic => does.answer(),
    }
}

/// Without a rule for errors, the timeout is recorded on another way.
#[circuit_breaker(identifier = "outcomes_plain", timeout = "5s")]
async fn call_plain() -> Result<u32, TestError> {
    pending().await
}

/// The fields of the spans that `test` leaves behind.
fn fields(test: impl FnOnce()) -> Vec<Vec<String>> {
    let spans = Recorder::spans(Level::INFO, test);
    spans.into_iter().map(|span| span.fields).collect()
}

fn outcomes(names: &[&str]) -> Vec<Vec<String>> {
    names.iter().map(|name| vec![format!("breaker.outcome={name}")]).collect()
}

#[test]
fn each_outcome_of_a_call_is_recorded_in_the_span_around_it() {
    let registry = TestRegistry::new();
    let entered = registry.enter();
    let spans = fields(|| {
        for does in [Does::Succeed, Does::Fail, Does::Err] {
            let _ = call(does);
        }
        let _ = std::panic::catch_unwind(|| call(Does::Panic));
        registry.breaker("outcomes").open(());
        let _ = call(Does::Succeed);
    });
    drop(entered);
    assert_eq!(spans, outcomes(&["success", "failure", "ignored", "panicked", "rejected"]));
}

#[test]
fn each_outcome_of_an_async_call_is_recorded() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    let registry = TestRegistry::new();
    let spans = fields(|| {
        runtime.block_on(registry.scope(async {
            for does in [Does::Succeed, Does::Fail, Does::Err, Does::Hang] {
                let _ = call_async(does).await;
            }
            let short = tokio::time::timeout(Duration::from_secs(1), call_async(Does::Hang));
            assert!(short.await.is_err());
            registry.breaker("outcomes_async").open(());
            let _ = call_async(Does::Succeed).await;
            let around = info_span!("around", breaker.outcome = Empty);
            let _ = call_plain().instrument(around).await;
        }));
    });
    let names =
        ["success", "failure", "ignored", "timed_out", "abandoned", "rejected", "timed_out"];
    assert_eq!(spans, outcomes(&names));
}

#[test]
fn the_outcomes_of_calls_of_a_handle_and_of_permits_are_recorded() {
    let breaker = Registry::new().breaker("a");
    let spans = fields(|| {
        let within = |run: &dyn Fn()| info_span!("around", breaker.outcome = Empty).in_scope(run);
        within(&|| drop(breaker.call(|| Ok::<_, TestError>(1))));
        within(&|| drop(breaker.call_with(|_| Outcome::failure("bad"), || 1)));
        within(&|| breaker.try_acquire().unwrap().success());
        within(&|| breaker.try_acquire().unwrap().failure("bad"));
        within(&|| breaker.try_acquire().unwrap().ignore());
        within(&|| drop(breaker.try_acquire().unwrap()));
    });
    let names = ["success", "failure", "success", "failure", "ignored", "abandoned"];
    assert_eq!(spans, outcomes(&names));
}

#[test]
fn a_rejection_by_an_inner_breaker_is_recorded_as_rejected() {
    let registry = Registry::new();
    let (outer, inner) = (registry.breaker("outer"), registry.breaker("inner"));
    inner.open(());
    let spans = fields(|| {
        let around = info_span!("around", breaker.outcome = Empty).entered();
        let answer = outer.call(|| inner.call(|| Ok::<_, TestError>(1)));
        assert!(matches!(answer, Err(CallError::Failed(CallError::Rejected(_)))));
        drop(around);
    });
    assert_eq!(spans, [["breaker.outcome=rejected"; 2]]);
}

#[test]
fn a_span_that_does_not_declare_the_field_stays_as_it_is() {
    let breaker = Registry::new().breaker("a");
    let spans = fields(|| {
        let _around = info_span!("around", breaker.outcome = Empty).entered();
        let _within = info_span!("within", outcome = Empty).entered();
        assert_eq!(breaker.call(|| Ok::<_, ()>(1)), Ok(1));
    });
    assert_eq!(spans, [Vec::<String>::new(), Vec::new()]);
}
