//! `CircuitOpen`, the error of a rejected call: which breaker, when to retry, and the cause.

use std::{error::Error, io, sync::Arc, time::Duration};

use brama::{
    Breaker, CallError, CircuitOpen, Outcome, PolicyPatch, Registry, State,
    status::{Limit, Opening, Rule},
    testing::ManualClock,
};

/// The simplest error type that a decorated function can return.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum PlainError {
    #[error(transparent)]
    Open(#[from] CircuitOpen),
}

/// A breaker that opened 12 s ago after ten failures.
fn opened() -> (Breaker, ManualClock) {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("payment_api");
    (0..10).for_each(|_| breaker.failure("connection refused"));
    clock.advance(Duration::from_secs(12));
    (breaker, clock)
}

fn rejection(breaker: &Breaker) -> CircuitOpen {
    breaker.try_acquire().unwrap_err()
}

#[test]
fn a_rejection_names_the_breaker_and_the_next_attempt_and_its_source_is_the_cause() {
    let (breaker, _) = opened();
    let open = rejection(&breaker);
    assert_eq!(open.to_string(), "payment_api is open, next attempt in 48 s");
    assert_eq!(
        open.source().unwrap().to_string(),
        "opened 12 s ago: 10 failures in a row reached failure_threshold 10; \
         last: connection refused"
    );
    assert_eq!(open.state(), State::Open);
    assert_eq!(open.retry_after(), Some(Duration::from_secs(48)));
}

#[test]
fn a_rejection_carries_the_evidence() {
    let (breaker, _) = opened();
    let cause = rejection(&breaker).cause().unwrap();
    assert_eq!(
        (cause.rule, cause.limit, cause.run),
        (Rule::FailureThreshold, Some(Limit::Count(10)), 10)
    );
    assert_eq!(cause.reasons, ["connection refused"; 4]);
    assert_eq!(cause.duration.unwrap().to_string(), "60 s, fixed");
    assert!(Arc::ptr_eq(&cause, &breaker.status().cause.unwrap()));
}

#[test]
fn a_rejection_is_short_in_a_panic_message() {
    let (breaker, _) = opened();
    assert_eq!(
        format!("{:?}", rejection(&breaker)),
        "CircuitOpen { identity: \"payment_api\", state: Open, opening: 1, retry_after: Some(48s) }"
    );
}

#[test]
fn an_endless_opening_is_not_shortened_at_the_gate() {
    let (breaker, _) = opened();
    breaker.open_for(Duration::from_secs(u64::MAX), "for good").unwrap();
    let ages = Duration::from_secs(500 * 365 * 86_400);
    assert!(rejection(&breaker).retry_after().is_some_and(|left| ages < left));
}

#[test]
fn a_rejection_and_a_status_share_the_number_of_the_opening() {
    let (breaker, clock) = opened();
    let first = rejection(&breaker);
    assert_eq!(breaker.status().opening, Some(first.opening()));
    clock.advance(Duration::from_secs(48));
    breaker.try_acquire().unwrap().failure("still down");
    let second = rejection(&breaker);
    assert_eq!([first.opening(), second.opening()], [1, 2]);
    assert_eq!(first.cause().unwrap().rule, Rule::FailureThreshold);
    assert_eq!(second.cause().unwrap().rule, Rule::ProbeFailed);
}

#[test]
fn a_cause_is_kept_for_four_openings() {
    let (breaker, _) = opened();
    let first = rejection(&breaker);
    (0..3).for_each(|_| breaker.open("again"));
    assert!(first.cause().is_some());
    breaker.open("again");
    assert!(first.cause().is_none());
    assert_eq!(first.source().unwrap().to_string(), "opened several openings ago");
}

#[test]
fn a_rejection_by_a_forced_opening_has_no_retry_after() {
    let (breaker, _) = opened();
    breaker.force_open("maintenance");
    let open = rejection(&breaker);
    assert_eq!(open.to_string(), "payment_api is forced open until it is closed by hand");
    assert_eq!((open.state(), open.retry_after()), (State::ForcedOpen, None));
    assert_eq!(
        open.source().unwrap().to_string(),
        "opened 0 ms ago: by hand (force_open): maintenance"
    );
}

#[test]
fn a_rejection_beside_a_probe_names_no_time() {
    let (breaker, clock) = opened();
    clock.advance(Duration::from_secs(48));
    let probe = breaker.try_acquire().unwrap();
    clock.advance(Duration::from_secs(20));
    let open = rejection(&breaker);
    assert_eq!(open.to_string(), "payment_api is half-open and a probe is in flight");
    assert_eq!((open.retry_after(), open.retry_after_secs()), (None, Some(1)));
    assert_eq!(open.cause().unwrap().rule, Rule::FailureThreshold);
    probe.success();
}

#[test]
fn the_longest_opening_is_an_opening_like_others() {
    const LONGEST: Duration = Duration::from_secs(u64::MAX);
    let by_hand = |breaker: &Breaker| breaker.open_for(LONGEST, "maintenance").unwrap();
    let by_rule = |breaker: &Breaker| {
        breaker.configure(PolicyPatch::new().expiry(LONGEST)).unwrap();
        breaker.failure("refused");
        breaker.try_acquire().unwrap().record(Outcome::trip("blocked"));
    };
    let openings: [&dyn Fn(&Breaker); 2] = [&by_hand, &by_rule];
    for (open, nanos) in openings.into_iter().flat_map(|open| (0..3).map(move |n| (open, n))) {
        let clock = ManualClock::new();
        let breaker = Registry::with_clock(clock.clone()).breaker("payment_api");
        clock.advance(Duration::from_nanos(nanos));
        open(&breaker);
        let rejected = rejection(&breaker);
        assert!(!rejected.is_saturated());
        assert!(Some(LONGEST / 2) > rejected.retry_after() && rejected.retry_after().is_some());
        assert!(rejected.to_string().starts_with("payment_api is open, next attempt in "));
        assert!(rejected.source().unwrap().to_string().starts_with("opened "));
    }
}

#[test]
fn a_rejection_is_found_inside_any_wrapper() {
    let (breaker, _) = opened();
    let found = |error: &(dyn Error + 'static)| {
        CircuitOpen::find_in(error).map(Opening::number) == breaker.status().opening
    };
    let open = || rejection(&breaker);
    assert!(found(&open()));
    assert!(found(&PlainError::from(open())));
    assert!(found(&io::Error::from(open())));
    assert!(found(&CallError::<io::Error>::from(open())));
    assert!(found(anyhow::Error::new(open()).context("charging the card").as_ref()));
    assert!(!found(&io::Error::other("connection refused")));
}

#[test]
fn an_error_that_is_its_own_source_contains_no_rejection() {
    #[derive(Debug)]
    struct Round;

    impl std::fmt::Display for Round {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("round and round")
        }
    }

    impl Error for Round {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    assert!(CircuitOpen::find_in(&Round).is_none());
}

#[test]
fn a_rejection_can_be_cloned_and_shared_between_threads() {
    fn ordinary<T: Error + Clone + Send + Sync + 'static>() {}
    ordinary::<CircuitOpen>();
    ordinary::<Opening>();
}

#[test]
fn a_call_through_a_handle_distinguishes_a_rejection_from_a_failure() {
    let (breaker, _) = opened();
    assert_eq!(breaker.call(|| Ok::<_, ()>(1)), Err(CallError::Rejected(rejection(&breaker))));
    breaker.close("mended");
    assert_eq!(breaker.call(|| Err::<(), _>("late")), Err(CallError::Failed("late")));
}

#[test]
fn a_retry_after_hint_lengthens_the_opening_and_is_named_as_the_reason() {
    let (breaker, _) = opened();
    breaker.close("a test");
    let busy = || Outcome::failure("too many requests").retry_after(Duration::from_secs(120));
    (0..10).for_each(|_| breaker.try_acquire().unwrap().record(busy()));
    let length = rejection(&breaker).cause().unwrap().duration.unwrap();
    assert_eq!(length.to_string(), "120 s, from the failure's retry-after hint");
}
