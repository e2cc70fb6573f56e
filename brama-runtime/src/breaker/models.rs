//! Loom models of the gate: every interleaving of a few calls with the holder of the lock.
//!
//! `RUSTFLAGS="--cfg brama_loom" cargo test --release -p brama-runtime --lib models`

mod failures;
mod harness;
mod in_flight;
mod lifecycle;
mod overlay;
mod turnstile;

use std::time::Duration;

use self::harness::{admit, call, fail, model, slot, spawn};
use super::{entry::Entry, slot::Slot};
use crate::{
    circuit::{Action, By, PolicyPatch, State, Verdict, Window},
    counters::Totals,
    status::Status,
};

#[test]
fn every_call_is_counted_once_while_another_opens_the_circuit() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new().failure_threshold(1));
        let caller = spawn(&slot, |slot| {
            call(slot);
            call(slot);
        });
        fail(&slot);
        caller.join().unwrap();
        let Status { state, totals, .. } = slot.status();
        let Totals { successes, failures, rejected, .. } = totals;
        assert_eq!((state, failures, successes + rejected), (State::Open, 1, 2));
    });
}

#[test]
fn a_rejected_caller_sees_the_deadline_of_its_opening() {
    model(|| {
        let (slot, clock) = slot(PolicyPatch::new().failure_threshold(1));
        clock.pass(Duration::from_secs(10));
        let caller = spawn(&slot, |slot| match admit(slot) {
            Ok(entry) => {
                slot.record_success(Some(entry));
                None
            }
            Err(rejection) => Some((rejection.number(), rejection.retry_after())),
        });
        fail(&slot);
        let rejected = caller.join().unwrap();
        let minute = Some(Duration::from_secs(60));
        assert!(rejected.is_none_or(|rejected| rejected == (1, minute)), "{rejected:?}");
    });
}

#[test]
fn one_probe_is_let_in_and_its_place_is_handed_over() {
    model(|| {
        let (slot, clock) = slot(PolicyPatch::new().failure_threshold(1).success_threshold(9));
        fail(&slot);
        clock.pass(Duration::from_secs(60));
        let probe = |slot: &Slot| match admit(slot) {
            Ok(entry) => {
                let probes = slot.status().probes;
                slot.record_verdict(entry, Verdict::Abandoned { took: None });
                Some(probes)
            }
            Err(_) => None,
        };
        let other = spawn(&slot, probe);
        let answers = [probe(&slot), other.join().unwrap()];
        assert!(answers.iter().any(Option::is_some));
        assert!(answers.iter().flatten().all(|probes| *probes == 1));
        assert_eq!((slot.status().state, slot.status().probes), (State::HalfOpen, 0));
    });
}

#[test]
fn a_new_run_holds_at_most_one_success_a_thread_from_before_it() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        let caller = spawn(&slot, |slot| [call(slot), call(slot), call(slot)]);
        slot.act(Action::Reset, By::from("model"));
        let entries = caller.join().unwrap();
        let Status { successes, totals, .. } = slot.status();
        let begun_in_it =
            entries.iter().flatten().filter(|entry| entry.word().generation().number() == 1);
        assert!(successes <= begun_in_it.count() as u64 + 1, "{successes} {entries:?}");
        assert_eq!(totals.successes, 3);
    });
}

#[test]
fn of_two_calls_begun_before_a_reset_at_most_one_enters_the_new_run() {
    two_calls_begun_before_a_reset(PolicyPatch::new());
}

#[test]
fn of_two_calls_that_hold_places_at_most_one_enters_the_new_run() {
    two_calls_begun_before_a_reset(PolicyPatch::new().concurrency_limit(2));
}

fn two_calls_begun_before_a_reset(patch: PolicyPatch) {
    model(move || {
        let (slot, _) = slot(patch);
        let caller = spawn(&slot, |slot| {
            let calls = [admit(slot), admit(slot)];
            for call in calls {
                match call {
                    Ok(entry) if entry.word().generation().number() == 0 => {
                        slot.record_success(Some(entry))
                    }
                    Ok(_) | Err(_) => {}
                }
            }
        });
        slot.act(Action::Reset, By::from("model"));
        caller.join().unwrap();
        assert!(slot.status().successes <= 1);
    });
}

#[test]
fn stripes_added_meanwhile_hold_at_most_one_success_a_thread_from_before_a_reset() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        let callers = [
            spawn(&slot, |slot| vec![call(slot), call(slot), call(slot)]),
            spawn(&slot, |slot| vec![call(slot)]),
        ];
        slot.act(Action::Reset, By::from("model"));
        let entries = callers.map(|caller| caller.join().unwrap());
        let begun_in_it = |entry: &&Entry| entry.word().generation().number() == 1;
        let begun_in_it = entries.iter().flatten().flatten().filter(begun_in_it).count() as u64;
        assert!(slot.status().successes <= begun_in_it + 2, "{entries:?}");
    });
}

#[test]
fn a_judged_window_lacks_at_most_one_success_a_thread() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new().failure_rate(50).minimum_calls(1));
        call(&slot);
        let caller = spawn(&slot, |slot| [call(slot), call(slot)].len());
        fail(&slot);
        caller.join().unwrap();
        let Status { cause, totals, .. } = slot.status();
        if let Some(cause) = cause {
            let counted_at_the_gate = totals.successes - 1 - totals.late;
            let seen = cause.counts.calls - cause.counts.failures - 1;
            assert!(counted_at_the_gate <= seen + 1, "{cause:?} {totals:?}");
        }
    });
}

#[test]
fn crowded_counters_lose_nothing() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        let callers = [0, 1].map(|_| {
            spawn(&slot, |slot| {
                call(slot);
                call(slot);
            })
        });
        slot.sweep();
        for caller in callers {
            caller.join().unwrap();
        }
        assert_eq!(slot.status().totals.successes, 4);
    });
}

#[test]
fn a_caller_past_the_deadline_is_not_rejected_by_the_end_of_a_bucket() {
    model(|| {
        let ten_hours = Window::time(Duration::from_secs(36_000));
        let patch = PolicyPatch::new().failure_rate(50).window(ten_hours).minimum_calls(1);
        let (slot, clock) = slot(patch);
        slot.act(Action::Open(None), By::from("model"));
        clock.pass(Duration::from_secs(60));
        let caller = spawn(&slot, |slot| match admit(slot) {
            Ok(entry) => {
                slot.record_verdict(entry, Verdict::Abandoned { took: None });
                None
            }
            Err(rejection) => Some((rejection.state(), rejection.retry_after())),
        });
        call(&slot);
        call(&slot);
        let rejected = caller.join().unwrap();
        // Nobody knows when a probe ends.
        let is_honest = |(state, left): (State, Option<Duration>)| match left {
            Some(left) => left <= Duration::from_secs(60),
            None => state == State::HalfOpen,
        };
        assert!(rejected.is_none_or(is_honest), "{rejected:?}");
    });
}

#[test]
fn a_caller_rejected_while_the_state_is_set_by_hand_knows_the_opening() {
    model(|| {
        let (slot, _) = slot(PolicyPatch::new());
        let caller = spawn(&slot, |slot| match admit(slot) {
            Ok(entry) => {
                slot.record_success(Some(entry));
                None
            }
            Err(rejection) => Some((rejection.state(), rejection.number())),
        });
        slot.act(Action::ForceOpen, By::from("model"));
        slot.act(Action::Close, By::from("model"));
        let rejected = caller.join().unwrap();
        assert!(rejected.is_none_or(|rejected| rejected == (State::ForcedOpen, 1)), "{rejected:?}");
    });
}
