//! Laws of the ramp after an outage.

use brama_runtime::api::{
    State,
    circuit::{Action, Admission, Circuit, Fate},
};

use crate::{
    harness::Harness,
    oracle::policy::{OraclePolicy, Span, ms},
    signal::{How, Signal, Which},
};

#[test]
fn a_ramp_admits_a_growing_share() {
    let policy = OraclePolicy { ramp: Some(ms(1_000)), ..OraclePolicy::PLAIN };
    for seed in 0..20 {
        let mut harness = Harness { circuit: Circuit::new(seed), ..Harness::new(&policy) };
        harness = harness.steps(&[
            Signal::Act(Action::Open(None)),
            Signal::Wait(ms(10)),
            Signal::Record(How::Success),
        ]);
        for step in 0..10 {
            let permille = harness.circuit.admitting(harness.tick()).expect("a ramp");
            assert_eq!(permille, 100 + 90 * step);
            let admitted = (0..1_000).filter(|_| admits(&mut harness)).count();
            let expected = usize::try_from(permille).expect("small");
            assert!(admitted.abs_diff(expected) < 80, "{admitted} of 1000 at {permille}");
            harness.step(Signal::Wait(ms(100)));
        }
        assert!((0..100).all(|_| admits(&mut harness)));
        assert_eq!(harness.circuit.state(), State::Closed);
    }
}

fn admits(harness: &mut Harness) -> bool {
    let answer = harness.step(Signal::Admit).expect("an answer");
    matches!(answer.admission, Some(Admission::Admitted(_)))
}

#[test]
fn the_calls_of_a_ramp_outlive_it() {
    let policy =
        OraclePolicy { ramp: Some(ms(100)), window: Span::Calls(4), ..OraclePolicy::RATED };
    let begin = [
        Signal::Act(Action::Open(None)),
        Signal::Wait(ms(10)),
        Signal::Record(How::Success),
        Signal::Record(How::Failure),
    ];
    let mut harness = Harness::new(&OraclePolicy { minimum_calls: 4, ..policy }).steps(&begin);
    while harness.permits.is_empty() {
        harness.step(Signal::Admit);
    }
    let mut ended = harness.clone().steps(&[Signal::Wait(ms(100)), Signal::Sweep]);
    assert_eq!(ended.circuit.state(), State::Closed);
    assert_eq!(ended.view().counts, harness.view().counts);
    assert_eq!(ended.view().failures, harness.view().failures);
    let answer = ended.step(Signal::Report(Which::Oldest, How::Success)).expect("a permit");
    assert_eq!((answer.fate, ended.view().counts.calls), (Some(Fate::Judged), 2));
}
