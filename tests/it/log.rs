//! The event log of a test.

use std::panic::{UnwindSafe, catch_unwind};

use brama::{
    Identity, PolicyPatch, State, circuit_breaker,
    event::{EventKind, EventKinds},
    testing::TestRegistry,
};

use crate::answer::{Answer, TestError};

#[circuit_breaker(identifier = "log", max_attempts = 2)]
fn decorated(good: bool) -> Answer<()> {
    if good { Ok(()) } else { Err(TestError::Failed("bad")) }
}

/// Runs a test that must panic and returns its message.
fn printed(test: impl FnOnce() + UnwindSafe) -> String {
    *catch_unwind(test).unwrap_err().downcast::<String>().unwrap()
}

#[test]
fn it_prints_its_events() {
    let registry = TestRegistry::new();
    let log = registry.record();
    assert_eq!(format!("{log:?}"), "EventLog([])");
    registry.breaker("log").failure("bad");
    let printed = format!("{log:?}");
    assert!(printed.contains("Registered") && printed.contains("bad"), "{printed}");
}

#[test]
fn a_decorated_function_is_recorded_in_order() {
    let registry = TestRegistry::new();
    let (log, _entered) = (registry.record(), registry.enter());
    assert!(decorated(true).is_ok() && decorated(false).is_err() && decorated(false).is_err());
    assert_eq!(decorated(true), Err(TestError::Open));
    log.assert_kinds(
        "log",
        [
            EventKind::Registered,
            EventKind::Success,
            EventKind::Failure,
            EventKind::Failure,
            EventKind::StateChanged,
            EventKind::Rejected,
        ],
    );
    log.assert_states("log", [State::Open]);
}

#[test]
fn a_log_selects_a_breaker_by_its_whole_identity() {
    let registry = TestRegistry::new();
    let log = registry.record();
    registry.set_state(Identity::new("api").with_key(1), State::Open);
    log.assert_states("api", []);
    log.assert_states(Identity::new("api").with_key(1), [State::Open]);
}

#[test]
fn cleared_and_unselected_events_are_not_in_the_log() {
    let registry = TestRegistry::new();
    let (all, changes) = (registry.record(), registry.record_only(EventKinds::CHANGES));
    registry.fail_times("api", 3);
    assert_eq!((all.count(EventKind::Failure), changes.count(EventKind::Failure)), (3, 0));
    assert_eq!(changes.events().len(), 1);
    all.clear();
    all.assert_empty();
}

#[test]
fn a_log_loses_nothing() {
    let registry = TestRegistry::new();
    registry.configure("api", PolicyPatch::new().failure_threshold_off()).unwrap();
    let log = registry.record();
    registry.fail_times("api", 5_000);
    assert_eq!(log.count(EventKind::Failure), 5_000);
}

#[test]
fn an_assertion_that_does_not_hold_lists_what_happened() {
    let registry = TestRegistry::new();
    let log = registry.record();
    registry.set_state("api", State::ForcedOpen);
    let printed = printed(|| log.assert_states("api", [State::Open]));
    assert_eq!(
        printed,
        "api should enter open, entered force_open\n  api was first used or registered\n  api went from closed \
         to forced open: by hand (force_open): a test\n"
    );
}
