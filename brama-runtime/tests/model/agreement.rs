//! Laws in which the oracle speaks.

use std::thread;

use brama_runtime::{Counts, circuit::Verdict};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, proptest},
};

use crate::{
    pair::Pair,
    signal::{How, Signal},
    stand::Stand,
    table::{self, Row},
    terms::{Span, Terms, ms},
    traffic::{cases, signals, terms},
    walk::walk,
};

#[test]
fn an_independent_model_agrees() {
    thread::scope(|scope| {
        for first in 0..2 {
            scope.spawn(move || table::rows().skip(first).step_by(2).for_each(agree));
        }
    });
}

fn agree(row: Row) {
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
        let told = counts_after_change(old, new);
        let earlier = if old == new { 2 } else { 0 };
        assert_eq!(told, Counts { calls: 1 + earlier, failures: earlier, slow: 0 });
    }
}

/// What the window holds once a success follows two failures under another window.
fn counts_after_change(old: Span, new: Span) -> Counts {
    let lenient = Terms { minimum_calls: 3, failure_rate: Some(100), ..Terms::RATED };
    let failure = Signal::Tell(How::Failure);
    let mut stand = Stand::new(&Terms { window: old, ..lenient }).steps(&[failure, failure]);
    stand.policy = Terms { window: new, ..lenient }.policy();
    let _ = stand.circuit.tell(&stand.policy, Verdict::SUCCESS, stand.tick());
    stand.view().counts
}

fn tell(pair: &mut Pair, signals: &[Signal]) {
    for signal in signals {
        pair.step(*signal);
    }
}
