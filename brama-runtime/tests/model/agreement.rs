//! Laws in which the oracle speaks.

use std::thread;

use brama_runtime::api::status::WindowCounts;
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, proptest},
};

use crate::{
    enumerate::walk,
    harness::Stand,
    lockstep::Pair,
    oracle_policy::{Span, Terms, ms},
    signal::{How, Signal},
    table::{self, Row},
    traffic::{cases, signals, terms},
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
    walk(Pair::new(row.terms), &row.signals, row.depth, Pair::after);
}

#[test]
fn long_sequences_agree() {
    let traffic = terms().prop_flat_map(|terms| (Just(terms), signals(&terms, 400)));
    proptest!(cases(384), |((terms, signals) in traffic)| {
        tell(&mut Pair::new(terms), &signals);
    });
}

#[test]
fn a_clock_that_steps_back_reads_as_no_time_passed() {
    let back = (1..=60_u64).prop_map(|length| Signal::StepBack(ms(length)));
    let jumps = move |terms| vec((signals(&terms, 12), back.clone()), 0..=20);
    let traffic = terms().prop_flat_map(move |terms| (Just(terms), jumps(terms)));
    proptest!(cases(256), |((terms, parts) in traffic)| {
        let mut pair = Pair::new(terms);
        for (signals, back) in parts {
            tell(&mut pair, &signals);
            pair.step(back);
        }
    });
}

#[test]
fn a_new_policy_judges_nothing_again() {
    let part = terms().prop_flat_map(|terms| (Just(terms), signals(&terms, 40)));
    proptest!(cases(256), |(first in terms(), parts in vec(part, 1..=10))| {
        let mut pair = Pair::new(judging_like(first, first));
        for (terms, signals) in parts {
            pair.configure(judging_like(first, terms));
            tell(&mut pair, &signals);
        }
    });
}

/// The new terms over the window and the probes of the first, with a rate rule in force.
fn judging_like(first: Terms, new: Terms) -> Terms {
    let Terms { window, minimum_calls, half_open_limit, .. } = first;
    let failure_rate = new.failure_rate.or(Some(70));
    Terms { half_open_limit, failure_rate, window, minimum_calls, ..new }
}

#[test]
fn a_window_of_a_new_shape_starts_empty() {
    let shapes = [Span::Calls(3), Span::Calls(5), Span::Time(ms(100)), Span::Time(ms(50))];
    for (old, new) in shapes.iter().flat_map(|old| shapes.map(|new| (*old, new))) {
        let stand = in_turn(&[(windowed(old), &FAILURES), (windowed(new), &[SUCCESS])]);
        let kept = if old == new { 2 } else { 0 };
        assert_eq!(stand.view().counts, WindowCounts { calls: 1 + kept, failures: kept, slow: 0 });
    }
}

#[test]
fn a_window_that_missed_outcomes_starts_empty() {
    for window in [Span::Calls(5), Span::Time(ms(100))].map(windowed) {
        let unrated = Terms { failure_rate: None, ..window };
        let stand = in_turn(&[(window, &FAILURES), (unrated, &[SUCCESS]), (window, &[SUCCESS])]);
        assert_eq!(stand.view().counts, WindowCounts { calls: 1, failures: 0, slow: 0 });
    }
}

#[test]
fn nor_does_it_keep_what_was_before_successes_that_a_gate_counted() {
    let (rated, unrated) = (windowed(Span::Calls(5)), Terms { failure_rate: None, ..Terms::RATED });
    let mut stand = in_turn(&[(rated, &FAILURES), (unrated, &[])]);
    stand.circuit.end_failures();
    stand.circuit.count_successes(&stand.policy, 1);
    stand.policy = rated.policy();
    let stand = stand.steps(&[SUCCESS]);
    assert_eq!(stand.view().counts, WindowCounts { calls: 1, failures: 0, slow: 0 });
}

const SUCCESS: Signal = Signal::Tell(How::Success);
const FAILURES: [Signal; 2] = [Signal::Tell(How::Failure); 2];

const fn windowed(window: Span) -> Terms {
    Terms { window, minimum_calls: 3, failure_rate: Some(100), ..Terms::RATED }
}

/// A stand that was told some signals under some terms, then others under others.
fn in_turn(parts: &[(Terms, &[Signal])]) -> Stand {
    parts.iter().fold(Stand::new(&Terms::PLAIN), |mut stand, (terms, signals)| {
        stand.policy = terms.policy();
        stand.steps(signals)
    })
}

fn tell(pair: &mut Pair, signals: &[Signal]) {
    for signal in signals {
        pair.step(*signal);
    }
}
