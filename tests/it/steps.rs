//! Steps and assertions of the test kit, on a registry of the test's own.

use std::{
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::mpsc::channel,
    thread,
    time::Duration,
};

use brama::{Expiry, PolicyPatch, State, circuit_breaker, testing::TestRegistry};

use crate::answer::{Answer, TestError};

/// A registry whose breaker `api` has the policy.
fn with_policy(patch: PolicyPatch) -> TestRegistry {
    let registry = TestRegistry::new();
    registry.configure("api", patch).unwrap();
    registry
}

/// The message with which `test` panics.
fn printed(test: impl FnOnce()) -> String {
    *catch_unwind(AssertUnwindSafe(test)).unwrap_err().downcast::<String>().unwrap()
}

#[test]
fn every_state_is_reached_from_every_state() {
    for before in State::ALL {
        for after in State::ALL {
            let registry = TestRegistry::new();
            registry.set_state("api", before);
            registry.set_state("api", after);
            registry.assert_state("api", after);
        }
    }
}

#[test]
fn a_state_that_was_set_acts_like_one_that_was_reached() {
    let registry = TestRegistry::new();
    let admits = |state| {
        registry.set_state("api", state);
        registry.succeed_times("api", 1) == 1
    };
    let expected = State::ALL.map(|state| !matches!(state, State::Open | State::ForcedOpen));
    assert_eq!(State::ALL.map(admits), expected);
}

#[test]
fn a_circuit_set_half_open_closes_and_opens_by_its_probes() {
    let registry = with_policy(PolicyPatch::new().success_threshold(2));
    registry.set_state("api", State::HalfOpen);
    registry.succeed_times("api", 1);
    registry.assert_state("api", State::HalfOpen);
    registry.succeed_times("api", 1);
    registry.assert_state("api", State::Closed);
    registry.set_state("api", State::HalfOpen);
    registry.fail_times("api", 1);
    registry.assert_state("api", State::Open);
}

#[test]
fn setting_one_breaker_half_open_leaves_the_others() {
    let registry = TestRegistry::new();
    registry.breaker("other").open_for(Duration::from_millis(1), "a test").unwrap();
    registry.set_state("api", State::HalfOpen);
    registry.assert_state("other", State::Open);
}

#[test]
fn a_step_that_does_nothing_creates_nothing() {
    let registry = TestRegistry::new();
    let log = registry.record();
    assert_eq!([registry.fail_times("api", 0), registry.succeed_times("api", 0)], [0, 0]);
    let unused = "api is unused; this registry has {}";
    assert!(printed(|| registry.recover("api")).starts_with(unused));
    registry.assert_unused("api");
    log.assert_empty();
}

#[test]
fn failures_after_the_opening_are_rejected_like_calls() {
    let registry = with_policy(PolicyPatch::new().failure_threshold(3));
    assert_eq!(registry.fail_times("api", 5), 3);
    registry.assert_failures("api", 3);
    registry.assert_rejected("api", 2);
    registry.advance(Duration::from_secs(60));
    assert_eq!(registry.fail_times("api", 2), 1);
    assert_eq!(registry.status("api").unwrap().trips, 2);
}

#[test]
fn successes_break_a_run_of_failures() {
    let registry = with_policy(PolicyPatch::new().failure_threshold(3));
    for _ in 0..3 {
        registry.fail_times("api", 2);
        registry.succeed_times("api", 1);
    }
    registry.assert_state("api", State::Closed);
    registry.assert_failures("api", 6);
    registry.assert_successes("api", 3);
}

#[test]
fn an_open_circuit_recovers_after_its_time_by_its_probes() {
    let expiry = Expiry::fixed(Duration::from_secs(7));
    let registry = with_policy(PolicyPatch::new().expiry(expiry).success_threshold(3));
    let before = registry.breaker("api").status().at;
    registry.fail_times("api", 10);
    registry.recover("api");
    registry.assert_state("api", State::Closed);
    registry.assert_successes("api", 3);
    let status = registry.breaker("api").status();
    assert_eq!((status.at.since(before), status.trips), (Duration::from_secs(7), 0));
}

#[test]
fn a_circuit_recovers_in_shadow_and_while_a_probe_is_in_flight() {
    let registry = with_policy(PolicyPatch::new().shadow(true));
    registry.set_state("api", State::Open);
    registry.recover("api");
    registry.assert_state("api", State::Closed);

    let registry = TestRegistry::new();
    registry.set_state("api", State::HalfOpen);
    let probe = registry.breaker("api").try_acquire().unwrap();
    registry.recover("api");
    registry.assert_state("api", State::Closed);
    probe.failure("too late");
    assert_eq!(registry.status("api").unwrap().totals.late, 1);
}

#[test]
fn a_circuit_that_rejects_no_call_needs_no_recovery() {
    for state in [State::Closed, State::Disabled] {
        let registry = TestRegistry::new();
        registry.fail_times("api", 1);
        registry.set_state("api", state);
        let before = registry.breaker("api").status();
        registry.recover("api");
        assert_eq!(registry.breaker("api").status(), before);
    }
}

#[test]
fn no_success_leads_out_of_forced_open() {
    let registry = TestRegistry::new();
    registry.set_state("api", State::ForcedOpen);
    assert_eq!(
        printed(|| registry.recover("api")),
        "api is forced open, from which only an action recovers: `set_state`, `close`, `reset`"
    );
}

#[test]
fn steps_follow_the_options_of_a_function_that_was_called() {
    #[circuit_breaker(identifier = "steps: options", max_attempts = 2, expiry = "5s")]
    fn call() -> Answer<()> {
        Ok(())
    }
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    assert_eq!(call(), Ok(()));
    registry.fail_times("steps: options", 2);
    assert_eq!(call(), Err(TestError::Open));
    registry.advance(Duration::from_secs(5));
    assert_eq!(call(), Ok(()));
}

#[test]
fn an_assertion_on_a_state_prints_the_breaker() {
    let registry = with_policy(PolicyPatch::new().failure_threshold(3).success_threshold(2));
    registry.succeed_times("api", 4);
    registry.breaker("api").failure("connection refused");
    registry.breaker("api").failure("timed out");
    assert_eq!(
        printed(|| registry.assert_state("api", State::Open)),
        "api should be open, is closed
  status    api is closed
  in a row  2 failures of 3, 0 successes of 2, 0 probes in flight, 0 trips
  totals    4 successes, 2 failures, 0 ignored, 0 rejected, 0 abandoned, 0 late, 0 slow
  failures  connection refused; timed out"
    );
}

#[test]
fn an_assertion_on_a_count_prints_why_the_circuit_is_open() {
    let registry = with_policy(PolicyPatch::new().failure_rate(50).minimum_calls(2));
    registry.fail_times("api", 3);
    assert_eq!(
        printed(|| registry.assert_failures("api", 3)),
        "api should count 3 failures, counts 2
  status    api is open, next attempt in 60 s: 2 of 2 calls failed, failure_rate is 50 %; last: a test
  in a row  2 failures, 0 successes of 1, 0 probes in flight, 1 trip
  window    2 failures and 0 slow of 2 calls, at least 2
  totals    0 successes, 2 failures, 0 ignored, 1 rejected, 0 abandoned, 0 late, 0 slow
  failures  a test; a test"
    );
}

#[test]
fn each_count_is_distinguished_from_the_others() {
    let registry = TestRegistry::new();
    registry.succeed_times("api", 1);
    registry.fail_times("api", 2);
    (0..3).for_each(|_| registry.breaker("api").try_acquire().unwrap().ignore());
    registry.set_state("api", State::ForcedOpen);
    registry.fail_times("api", 4);
    registry.assert_successes("api", 1);
    registry.assert_failures("api", 2);
    registry.assert_ignored("api", 3);
    registry.assert_rejected("api", 4);
    let wrong = [
        printed(|| registry.assert_successes("api", 9)),
        printed(|| registry.assert_failures("api", 9)),
        printed(|| registry.assert_ignored("api", 9)),
        printed(|| registry.assert_rejected("api", 9)),
    ];
    assert_eq!(
        wrong.each_ref().map(|text| text.lines().next().unwrap()),
        [
            "api should count 9 successes, counts 1",
            "api should count 9 failures, counts 2",
            "api should count 9 ignored calls, counts 3",
            "api should count 9 rejected calls, counts 4",
        ]
    );
}

#[test]
fn a_misspelt_name_is_no_count_of_zero() {
    let registry = TestRegistry::new();
    registry.succeed_times("api", 1);
    let text = "pai is unused; this registry has {\"api\"}; a function with an identifier";
    assert!(printed(|| registry.assert_failures("pai", 0)).starts_with(text));
    assert!(printed(|| registry.assert_state("pai", State::Closed)).starts_with(text));
    registry.assert_unused("pai");
    assert!(printed(|| registry.assert_unused("api")).starts_with("api should be unused\n"));
}

#[test]
fn an_assertion_on_an_unknown_name_shows_a_few_names_on_one_line_and_cut() {
    let registry = TestRegistry::new();
    for number in 10..99 {
        registry.succeed_times(format!("{number}\n{}", "x".repeat(1 << 16)), 1);
    }
    let text = printed(|| registry.assert_state("typo", State::Open));
    let first = text.strip_prefix("typo is unused; this registry has {\"10\\nxxx").unwrap();
    assert!(text.len() < 4_000 && !text.contains('\n') && !first.contains("\"30"), "{text}");
    assert!(text.contains("x…\" and 73 more}; a function"), "{text}");
}

#[test]
fn an_assertion_points_at_the_line_of_the_test() {
    let registry = TestRegistry::new();
    let (sender, places) = channel();
    let (here, before) = (thread::current().id(), panic::take_hook());
    panic::set_hook(Box::new(move |panic| {
        if thread::current().id() == here {
            let _ = sender.send(panic.location().map(|place| place.file().to_owned()));
        }
        before(panic);
    }));
    printed(|| registry.assert_failures("api", 1));
    registry.set_state("api", State::ForcedOpen);
    printed(|| registry.assert_failures("api", 1));
    printed(|| registry.assert_unused("api"));
    printed(|| registry.assert_state("api", State::Open));
    printed(|| registry.recover("api"));
    drop(panic::take_hook());
    let places: Vec<_> = places.try_iter().map(Option::unwrap).collect();
    assert_eq!(places, [file!(); 5]);
}

#[test]
fn a_test_registry_can_be_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<TestRegistry>();
}

#[test]
fn recovering_waits_for_the_end_of_a_ramp() {
    let registry = with_policy(PolicyPatch::new().ramp(Duration::from_secs(20)));
    registry.set_state("api", State::Open);
    let opened = registry.status("api").unwrap().at;
    registry.recover("api");
    let status = registry.status("api").unwrap();
    assert_eq!(status.state, State::Closed);
    assert_eq!(status.at.since(opened), Duration::from_secs(60 + 20));
}
