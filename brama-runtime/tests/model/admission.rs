//! Laws of who passes, and of the way back.

use std::time::Duration;

use brama_runtime::api::{
    State,
    circuit::{Admission, Fate},
    status::Rule,
};

use crate::{
    enumerate::walk,
    harness::Stand,
    oracle_policy::{NANO, ms},
    signal::{Answer, How, Signal, Which},
    table,
};

#[test]
fn admission_never_exceeds_the_limit() {
    everywhere(|stand| {
        let current = |permit: &&_| **permit == stand.circuit.generation();
        let out = stand.permits.iter().filter(current).count();
        let probing = stand.circuit.state() == State::HalfOpen;
        assert!(!probing || out <= stand.policy.half_open_limit() as usize, "{:?}", stand.heard);
    });
}

#[test]
fn time_and_successes_lead_back_to_closed() {
    everywhere(|stand| match stand.circuit.state() {
        State::Open | State::HalfOpen => {
            let recovered = recovered(stand.clone());
            assert_eq!(recovered.circuit.state(), State::Closed, "{:?}", stand.heard);
        }
        State::Closed | State::ForcedOpen | State::Disabled => {}
    });
}

/// The stand after as many calls as close it, each a good while after the last.
fn recovered(mut stand: Stand) -> Stand {
    stand.permits.clear();
    let call = [Signal::Wait(ms(1_000)), Signal::Ask, Signal::End(Which::Oldest, How::Success)];
    for _ in 0..stand.policy.success_threshold() {
        stand = stand.steps(&call);
    }
    stand
}

#[test]
fn a_late_outcome_changes_nothing() {
    let ends = [How::Success, How::Failure, How::SlowFailure, How::Ignore, How::Abandon];
    everywhere(|stand| {
        let late = |permit: &&_| **permit < stand.circuit.generation();
        for permit in stand.permits.iter().filter(late) {
            for how in ends {
                let mut after = stand.clone();
                let (policy, verdict) = (stand.policy, stand.verdict(how));
                let answer = after.circuit.report(&policy, *permit, verdict, stand.tick());
                assert_eq!(answer, (Fate::Late, None), "{how:?} after {:?}", stand.heard);
                assert_eq!(after.memory(), stand.memory(), "{how:?} after {:?}", stand.heard);
            }
        }
    });
}

#[test]
fn a_check_that_passed_is_a_due_deadline_or_a_success() {
    everywhere(|stand| {
        let [mut passed, mut other] = [stand.clone(), stand.clone()];
        let answer = passed.step(Signal::Pass);
        let rule = answer.iter().flat_map(|answer| &answer.change).map(|change| change.rule).next();
        match stand.circuit.state() {
            State::Open => {
                other.now = other.now.max(until(&other));
                other.step(Signal::Sweep);
                assert_eq!(rule, Some(Rule::HealthCheck), "{:?}", stand.heard);
                assert_eq!(passed.view().state, other.view().state, "{:?}", stand.heard);
                assert!(passed.view().would_admit, "{:?}", stand.heard);
            }
            State::HalfOpen => {
                assert_eq!(answer, other.step(Signal::Tell(How::Success)), "{:?}", stand.heard);
                assert_eq!(passed.memory(), other.memory(), "{:?}", stand.heard);
            }
            State::Closed | State::ForcedOpen | State::Disabled => {
                assert_eq!(answer, Some(Answer::default()), "{:?}", stand.heard);
                assert_eq!(passed.memory(), other.memory(), "{:?}", stand.heard);
            }
        }
    });
}

fn until(stand: &Stand) -> Duration {
    let until = stand.circuit.until().unwrap_or_default();
    Duration::from_nanos(until.as_nanos())
}

#[test]
fn asking_changes_nothing() {
    everywhere(|stand| {
        let memory = stand.memory();
        for moment in [Duration::ZERO, ms(4), ms(10)] {
            let view = stand.clone().steps(&[Signal::Wait(moment)]).view();
            let refused = matches!(asked_after(stand, moment), Admission::Rejected { .. });
            assert_eq!(view.would_admit, !refused, "{moment:?} after {:?}", stand.heard);
        }
        assert_eq!(stand.memory(), memory);
    });
}

#[test]
fn a_refusal_tells_the_earliest_moment_of_admission() {
    everywhere(|stand| match asked_after(stand, Duration::ZERO) {
        Admission::Rejected { retry_after: Some(wait) } => {
            let early = Admission::Rejected { retry_after: Some(NANO) };
            assert_eq!(asked_after(stand, wait.saturating_sub(NANO)), early, "{:?}", stand.heard);
            let punctual = asked_after(stand, wait);
            assert!(matches!(punctual, Admission::Admitted(_)), "{:?}", stand.heard);
        }
        Admission::Rejected { retry_after: None } => {
            assert_eq!(stand.circuit.state(), State::ForcedOpen, "{:?}", stand.heard);
        }
        Admission::Admitted(_) | Admission::Shadowed => {}
    });
}

fn asked_after(stand: &Stand, wait: Duration) -> Admission {
    let mut later = stand.clone().steps(&[Signal::Wait(wait)]);
    let (admission, _) = later.circuit.admit(&later.policy, later.tick());
    admission
}

#[test]
fn a_generation_is_never_used_twice() {
    each_step(|before, answer, after| {
        let (old, new) = (before.circuit.generation(), after.circuit.generation());
        let entered = answer.change.as_ref().map(|change| change.generation);
        assert!(old <= new, "{:?}", after.heard);
        assert!(answer.change.is_none() || old < new, "{:?}", after.heard);
        assert!(entered.is_none_or(|entered| entered == new.number()), "{:?}", after.heard);
        let moved = before.circuit.state() != after.circuit.state();
        assert!(!moved || old < new, "{:?}", after.heard);
    });
}

fn everywhere(check: impl Fn(&Stand)) {
    each_step(|_, _, after| check(after));
}

/// Checks each step of every sequence of a few signals.
fn each_step(check: impl Fn(&Stand, &Answer, &Stand)) {
    for row in table::rows() {
        walk(Stand::new(&row.terms), &row.signals, 5, |before, signal| {
            let mut after = before.clone();
            let answer = after.step(signal)?;
            check(before, &answer, &after);
            Some(after)
        });
    }
}
