//! Runs of failures that are absorbed while successes are counted.

use super::harness::{admit, call, fail, model, slot, spawn};
use crate::{
    breaker::report::PassMeaning,
    circuit::{Action, By, PolicyPatch, State},
    event::EventFilter,
    outcome::Outcome,
    status::Status,
};

#[test]
fn successes_counted_behind_a_failure_are_known_once_the_gate_has_settled() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new().failure_threshold(9));
        let caller = spawn(&slot, |slot| {
            call(slot);
            call(slot);
        });
        fail(&slot);
        fail(&slot);
        caller.join().unwrap();
        call(&slot);
        let Status { failures, successes, totals, .. } = slot.status();
        assert_eq!((failures, totals.successes, totals.failures), (0, 3, 2));
        assert!((1..=3).contains(&successes), "{successes}");
    });
}

#[test]
fn a_run_of_failures_is_ended_by_the_successes_between_and_by_no_other() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new().failure_threshold(2));
        let entry = admit(&slot).unwrap();
        fail(&slot);
        let caller = spawn(&slot, move |slot| slot.record_success(Some(entry)));
        fail(&slot);
        caller.join().unwrap();
        let Status { state, failures, totals, .. } = slot.status();
        // The success came between the two failures, or after the second: then it ended the run, or
        // came too late.
        let fits = match state {
            State::Closed => failures <= 1,
            _ => failures == 2,
        };
        assert!(fits, "{state} after {failures}");
        assert_eq!((totals.successes, totals.failures), (1, 2));
    });
}

#[test]
fn a_success_ends_the_run_of_the_failures_before_it_and_not_of_those_after_it() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new().failure_threshold(9));
        fail(&slot);
        let caller = spawn(&slot, |slot| {
            call(slot);
            fail(slot);
        });
        fail(&slot);
        caller.join().unwrap();
        // Of two failures after the success, one may be the main thread's.
        let Status { failures, successes, totals, .. } = slot.status();
        assert!((1..=2).contains(&failures), "{failures}");
        assert_eq!((successes, totals.successes, totals.failures), (0, 1, 3));
    });
}

#[test]
fn a_window_that_absorbs_failures_loses_no_call() {
    model(|| {
        let patch = PolicyPatch::new().failure_rate(90).minimum_calls(9);
        let (slot, _) = slot(patch.failure_threshold(9));
        call(&slot);
        let caller = spawn(&slot, |slot| {
            fail(slot);
            call(slot);
        });
        call(&slot);
        fail(&slot);
        caller.join().unwrap();
        let Status { window, failures, .. } = slot.status();
        assert_eq!((window.calls, window.failures), (5, 2));
        assert!(failures <= 1, "{failures}");
    });
}

#[test]
fn a_failure_from_before_a_reset_is_late() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new().failure_threshold(9));
        let entry = admit(&slot).unwrap();
        let caller = spawn(&slot, move |slot| {
            slot.record(entry, Outcome::failure("model").into());
        });
        slot.act(Action::Reset, By::from("model"));
        caller.join().unwrap();
        let Status { failures, totals, .. } = slot.status();
        assert_eq!((failures, totals.failures), (0, 1));
    });
}

#[test]
fn a_check_that_passes_brings_no_failures_back_that_a_success_has_ended() {
    for meaning in [PassMeaning::Probe, PassMeaning::Success] {
        model(move || {
            let (slot, _) = slot(PolicyPatch::new().failure_threshold(9));
            fail(&slot);
            let caller = spawn(&slot, |slot| call(slot).is_some());
            slot.record_passed_check(meaning);
            assert!(caller.join().unwrap());
            assert_eq!(slot.status().failures, 0);
        });
    }
}

#[test]
fn a_success_that_was_counted_before_two_failures_does_not_end_their_run() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new().failure_threshold(9));
        let caller = spawn(&slot, |slot| call(slot).is_some());
        // While the subscriber is there, failures do not read the counters.
        let subscription = slot.context.bus.subscribe(EventFilter::new());
        slot.republish();
        fail(&slot);
        assert!(caller.join().unwrap());
        drop(subscription);
        fail(&slot);
        fail(&slot);
        assert!(2 <= slot.status().failures);
    });
}
