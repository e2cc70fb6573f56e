//! Laws of admission and recovery.

use std::time::Duration;

use brama_runtime::api::{State, circuit::Admission, status::Rule};

use crate::{
    enumerate::{each_step, everywhere},
    harness::Harness,
    oracle::policy::{NANO, ms},
    signal::{How, Signal, View, Which},
};

#[test]
fn admission_never_exceeds_the_limit() {
    everywhere(|harness| {
        let current = |permit: &&_| **permit == harness.circuit.generation();
        let out = harness.permits.iter().filter(current).count();
        let View { state, admitting, .. } = harness.view();
        let probing = state == State::HalfOpen && admitting.is_none();
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
            let mut recovered = recovered_once(harness.clone());
            // In a ramp, a success can complete the minimum of calls and so open the circuit.
            if harness.circuit.admitting(harness.tick()).is_some() {
                recovered = recovered_once(recovered);
            }
            assert_eq!(recovered.circuit.state(), State::Closed, "{:?}", harness.signals);
        }
        State::Closed | State::ForcedOpen | State::Disabled => {}
    });
}

/// Returns the harness after as many successes as close the circuit, each long after the last, and
/// after the ramp.
fn recovered_once(mut harness: Harness) -> Harness {
    harness.permits.clear();
    let call =
        [Signal::Wait(ms(10_000)), Signal::Admit, Signal::Report(Which::Oldest, How::Success)];
    for _ in 0..harness.policy.success_threshold() {
        harness = harness.steps(&call);
    }
    harness.steps(&[Signal::Wait(ms(1_000)), Signal::Sweep])
}

#[test]
fn queries_change_nothing() {
    everywhere(|harness| {
        let memory = harness.memory();
        for wait in [Duration::ZERO, ms(4), ms(10)] {
            let swept = harness.clone().steps(&[Signal::Wait(wait), Signal::Sweep]);
            let view = harness.clone().steps(&[Signal::Wait(wait)]).view();
            let rejected = matches!(admission_after(harness, wait), Admission::Rejected { .. });
            // A ramp may reject this call and admit the next one.
            let is_drawn = swept.view().admitting.is_some();
            assert!(is_drawn || view.would_admit != rejected, "{wait:?}: {:?}", harness.signals);
            assert!(!is_drawn || view.would_admit, "{wait:?}: {:?}", harness.signals);
        }
        assert_eq!(harness.memory(), memory);
    });
}

#[test]
fn a_rejection_reports_when_it_makes_sense_to_ask_again() {
    everywhere(|harness| {
        let admission = admission_after(harness, Duration::ZERO);
        let swept = harness.clone().steps(&[Signal::Sweep]);
        match (admission, swept.circuit.state()) {
            (Admission::Rejected { retry_after: Some(wait) }, State::Open) => {
                let early = Admission::Rejected { retry_after: Some(NANO) };
                let before = admission_after(harness, wait.saturating_sub(NANO));
                assert_eq!(before, early, "{:?}", harness.signals);
                let punctual = admission_after(harness, wait);
                assert!(matches!(punctual, Admission::Admitted(_)), "{:?}", harness.signals);
                let length = swept.circuit.open_duration().map(|length| length.duration);
                assert!(Some(wait) <= length, "{:?}", harness.signals);
            }
            (Admission::Rejected { retry_after: Some(wait) }, State::HalfOpen) => {
                assert!(swept.view().admitting.is_some(), "{:?}", harness.signals);
                assert!(wait <= ms(1_000), "{:?}", harness.signals);
            }
            (Admission::Rejected { retry_after }, state) => {
                assert_eq!(retry_after, None, "{:?}", harness.signals);
                let unknown = [State::HalfOpen, State::ForcedOpen];
                assert!(unknown.contains(&state), "{:?}", harness.signals);
            }
            (Admission::Admitted(_) | Admission::Shadowed, _) => {}
        }
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
        assert!(old <= new, "{:?}", after.signals);
        // The end of a ramp begins none: the calls that it admitted go on.
        let begins: Vec<_> =
            answer.changes.iter().filter(|change| change.rule != Rule::Ramp).collect();
        let entered: Vec<_> = begins.iter().map(|change| change.generation).collect();
        assert!(entered.is_sorted_by(|one, next| one < next), "{:?}", after.signals);
        assert!(entered.iter().all(|one| old.number() < *one), "{:?}", after.signals);
        let begins_ramp = after.view().admitting.is_some();
        let is_last = |last: &&u64| **last == new.number() || begins_ramp;
        assert!(entered.last().is_none_or(|last| is_last(&last)), "{:?}", after.signals);
        let moved = before.circuit.state() != after.circuit.state();
        assert!(!moved || !answer.changes.is_empty(), "{:?}", after.signals);
    });
}
