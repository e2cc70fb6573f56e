//! Laws of runs, windows and reasons.

use brama_runtime::api::{
    Policy, Reason, State,
    circuit::{Action, Admission, Circuit, Tick, Verdict},
    status::{Change, WindowCounts},
};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, proptest},
    sample::select,
};

use crate::{
    enumerate::enumerate_sequences,
    gate::Gate,
    harness::Harness,
    oracle::policy::{OraclePolicy, Span},
    signal::{How, Signal, Which},
    table,
    traffic::{cases, policies, signals},
};

#[test]
fn a_window_driven_by_failures_opens_at_the_call_at_which_a_plain_ring_opens() {
    for ring in rings() {
        for outcomes in 0..1 << 10 {
            let outcomes: Vec<_> = (0..10).map(|bit| outcomes >> bit & 1 == 1).collect();
            assert_eq!(ring.circuit_opens_at(&outcomes), ring.opens_at(&outcomes), "{ring:?}");
        }
    }
    let long = (1..=40_usize).prop_flat_map(|size| (Just(size), 1..=size, 1..=10_000_usize));
    proptest!(cases(256), |((size, minimum, rate) in long, outcomes in outcomes())| {
        let ring = Ring { size, minimum, rate };
        assert_eq!(ring.circuit_opens_at(&outcomes), ring.opens_at(&outcomes), "{ring:?}");
    });
}

fn outcomes() -> impl Strategy<Value = Vec<bool>> {
    (1..=20_u32).prop_flat_map(|most| vec((0..=most).prop_map(|failed| failed == 0), 0..=300))
}

/// A plain ring of the last outcomes, and the rate of failures at which it opens.
#[derive(Debug, Clone, Copy)]
struct Ring {
    size: usize,
    minimum: usize,
    rate: usize,
}

fn rings() -> impl Iterator<Item = Ring> {
    let shapes = (1..=4).flat_map(|size| (1..=size).map(move |minimum| (size, minimum)));
    shapes.flat_map(|(size, minimum)| {
        [1, 2_500, 2_501, 3_333, 3_334, 5_000, 5_001, 10_000].map(|rate| Ring {
            size,
            minimum,
            rate,
        })
    })
}

impl Ring {
    fn opens_at(self, outcomes: &[bool]) -> Option<usize> {
        (1..=outcomes.len()).find(|calls| {
            let ring = &outcomes[calls.saturating_sub(self.size)..*calls];
            let failures = ring.iter().filter(|failed| **failed).count();
            self.minimum <= ring.len() && self.rate * ring.len() <= failures * 10_000
        })
    }

    /// Returns the call at which a circuit behind a gate opens.
    fn circuit_opens_at(self, outcomes: &[bool]) -> Option<usize> {
        let mut gate = Gate::new(Harness::new(&self.policy()));
        let opens = |failed: &bool| {
            gate.step(Signal::Admit);
            let how = if *failed { How::Failure } else { How::Success };
            let answer = gate.step(Signal::Report(Which::Oldest, how));
            answer.is_some_and(|answer| !answer.changes.is_empty())
        };
        outcomes.iter().position(opens).map(|place| place + 1)
    }

    fn policy(self) -> OraclePolicy {
        let narrow = |count: usize| u32::try_from(count).expect("small");
        OraclePolicy {
            failure_rate: Some(narrow(self.rate)),
            window: Span::Calls(narrow(self.size)),
            minimum_calls: narrow(self.minimum),
            ..OraclePolicy::RATED
        }
    }
}

#[test]
fn successes_counted_by_a_gate_have_the_same_effect_as_reported_ones() {
    for row in table::rows() {
        let harness = Harness::new(&row.policy);
        let signals = [&row.signals[..], &GATED].concat();
        enumerate_sequences(
            (harness.clone(), Gate::new(harness)),
            &signals,
            5,
            counted_and_reported,
        );
    }
    let traffic = policies().prop_flat_map(|policy| (Just(policy), signals(&policy, 400)));
    proptest!(cases(256), |((policy, signals) in traffic)| {
        let harness = Harness::new(&policy);
        let mut both = (harness.clone(), Gate::new(harness));
        for signal in signals {
            both = counted_and_reported(&both, signal).unwrap_or(both);
        }
    });
}

const GATED: [Signal; 2] = [Signal::Admit, Signal::Report(Which::Oldest, How::AlmostSlowSuccess)];

/// Sends a signal to a harness and to a gate, and compares their answers and views.
fn counted_and_reported(both: &(Harness, Gate), signal: Signal) -> Option<(Harness, Gate)> {
    let (mut harness, mut gate) = both.clone();
    let expected = harness.step(signal)?;
    let seen = gate.step(signal).unwrap_or_else(|| expected.clone());
    assert_eq!(seen, expected, "after {:?}", harness.signals);
    assert_eq!(gate.clone().flush().view(), harness.view(), "after {:?}", harness.signals);
    Some((harness, gate))
}

#[test]
fn a_healthy_circuit_regains_its_fast_path() {
    for row in table::rows() {
        enumerate_sequences(Harness::new(&row.policy), &row.signals, 4, |before, signal| {
            let mut after = before.clone();
            after.step(signal)?;
            assert!(settles(&after), "{:?}", after.signals);
            Some(after)
        });
    }
}

/// Returns whether one more success settles the circuit, unless further successes could open it.
fn settles(harness: &Harness) -> bool {
    match harness.circuit.state() {
        State::Closed => {
            let after = harness.clone().steps(&[Signal::Record(How::Success)]);
            is_settled(&after) || opens_by_successes(after)
        }
        State::Disabled => is_settled(harness),
        State::Open | State::HalfOpen | State::ForcedOpen => true,
    }
}

fn is_settled(harness: &Harness) -> bool {
    let Harness { circuit, policy, .. } = harness;
    circuit.is_settled(policy) && harness.tick() < circuit.settled_until()
}

fn opens_by_successes(harness: Harness) -> bool {
    harness.steps(&[Signal::Record(How::Success); 10]).circuit.state() == State::Open
}

#[test]
fn a_success_counted_too_late_moves_nothing() {
    for row in table::rows() {
        enumerate_sequences(Harness::new(&row.policy), &row.signals, 4, |before, signal| {
            let mut after = before.clone();
            after.step(signal)?;
            assert_eq!(runs_after_stragglers(&after), runs(&after), "{:?}", after.signals);
            Some(after)
        });
    }
}

/// What a late success must not change: all but the window and the run of a healthy circuit.
fn runs(harness: &Harness) -> (State, u64, u64, WindowCounts) {
    let view = harness.view();
    let closed = view.state == State::Closed;
    let healthy = closed && view.failures == 0;
    let successes = if healthy { 0 } else { view.successes };
    let counts = if closed { WindowCounts::default() } else { view.counts };
    (view.state, view.failures, successes, counts)
}

fn runs_after_stragglers(harness: &Harness) -> (State, u64, u64, WindowCounts) {
    let mut harness = harness.clone();
    harness.circuit.count_successes(&harness.policy, 3);
    runs(&harness)
}

#[test]
fn the_runs_are_the_outcomes_in_a_row() {
    let lenient = OraclePolicy { failure_threshold: Some(100), ..OraclePolicy::PLAIN };
    let hows = [How::Success, How::SlowSuccess, How::Failure, How::Ignore, How::Abandon];
    enumerate_sequences(Harness::new(&lenient), &hows.map(Signal::Record), 8, |before, signal| {
        let mut after = before.clone();
        after.step(signal)?;
        let runs = (after.circuit.successes(), after.circuit.failures());
        let succeeded = [Signal::Record(How::Success), Signal::Record(How::SlowSuccess)];
        let expected =
            (in_a_row(&after, &succeeded), in_a_row(&after, &[hows[2]].map(Signal::Record)));
        assert_eq!(runs, expected, "{:?}", after.signals);
        Some(after)
    });
}

/// Counts the last outcomes that are of this kind, without ignored ones.
fn in_a_row(harness: &Harness, kind: &[Signal]) -> u64 {
    let ignored = [How::Ignore, How::Abandon].map(Signal::Record);
    let outcomes = harness.signals.iter().rev().filter(|signal| !ignored.contains(signal));
    outcomes.take_while(|signal| kind.contains(signal)).count() as u64
}

#[test]
fn the_reasons_are_those_of_the_last_four_failures() {
    let lenient = OraclePolicy { failure_threshold: Some(100), ..OraclePolicy::PLAIN }.build();
    let word = select(vec!["refused", "reset", "timed out", "panic", "success", "close"]);
    proptest!(cases(256), |(words in vec(word, 0..=30))| {
        let mut circuit = Circuit::new(0);
        for word in &words {
            record(&mut circuit, &lenient, word);
        }
        let expected = last_failures(&words);
        assert!(circuit.reasons().eq(&expected), "{words:?}");
        let open = circuit.act(&lenient, Action::Open(None), "by test".into(), Tick::ORIGIN);
        assert_eq!(open.cause.reasons, expected);
    });
}

#[test]
fn a_recovery_shows_no_reasons() {
    let plain = OraclePolicy::PLAIN;
    let signals = [How::Failure, How::Success].map(Signal::Record);
    enumerate_sequences(Harness::new(&plain), &signals, 6, |before, signal| {
        let mut after = before.clone();
        after.step(signal)?;
        let mut circuit = after.circuit.clone();
        drop(circuit.act(&after.policy, Action::Open(None), "by test".into(), after.tick()));
        let recovery = recover(&mut circuit, &after.policy);
        assert_eq!((recovery.to, recovery.cause.reasons), (State::Closed, vec![]));
        Some(after)
    });
}

/// Closes an open circuit by a probe.
fn recover(circuit: &mut Circuit, policy: &Policy) -> Change {
    let deadline = circuit.until().unwrap();
    let (Admission::Admitted(probe), _) = circuit.admit(policy, deadline) else { unreachable!() };
    circuit.report(policy, probe, Verdict::SUCCESS, deadline).1.remove(0)
}

fn record(circuit: &mut Circuit, policy: &Policy, word: &'static str) {
    let now = Tick::ORIGIN;
    match word {
        "close" => drop(circuit.act(policy, Action::Close, "by test".into(), now)),
        "success" => drop(circuit.record_unpermitted(policy, Verdict::SUCCESS, now)),
        reason => drop(circuit.record_unpermitted(policy, Verdict::failure(reason), now)),
    }
}

fn last_failures(words: &[&'static str]) -> Vec<Reason> {
    let closed = words.iter().rposition(|word| *word == "close").map_or(0, |place| place + 1);
    let since = words[closed..].iter().filter(|word| **word != "success");
    let failures: Vec<_> = since.map(|word| Reason::from(*word)).collect();
    failures[failures.len().saturating_sub(4)..].to_vec()
}
