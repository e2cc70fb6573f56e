//! Laws that compare the circuit with the oracle.

use std::thread;

use brama_runtime::api::status::WindowCounts;
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, proptest},
};

use crate::{
    enumerate::enumerate_sequences,
    harness::Harness,
    lockstep::Lockstep,
    oracle::policy::{OraclePolicy, Span, ms},
    signal::{How, Signal},
    table::{self, Row},
    traffic::{cases, policies, signals},
};

#[test]
fn an_independent_model_agrees() {
    thread::scope(|scope| {
        for first in 0..2 {
            scope.spawn(move || table::rows().skip(first).step_by(2).for_each(|row| agree(&row)));
        }
    });
}

fn agree(row: &Row) {
    enumerate_sequences(Lockstep::new(row.policy), &row.signals, row.depth, Lockstep::after);
}

#[test]
fn long_sequences_agree() {
    let traffic = policies().prop_flat_map(|policy| (Just(policy), signals(&policy, 400)));
    proptest!(cases(384), |((policy, signals) in traffic)| {
        replay(&mut Lockstep::new(policy), &signals);
    });
}

#[test]
fn a_clock_that_steps_back_reads_as_no_time_passed() {
    let back = (1..=60_u64).prop_map(|length| Signal::StepBack(ms(length)));
    let jumps = move |policy| vec((signals(&policy, 12), back.clone()), 0..=20);
    let traffic = policies().prop_flat_map(move |policy| (Just(policy), jumps(policy)));
    proptest!(cases(256), |((policy, parts) in traffic)| {
        let mut lockstep = Lockstep::new(policy);
        for (signals, back) in parts {
            replay(&mut lockstep, &signals);
            lockstep.step(back);
        }
    });
}

#[test]
fn a_new_policy_judges_nothing_again() {
    let part = policies().prop_flat_map(|policy| (Just(policy), signals(&policy, 40)));
    proptest!(cases(256), |(first in policies(), parts in vec(part, 1..=10))| {
        let mut lockstep = Lockstep::new(judging_like(first, first));
        for (policy, signals) in parts {
            lockstep.configure(judging_like(first, policy));
            replay(&mut lockstep, &signals);
        }
    });
}

/// Returns the new policy with the window and the probes of the first, and with a rate rule.
fn judging_like(first: OraclePolicy, new: OraclePolicy) -> OraclePolicy {
    let OraclePolicy { window, minimum_calls, half_open_limit, .. } = first;
    let failure_rate = new.failure_rate.or(Some(7_000));
    OraclePolicy {
        half_open_limit,
        failure_rate,
        failure_count: new.failure_count.map(|count| count.min(window.size())),
        window,
        minimum_calls,
        ..new
    }
}

#[test]
fn a_window_that_missed_outcomes_starts_empty() {
    for window in [Span::Calls(5), Span::Time(ms(100))].map(windowed) {
        let unrated = OraclePolicy { failure_rate: None, ..window };
        let harness = in_turn(&[(window, &FAILURES), (unrated, &[SUCCESS]), (window, &[SUCCESS])]);
        assert_eq!(harness.view().counts, WindowCounts { calls: 1, failures: 0, slow: 0 });
    }
}

#[test]
fn a_window_drops_outcomes_from_before_uncounted_successes() {
    let (rated, unrated) =
        (windowed(Span::Calls(5)), OraclePolicy { failure_rate: None, ..OraclePolicy::RATED });
    let mut harness = in_turn(&[(rated, &FAILURES), (unrated, &[])]);
    harness.circuit.end_failures();
    harness.circuit.count_successes(&harness.policy, 1);
    harness.policy = rated.build();
    let harness = harness.steps(&[SUCCESS]);
    assert_eq!(harness.view().counts, WindowCounts { calls: 1, failures: 0, slow: 0 });
}

const SUCCESS: Signal = Signal::Record(How::Success);
const FAILURES: [Signal; 2] = [Signal::Record(How::Failure); 2];

const fn windowed(window: Span) -> OraclePolicy {
    OraclePolicy { window, minimum_calls: 3, failure_rate: Some(10_000), ..OraclePolicy::RATED }
}

/// Returns a harness after sequences of signals, each under its own policy.
fn in_turn(parts: &[(OraclePolicy, &[Signal])]) -> Harness {
    parts.iter().fold(Harness::new(&OraclePolicy::PLAIN), |mut harness, (policy, signals)| {
        harness.policy = policy.build();
        harness.steps(signals)
    })
}

fn replay(lockstep: &mut Lockstep, signals: &[Signal]) {
    for signal in signals {
        lockstep.step(*signal);
    }
}
