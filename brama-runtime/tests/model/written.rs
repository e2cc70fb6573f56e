//! Laws of serialized circuits and policies.

use std::{fmt::Debug, time::Duration};

use brama_runtime::api::{
    Expiry, Identity, Policy, PolicyPatch, State, Window,
    circuit::{Action, Admission, Circuit, Fate, Generation, Tick, Verdict},
    config::Reasons,
    outcome::Abandoned,
    status::SettingName,
};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, proptest},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    harness::Harness,
    oracle::policy::{OraclePolicy, Span},
    traffic::{cases, policies, signals},
};

#[test]
fn a_circuit_read_back_continues_where_it_was() {
    let traffic = policies()
        .prop_flat_map(|policy| (Just(policy), signals(&policy, 200), signals(&policy, 100)));
    proptest!(cases(96), |((policy, before, after) in traffic)| {
        let harness = Harness::new(&policy).steps(&before);
        for circuit in [in_text(&harness.circuit), in_bytes(&harness.circuit)] {
            let mut original = harness.clone();
            let mut copy = Harness { circuit, ..harness.clone() };
            for signal in &after {
                assert_eq!(copy.memory(), original.memory());
                assert_eq!(copy.step(*signal), original.step(*signal));
                assert_eq!(copy.view(), original.view());
            }
        }
    });
}

#[test]
fn a_change_reads_back_as_itself() {
    let traffic = policies().prop_flat_map(|policy| (Just(policy), signals(&policy, 200)));
    proptest!(cases(64), |((policy, signals) in traffic)| {
        let Harness { mut circuit, policy, .. } = Harness::new(&policy).steps(&signals);
        let change = circuit.act(&policy, Action::Open(None), "by test".into(), Tick::ORIGIN);
        assert_eq!(in_text(&change), change);
        assert_eq!(in_bytes(&change), change);
    });
}

#[test]
fn a_policy_reads_back_as_itself() {
    proptest!(cases(96), |(policy in policies(), jitter in 0..=900_u32)| {
        let policy = jittered(&policy, jitter).policy().unwrap();
        assert_eq!(in_text(&policy), policy);
        assert_eq!(in_bytes(&policy), policy);
    });
}

#[test]
fn a_patch_reads_back_as_itself() {
    let selected = vec(any::<bool>(), SettingName::ALL.len());
    proptest!(cases(96), |(policy in policies(), jitter in 0..=900_u32, selected in selected)| {
        let patch = only(&jittered(&policy, jitter), &selected);
        assert_eq!(in_text(&patch), patch);
        assert_eq!(in_bytes(&patch), patch);
    });
}

#[test]
fn every_other_value_reads_back_as_itself() {
    fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(values: &[T]) {
        for value in values {
            assert_eq!(&in_text(value), value);
            assert_eq!(&in_bytes(value), value);
        }
    }
    let took = Some(Duration::from_millis(1));
    check(&SettingName::ALL);
    check(&State::ALL);
    check(&Reasons::ALL);
    check(&[Abandoned::Ignore, Abandoned::Failure]);
    check(&[Window::calls(5), Window::time(Duration::from_secs(90))]);
    check(&[Fate::Judged, Fate::Late, Fate::Extended, Fate::TotalsOnly]);
    check(&[Admission::Admitted(Generation::new(1)), Admission::Shadowed]);
    check(&[None, took].map(|retry_after| Admission::Rejected { retry_after }));
    check(&[Verdict::Success { took }, Verdict::failure("refused"), Verdict::Ignore]);
    check(&[Verdict::Trip { reason: "refused".into(), retry_after: took, took: None }]);
    check(&[Verdict::Abandoned { took }, Verdict::InnerRejection]);
    check(&[Identity::new("api"), Identity::new("api").in_scope("eu").with_key(3)]);
}

fn jittered(policy: &OraclePolicy, thousandths: u32) -> PolicyPatch {
    policy.patch().jitter(f64::from(thousandths) / 1000.0)
}

/// Keeps the settings of a patch at the selected places.
fn only(patch: &PolicyPatch, selected: &[bool]) -> PolicyPatch {
    let Value::Object(all) = json(&patch.layered_over(Policy::DEFAULT.into())) else {
        unreachable!()
    };
    assert_eq!(all.len(), selected.len());
    let kept = all
        .into_iter()
        .zip(selected)
        .filter(|(_, selected)| **selected)
        .map(|(setting, _)| setting);
    serde_json::from_value(kept.collect()).unwrap()
}

#[test]
fn invalid_input_never_produces_a_circuit_that_panics() {
    let rated = policies().prop_map(|policy| OraclePolicy {
        failure_rate: policy.failure_rate.or(Some(50)),
        ..policy
    });
    let traffic =
        rated.prop_flat_map(|policy| (Just(policy), signals(&policy, 60), signals(&policy, 20)));
    proptest!(cases(24), |((policy, before, after) in traffic)| {
        let harness = Harness::new(&policy).steps(&before);
        for misprint in misprints(&json(&harness.circuit)) {
            if let Ok(circuit) = serde_json::from_value(misprint) {
                let end = Harness { circuit, ..harness.clone() }.steps(&after);
                assert_eq!(in_text(&end.circuit).state(), end.view().state);
            }
        }
    });
}

#[test]
fn a_resumed_circuit_has_no_tick_in_the_future() {
    let traffic = policies().prop_flat_map(|policy| (Just(policy), signals(&policy, 200)));
    proptest!(cases(256), |((policy, signals) in traffic, percent in 0..=120_u64)| {
        let harness = Harness::new(&policy).steps(&signals);
        let now = Tick::from_nanos(harness.tick().as_nanos() / 100 * percent);
        let resumed = harness.circuit.clone().resumed_at(now);
        check_resumed(&resumed, &harness.circuit, &harness.policy, now);
        if harness.tick() <= now {
            assert_eq!(json(&resumed), json(&harness.circuit));
        }
        let again = Harness { circuit: resumed.clone().resumed_at(now), ..harness.clone() };
        assert_eq!(json(&again.circuit), json(&resumed));
        if span_of(&policy) <= now {
            assert_eq!(resumed.counts(now), harness.circuit.counts(now));
        }
    });
}

#[test]
fn invalid_input_that_is_resumed_never_waits_longer_than_its_opening() {
    let traffic = policies().prop_flat_map(|policy| (Just(policy), signals(&policy, 60)));
    proptest!(cases(24), |((policy, signals) in traffic)| {
        let harness = Harness::new(&policy).steps(&signals);
        for misprint in misprints(&json(&harness.circuit)) {
            if let Ok(circuit) = serde_json::from_value::<Circuit>(misprint) {
                let resumed = circuit.clone().resumed_at(harness.tick());
                check_resumed(&resumed, &circuit, &harness.policy, harness.tick());
                let end = Harness { circuit: resumed, ..harness.clone() }.steps(&signals);
                assert_eq!(in_text(&end.circuit).state(), end.view().state);
            }
        }
    });
}

fn span_of(policy: &OraclePolicy) -> Tick {
    match policy.window {
        Span::Time(length) => Tick::ORIGIN.after(length),
        Span::Calls(_) => Tick::ORIGIN,
    }
}

/// Checks a circuit that was resumed at `now` against the one that it was.
fn check_resumed(resumed: &Circuit, original: &Circuit, policy: &Policy, now: Tick) {
    let kept = |circuit: &Circuit| {
        let runs = (circuit.failures(), circuit.successes(), circuit.trips(), circuit.probes());
        let reasons: Vec<_> = circuit.reasons().cloned().collect();
        (circuit.state(), circuit.generation(), circuit.opening(), runs, reasons)
    };
    assert_eq!(kept(resumed), kept(original));
    assert!(resumed.since() <= now);
    let length = original.until().map(|until| until.since(original.since()));
    let longest = length.unwrap_or_default().max(policy.probe_timeout());
    let waits = resumed.rejects_until(policy).map(|until| until.since(now));
    if resumed.state() != State::ForcedOpen {
        assert!(waits.unwrap_or_default() <= longest, "{resumed:?} was {original:?}");
    }
}

#[test]
fn errors_show_little_of_the_input_and_stay_on_one_line() {
    let policy = json(&Policy::DEFAULT);
    let circuit = json(&Circuit::new(0).resumed_at(Tick::ORIGIN));
    let text = "\u{1b}[2J\n\u{202e}9m".repeat(10_000);
    let mut errors = 0;
    let mut check = |error: serde_json::Error| {
        let error = error.to_string();
        assert!(error.len() <= 4_096, "{} bytes", error.len());
        assert!(!error.contains(|it: char| it.is_control() || it == '\u{202e}'), "{error:?}");
        errors += 1;
    };
    for written in [policy, circuit] {
        for misprint in replaced(&written, &text.as_str().into()) {
            let _ = serde_json::from_value::<Policy>(misprint.clone()).map_err(&mut check);
            let _ = serde_json::from_value::<PolicyPatch>(misprint.clone()).map_err(&mut check);
            let _ = serde_json::from_value::<Circuit>(misprint.clone()).map_err(&mut check);
            let _ = serde_json::from_str::<Circuit>(&misprint.to_string()).map_err(&mut check);
        }
        let unknown = Value::from(Map::from_iter([(text.clone(), written)]));
        let _ = serde_json::from_value::<PolicyPatch>(unknown.clone()).map_err(&mut check);
        let _ = serde_json::from_value::<Circuit>(unknown).map_err(&mut check);
    }
    let growing = json(&Expiry::progressive(Duration::from_secs(1), Duration::from_secs(2)));
    for misprint in replaced(&growing, &text.as_str().into()) {
        let _ = serde_json::from_value::<Expiry>(misprint).map_err(&mut check);
    }
    assert!(60 < errors);
}

#[test]
fn invalid_input_never_produces_a_policy_outside_its_limits() {
    proptest!(cases(24), |(policy in policies())| {
        for misprint in misprints(&json(&policy.build())) {
            if let Ok(policy) = serde_json::from_value::<Policy>(misprint.clone()) {
                assert_eq!(PolicyPatch::from(policy).policy(), Ok(policy));
            }
            if let Ok(patch) = serde_json::from_value::<PolicyPatch>(misprint) {
                assert_eq!(patch.mistakes(), []);
            }
        }
    });
}

/// Returns the input with one value replaced: each value in turn, by each odd value.
fn misprints(written: &Value) -> impl Iterator<Item = Value> {
    odd_values().flat_map(move |odd| replaced(written, &odd).collect::<Vec<_>>())
}

/// Returns the input with each value in turn replaced by `instead`.
fn replaced(written: &Value, instead: &Value) -> impl Iterator<Item = Value> {
    (0..values(written)).map(move |place| {
        let mut misprint = written.clone();
        put(&mut misprint, &mut place.clone(), instead);
        misprint
    })
}

fn odd_values() -> impl Iterator<Item = Value> {
    let small = [0, 1, 2, 3, 7, 1_000_000].map(Value::from);
    let large = [u64::from(u32::MAX), u64::MAX / 2, u64::MAX - 1, u64::MAX].map(Value::from);
    let words =
        ["", "off", "0s", "1ms", "30s", "closed", "18446744073709551615ms"].map(Value::from);
    let others = [Value::Null, true.into(), (-1).into(), 0.5.into(), 1e300.into()];
    let structures = [Value::Array(Vec::new()), Value::Object(Map::new())];
    small.into_iter().chain(large).chain(words).chain(others).chain(structures)
}

fn values(written: &Value) -> usize {
    let inside: usize = match written {
        Value::Array(parts) => parts.iter().map(values).sum(),
        Value::Object(parts) => parts.values().map(values).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    1 + inside
}

/// Replaces the value before which `left` others are read. Returns whether it was found.
fn put(written: &mut Value, left: &mut usize, instead: &Value) -> bool {
    if *left == 0 {
        *written = instead.clone();
        return true;
    }
    *left -= 1;
    match written {
        Value::Array(parts) => parts.iter_mut().any(|part| put(part, left, instead)),
        Value::Object(parts) => parts.values_mut().any(|part| put(part, left, instead)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn in_text<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let text = serde_json::to_string(value).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn in_bytes<T: Serialize + DeserializeOwned>(value: &T) -> T {
    postcard::from_bytes(&postcard::to_stdvec(value).unwrap()).unwrap()
}
