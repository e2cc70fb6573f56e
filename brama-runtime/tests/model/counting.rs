//! Laws of runs, windows and reasons.

use brama_runtime::api::{
    Policy, Reason, State,
    circuit::{Action, Circuit, Tick, Verdict},
    status::WindowCounts,
};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, proptest},
    sample::select,
};

use crate::{
    enumerate::walk,
    gate::Gate,
    harness::Stand,
    oracle_policy::{Span, Terms},
    signal::{How, Signal, Which},
    table,
    traffic::{cases, signals, terms},
};

#[test]
fn a_window_driven_by_failures_opens_at_the_call_at_which_a_plain_ring_opens() {
    for ring in rings() {
        for outcomes in 0..1 << 10 {
            let outcomes: Vec<_> = (0..10).map(|bit| outcomes >> bit & 1 == 1).collect();
            assert_eq!(ring.circuit_opens_at(&outcomes), ring.opens_at(&outcomes), "{ring:?}");
        }
    }
    let long = (1..=40_usize).prop_flat_map(|size| (Just(size), 1..=size, 1..=100_usize));
    proptest!(cases(256), |((size, minimum, rate) in long, outcomes in outcomes())| {
        let ring = Ring { size, minimum, rate };
        assert_eq!(ring.circuit_opens_at(&outcomes), ring.opens_at(&outcomes), "{ring:?}");
    });
}

fn outcomes() -> impl Strategy<Value = Vec<bool>> {
    (1..=20_u32).prop_flat_map(|most| vec((0..=most).prop_map(|failed| failed == 0), 0..=300))
}

/// The last outcomes, true where one failed, and when they are too many.
#[derive(Debug, Clone, Copy)]
struct Ring {
    size: usize,
    minimum: usize,
    rate: usize,
}

fn rings() -> impl Iterator<Item = Ring> {
    let shapes = (1..=4).flat_map(|size| (1..=size).map(move |minimum| (size, minimum)));
    shapes.flat_map(|(size, minimum)| {
        [1, 25, 26, 33, 34, 50, 51, 100].map(|rate| Ring { size, minimum, rate })
    })
}

impl Ring {
    fn opens_at(self, outcomes: &[bool]) -> Option<usize> {
        (1..=outcomes.len()).find(|calls| {
            let ring = &outcomes[calls.saturating_sub(self.size)..*calls];
            let failures = ring.iter().filter(|failed| **failed).count();
            self.minimum <= ring.len() && self.rate * ring.len() <= failures * 100
        })
    }

    /// The same of a circuit behind a gate.
    fn circuit_opens_at(self, outcomes: &[bool]) -> Option<usize> {
        let mut gate = Gate::new(Stand::new(&self.terms()));
        let opens = |failed: &bool| {
            gate.step(Signal::Ask);
            let how = if *failed { How::Failure } else { How::Success };
            let answer = gate.step(Signal::End(Which::Oldest, how));
            answer.is_some_and(|answer| answer.change.is_some())
        };
        outcomes.iter().position(opens).map(|place| place + 1)
    }

    fn terms(self) -> Terms {
        let narrow = |count: usize| u32::try_from(count).expect("small");
        Terms {
            failure_rate: Some(narrow(self.rate)),
            window: Span::Calls(narrow(self.size)),
            minimum_calls: narrow(self.minimum),
            ..Terms::RATED
        }
    }
}

#[test]
fn successes_counted_elsewhere_weigh_as_successes_reported() {
    for row in table::rows() {
        let stand = Stand::new(&row.terms);
        let signals = [&row.signals[..], &GATED].concat();
        walk((stand.clone(), Gate::new(stand)), &signals, 5, counted_and_reported);
    }
    let traffic = terms().prop_flat_map(|terms| (Just(terms), signals(&terms, 400)));
    proptest!(cases(256), |((terms, signals) in traffic)| {
        let stand = Stand::new(&terms);
        let mut both = (stand.clone(), Gate::new(stand));
        for signal in signals {
            both = counted_and_reported(&both, signal).unwrap_or(both);
        }
    });
}

const GATED: [Signal; 2] = [Signal::Ask, Signal::End(Which::Oldest, How::AlmostSlowSuccess)];

/// Tells a stand and a gate the same, and asks them for the same.
fn counted_and_reported(both: &(Stand, Gate), signal: Signal) -> Option<(Stand, Gate)> {
    let (mut stand, mut gate) = both.clone();
    let expected = stand.step(signal)?;
    let seen = gate.step(signal).unwrap_or_else(|| expected.clone());
    assert_eq!(seen, expected, "after {:?}", stand.heard);
    assert_eq!(gate.clone().flush().view(), stand.view(), "after {:?}", stand.heard);
    Some((stand, gate))
}

#[test]
fn a_healthy_circuit_settles() {
    for row in table::rows() {
        walk(Stand::new(&row.terms), &row.signals, 4, |before, signal| {
            let mut after = before.clone();
            after.step(signal)?;
            assert!(settles(&after), "{:?}", after.heard);
            Some(after)
        });
    }
}

/// Whether one more success settles it, unless further ones could open it.
fn settles(stand: &Stand) -> bool {
    match stand.circuit.state() {
        State::Closed => {
            let told = stand.clone().steps(&[Signal::Tell(How::Success)]);
            is_settled(&told) || opens_by_successes(told)
        }
        State::Disabled => is_settled(stand),
        State::Open | State::HalfOpen | State::ForcedOpen => true,
    }
}

fn is_settled(stand: &Stand) -> bool {
    let Stand { circuit, policy, .. } = stand;
    circuit.is_settled(policy) && stand.tick() < circuit.settled_until()
}

fn opens_by_successes(stand: Stand) -> bool {
    stand.steps(&[Signal::Tell(How::Success); 10]).circuit.state() == State::Open
}

#[test]
fn a_success_counted_too_late_moves_nothing() {
    for row in table::rows() {
        walk(Stand::new(&row.terms), &row.signals, 4, |before, signal| {
            let mut after = before.clone();
            after.step(signal)?;
            assert_eq!(runs_after_stragglers(&after), runs(&after), "{:?}", after.heard);
            Some(after)
        });
    }
}

/// What stragglers leave alone: all of it, save the window and the run of a healthy circuit.
fn runs(stand: &Stand) -> (State, u64, u64, WindowCounts) {
    let view = stand.view();
    let closed = view.state == State::Closed;
    let healthy = closed && view.failures == 0;
    let successes = if healthy { 0 } else { view.successes };
    let counts = if closed { WindowCounts::default() } else { view.counts };
    (view.state, view.failures, successes, counts)
}

fn runs_after_stragglers(stand: &Stand) -> (State, u64, u64, WindowCounts) {
    let mut stand = stand.clone();
    stand.circuit.count_successes(&stand.policy, 3);
    runs(&stand)
}

#[test]
fn the_runs_are_the_outcomes_in_a_row() {
    let lenient = Terms { failure_threshold: Some(100), ..Terms::PLAIN };
    let hows = [How::Success, How::SlowSuccess, How::Failure, How::Ignore, How::Abandon];
    walk(Stand::new(&lenient), &hows.map(Signal::Tell), 8, |before, signal| {
        let mut after = before.clone();
        after.step(signal)?;
        let runs = (after.circuit.successes(), after.circuit.failures());
        let succeeded = [Signal::Tell(How::Success), Signal::Tell(How::SlowSuccess)];
        let expected =
            (in_a_row(&after, &succeeded), in_a_row(&after, &[hows[2]].map(Signal::Tell)));
        assert_eq!(runs, expected, "{:?}", after.heard);
        Some(after)
    });
}

/// How many of the last outcomes are among those, leaving out those that are none.
fn in_a_row(stand: &Stand, kind: &[Signal]) -> u64 {
    let ignored = [How::Ignore, How::Abandon].map(Signal::Tell);
    let outcomes = stand.heard.iter().rev().filter(|signal| !ignored.contains(signal));
    outcomes.take_while(|signal| kind.contains(signal)).count() as u64
}

#[test]
fn the_reasons_are_those_of_the_last_four_failures() {
    let lenient = Terms { failure_threshold: Some(100), ..Terms::PLAIN }.policy();
    let word = select(vec!["refused", "reset", "timed out", "panic", "success", "close"]);
    proptest!(cases(256), |(words in vec(word, 0..=30))| {
        let mut circuit = Circuit::new(0);
        for word in &words {
            utter(&mut circuit, &lenient, word);
        }
        let expected = last_failures(&words);
        assert!(circuit.reasons().eq(&expected), "{words:?}");
        let open = circuit.act(&lenient, Action::Open(None), "by test".into(), Tick::ORIGIN);
        assert_eq!(open.cause.reasons, expected);
    });
}

fn utter(circuit: &mut Circuit, policy: &Policy, word: &'static str) {
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
