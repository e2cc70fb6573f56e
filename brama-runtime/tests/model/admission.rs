//! Laws of admission and recovery.

use std::time::Duration;

use brama_runtime::api::{
    State,
    circuit::{Admission, Fate},
    status::Rule,
};

use crate::{
    enumerate::enumerate_sequences,
    harness::Harness,
    oracle_policy::{NANO, ms},
    signal::{Answer, How, Signal, Which},
    table,
};

#[test]
fn admission_never_exceeds_the_limit() {
    everywhere(|harness| {
        let current = |permit: &&_| **permit == harness.circuit.generation();
        let out = harness.permits.iter().filter(current).count();
        let probing = harness.circuit.state() == State::HalfOpen;
        assert!(
            !probing || out <= harness.policy.half_open_limit() as usize,
            "{:?}",
            harness.signals
        );
    });
}

#[test]
fn time_and_successes_lead_back_to_closed() {
    everywhere(|harness| match harness.circuit.state() {
        State::Open | State::HalfOpen => {
            let recovered = recovered(harness.clone());
            assert_eq!(recovered.circuit.state(), State::Closed, "{:?}", harness.signals);
        }
        State::Closed | State::ForcedOpen | State::Disabled => {}
    });
}

/// Returns the harness after as many successes as close the circuit, each long after the last.
fn recovered(mut harness: Harness) -> Harness {
    harness.permits.clear();
    let call =
        [Signal::Wait(ms(1_000)), Signal::Admit, Signal::Report(Which::Oldest, How::Success)];
    for _ in 0..harness.policy.success_threshold() {
        harness = harness.steps(&call);
    }
    harness
}

#[test]
fn a_late_outcome_changes_nothing() {
    let ends = [How::Success, How::Failure, How::SlowFailure, How::Ignore, How::Abandon];
    everywhere(|harness| {
        let late = |permit: &&_| **permit < harness.circuit.generation();
        for permit in harness.permits.iter().filter(late) {
            for how in ends {
                let mut after = harness.clone();
                let (policy, verdict) = (harness.policy, harness.verdict(how));
                let answer = after.circuit.report(&policy, *permit, verdict, harness.tick());
                assert_eq!(answer, (Fate::Late, None), "{how:?} after {:?}", harness.signals);
                assert_eq!(after.memory(), harness.memory(), "{how:?} after {:?}", harness.signals);
            }
        }
    });
}

#[test]
fn a_check_that_passed_is_a_due_deadline_or_a_success() {
    everywhere(|harness| {
        let [mut passed, mut other] = [harness.clone(), harness.clone()];
        let answer = passed.step(Signal::CheckPassed);
        let rule = answer.iter().flat_map(|answer| &answer.change).map(|change| change.rule).next();
        match harness.circuit.state() {
            State::Open => {
                other.now = other.now.max(until(&other));
                other.step(Signal::Sweep);
                assert_eq!(rule, Some(Rule::HealthCheck), "{:?}", harness.signals);
                assert_eq!(passed.view().state, other.view().state, "{:?}", harness.signals);
                assert!(passed.view().would_admit, "{:?}", harness.signals);
            }
            State::HalfOpen => {
                assert_eq!(
                    answer,
                    other.step(Signal::Record(How::Success)),
                    "{:?}",
                    harness.signals
                );
                assert_eq!(passed.memory(), other.memory(), "{:?}", harness.signals);
            }
            State::Closed | State::ForcedOpen | State::Disabled => {
                assert_eq!(answer, Some(Answer::default()), "{:?}", harness.signals);
                assert_eq!(passed.memory(), other.memory(), "{:?}", harness.signals);
            }
        }
    });
}

fn until(harness: &Harness) -> Duration {
    let until = harness.circuit.until().unwrap_or_default();
    Duration::from_nanos(until.as_nanos())
}

#[test]
fn queries_change_nothing() {
    everywhere(|harness| {
        let memory = harness.memory();
        for wait in [Duration::ZERO, ms(4), ms(10)] {
            let view = harness.clone().steps(&[Signal::Wait(wait)]).view();
            let rejected = matches!(admission_after(harness, wait), Admission::Rejected { .. });
            assert_eq!(view.would_admit, !rejected, "{wait:?} after {:?}", harness.signals);
        }
        assert_eq!(harness.memory(), memory);
    });
}

#[test]
fn a_rejection_reports_the_earliest_tick_of_admission() {
    everywhere(|harness| match admission_after(harness, Duration::ZERO) {
        Admission::Rejected { retry_after: Some(wait) } => {
            let early = Admission::Rejected { retry_after: Some(NANO) };
            assert_eq!(
                admission_after(harness, wait.saturating_sub(NANO)),
                early,
                "{:?}",
                harness.signals
            );
            let punctual = admission_after(harness, wait);
            assert!(matches!(punctual, Admission::Admitted(_)), "{:?}", harness.signals);
        }
        Admission::Rejected { retry_after: None } => {
            assert_eq!(harness.circuit.state(), State::ForcedOpen, "{:?}", harness.signals);
        }
        Admission::Admitted(_) | Admission::Shadowed => {}
    });
}

fn admission_after(harness: &Harness, wait: Duration) -> Admission {
    let mut later = harness.clone().steps(&[Signal::Wait(wait)]);
    let (admission, _) = later.circuit.admit(&later.policy, later.tick());
    admission
}

#[test]
fn a_generation_is_never_used_twice() {
    each_step(|before, answer, after| {
        let (old, new) = (before.circuit.generation(), after.circuit.generation());
        let entered = answer.change.as_ref().map(|change| change.generation);
        assert!(old <= new, "{:?}", after.signals);
        assert!(answer.change.is_none() || old < new, "{:?}", after.signals);
        assert!(entered.is_none_or(|entered| entered == new.number()), "{:?}", after.signals);
        let moved = before.circuit.state() != after.circuit.state();
        assert!(!moved || old < new, "{:?}", after.signals);
    });
}

fn everywhere(check: impl Fn(&Harness)) {
    each_step(|_, _, after| check(after));
}

/// Checks each step of every short sequence of signals.
fn each_step(check: impl Fn(&Harness, &Answer, &Harness)) {
    for row in table::rows() {
        enumerate_sequences(Harness::new(&row.policy), &row.signals, 5, |before, signal| {
            let mut after = before.clone();
            let answer = after.step(signal)?;
            check(before, &answer, &after);
            Some(after)
        });
    }
}
