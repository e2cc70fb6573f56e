//! Laws of an outage: late hints, probes that are displaced or inconclusive, trips, reports
//! by name, and checks.

use brama_runtime::api::{
    State,
    circuit::{Fate, Generation},
    status::Rule,
};

use crate::{
    enumerate::everywhere,
    harness::Harness,
    oracle::policy::ms,
    signal::{How, Signal, View, Which},
};

#[test]
fn a_late_outcome_changes_nothing() {
    let ends = [How::Success, How::Failure, How::SlowFailure, How::Trip(None), How::Ignore];
    everywhere(|harness| {
        let late = |permit: &&_| **permit < entered(harness);
        for permit in harness.permits.iter().filter(late) {
            for how in ends {
                let mut after = harness.clone();
                let (policy, verdict) = (harness.policy, harness.verdict(how));
                let answer = after.circuit.report(&policy, *permit, verdict, harness.tick());
                assert_eq!(answer, (Fate::Late, vec![]), "{how:?} after {:?}", harness.signals);
                assert_eq!(after.memory(), harness.memory(), "{how:?} after {:?}", harness.signals);
            }
        }
    });
}

#[test]
fn a_hint_that_comes_late_only_prolongs() {
    everywhere(|harness| {
        let late = |permit: &&_| **permit < entered(harness);
        for permit in harness.permits.iter().filter(late) {
            for hint in [ms(1), ms(15), ms(60)] {
                let mut after = harness.clone();
                let verdict = harness.verdict(How::HintedFailure(hint));
                let (policy, now) = (harness.policy, harness.tick());
                let (fate, changes) = after.circuit.report(&policy, *permit, verdict, now);
                let [before, after] = [harness.view(), after.view()];
                let extended = after.until != before.until;
                assert_eq!((fate == Fate::Extended, changes.len()), (extended, 0));
                assert!(before.until <= after.until, "{:?}", harness.signals);
                let cap = before.since.after(policy.retry_after_cap());
                assert!(!extended || after.until <= Some(cap), "{:?}", harness.signals);
                let View { until, retry_after, open_duration, would_admit, rejects_until, .. } =
                    after;
                let expected = View {
                    until,
                    retry_after,
                    open_duration,
                    would_admit,
                    rejects_until,
                    ..before
                };
                assert_eq!(after, expected, "{:?}", harness.signals);
            }
        }
    });
}

#[test]
fn the_outcome_of_a_displaced_probe_still_counts() {
    everywhere(|harness| {
        let displaced =
            |permit: &&_| entered(harness) <= **permit && **permit < harness.circuit.generation();
        for permit in harness.permits.iter().filter(displaced) {
            let trip = How::Trip(Some(ms(7_000)));
            for how in [How::Success, How::Failure, How::Trip(None), trip, How::Ignore] {
                let [mut reported, mut named] = [harness.clone(), harness.clone()];
                let (policy, now) = (harness.policy, harness.tick());
                let answer = reported.circuit.report(&policy, *permit, harness.verdict(how), now);
                assert_eq!(answer.0, Fate::Judged, "{:?}", harness.signals);
                if how != How::Ignore {
                    let verdict = harness.verdict(how.displaced());
                    let expected = named.circuit.record_unpermitted(&policy, verdict, now);
                    assert_eq!(answer, expected, "{how:?} after {:?}", harness.signals);
                    assert_eq!(reported.memory(), named.memory(), "{:?}", harness.signals);
                }
            }
        }
    });
}

#[test]
fn inconclusive_probes_end() {
    everywhere(|harness| {
        let View { state, admitting, .. } = harness.view();
        if state == State::HalfOpen && admitting.is_none() {
            assert_eq!(after_inconclusive(harness), State::Open, "{:?}", harness.signals);
        }
    });
}

/// Returns the state after as many inconclusive probes as end a half-open.
fn after_inconclusive(harness: &Harness) -> State {
    let most = harness.policy.half_open_limit().max(10);
    let mut harness = harness.clone();
    harness.permits.clear();
    let (trips, wait) = (harness.circuit.trips(), ms(1_000));
    for _ in 0..most {
        if harness.circuit.state() == State::HalfOpen {
            let call = [Signal::Wait(wait), Signal::Admit];
            harness = harness.steps(&call);
            harness.step(Signal::Report(Which::Oldest, How::Ignore));
        }
    }
    assert_eq!(harness.circuit.trips(), trips, "{:?}", harness.signals);
    harness.circuit.state()
}

#[test]
fn a_trip_opens_below_every_threshold() {
    everywhere(|harness| {
        let hints = [None, Some(ms(999)), Some(ms(1_000)), Some(ms(7_000))];
        for hint in hints {
            let mut after = harness.clone();
            let answer = after.step(Signal::Record(How::Trip(hint))).expect("a report");
            match harness.clone().steps(&[Signal::Sweep]).circuit.state() {
                State::Closed | State::HalfOpen => {
                    let opened = answer.changes.last().expect("it opens");
                    assert_eq!((opened.to, opened.rule), (State::Open, Rule::Trip));
                    if let Some(hint) = hint.filter(|hint| ms(1_000) <= *hint) {
                        let exactly = hint.min(harness.policy.retry_after_cap());
                        assert_eq!(opened.length.map(|length| length.duration), Some(exactly));
                    }
                }
                State::Open | State::ForcedOpen | State::Disabled => {
                    assert_eq!(answer.changes, [], "{:?}", harness.signals);
                }
            }
        }
    });
}

#[test]
fn a_report_without_a_permit_counts_as_after_a_sweep() {
    everywhere(|harness| {
        for how in [How::Success, How::Failure, How::HintedFailure(ms(15)), How::Trip(None)] {
            let [mut reported, mut swept] = [harness.clone(), harness.clone()];
            let answer = reported.step(Signal::Record(how)).expect("a report");
            let first = swept.step(Signal::Sweep).expect("a sweep").changes;
            let then = swept.step(Signal::Record(how)).expect("a report");
            let changes: Vec<_> = first.into_iter().chain(then.changes).collect();
            assert_eq!((answer.fate, answer.changes), (then.fate, changes));
            assert_eq!(reported.memory(), swept.memory(), "{how:?} after {:?}", harness.signals);
        }
    });
}

#[test]
fn a_check_closes_nothing_and_shortens_once() {
    everywhere(|harness| {
        let mut passed = harness.clone();
        let changes = passed.step(Signal::CheckPassed).expect("an answer").changes;
        let rules: Vec<_> = changes.iter().map(|change| change.rule).collect();
        if rules != [Rule::HealthCheck] {
            let swept = harness.clone().steps(&[Signal::Sweep]);
            assert_eq!(passed.memory(), swept.memory(), "{:?}", harness.signals);
            return;
        }
        assert_eq!(harness.circuit.state(), State::Open, "{:?}", harness.signals);
        assert!(passed.view().would_admit, "{:?}", harness.signals);
        let again = passed.steps(&[Signal::Admit, Signal::Record(How::Failure)]);
        let mut passed_again = again.clone();
        let changes = passed_again.step(Signal::CheckPassed).expect("an answer").changes;
        let is_open = again.circuit.state() == State::Open;
        assert!(!is_open || changes.is_empty(), "{:?}", again.signals);
    });
}

/// Returns the generation with which the present state began. Only displaced probes are of a later
/// generation than this one and an earlier one than the circuit's.
fn entered(harness: &Harness) -> Generation {
    let generation = |seen: &Harness| (seen.circuit.generation(), seen.circuit.since());
    let mut replayed = Harness::with_policy(harness.policy);
    let mut entered = generation(&replayed);
    for signal in &harness.signals {
        let before = (replayed.view(), generation(&replayed));
        let changes = replayed.step(*signal).map(|answer| answer.changes).unwrap_or_default();
        let (after, now) = (replayed.view(), generation(&replayed));
        let began_ramp = before.0.admitting.is_none() && after.admitting.is_some();
        let ended_ramp = changes.iter().any(|change| change.rule == Rule::Ramp);
        if began_ramp || !changes.is_empty() && !ended_ramp {
            entered = now;
        }
    }
    entered.0
}
