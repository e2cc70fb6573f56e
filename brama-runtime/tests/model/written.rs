//! Laws of what serde writes and reads.

use brama_runtime::api::{
    Policy, PolicyPatch,
    circuit::{Action, Tick},
};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, proptest},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    harness::Stand,
    oracle_policy::Terms,
    traffic::{cases, signals, terms},
};

#[test]
fn a_circuit_read_back_goes_on_as_if_nothing_had_been() {
    let traffic =
        terms().prop_flat_map(|terms| (Just(terms), signals(&terms, 200), signals(&terms, 100)));
    proptest!(cases(96), |((terms, before, after) in traffic)| {
        let stand = Stand::new(&terms).steps(&before);
        for circuit in [in_text(&stand.circuit), in_bytes(&stand.circuit)] {
            let (mut original, mut copy) = (stand.clone(), Stand { circuit, ..stand.clone() });
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
    let traffic = terms().prop_flat_map(|terms| (Just(terms), signals(&terms, 200)));
    proptest!(cases(64), |((terms, signals) in traffic)| {
        let Stand { mut circuit, policy, .. } = Stand::new(&terms).steps(&signals);
        let change = circuit.act(&policy, Action::Open(None), "by test".into(), Tick::ORIGIN);
        assert_eq!(in_text(&change), change);
        assert_eq!(in_bytes(&change), change);
    });
}

#[test]
fn a_policy_reads_back_as_itself() {
    proptest!(cases(96), |(terms in terms(), jitter in 0..=900_u32)| {
        let policy = jittered(&terms, jitter).policy().unwrap();
        assert_eq!(in_text(&policy), policy);
        assert_eq!(in_bytes(&policy), policy);
    });
}

#[test]
fn a_patch_reads_back_as_itself() {
    let named = vec(any::<bool>(), 14);
    proptest!(cases(96), |(terms in terms(), jitter in 0..=900_u32, named in named)| {
        let patch = only(&jittered(&terms, jitter), &named);
        assert_eq!(in_text(&patch), patch);
        assert_eq!(in_bytes(&patch), patch);
    });
}

fn jittered(terms: &Terms, thousandths: u32) -> PolicyPatch {
    terms.patch().jitter(f64::from(thousandths) / 1000.0)
}

/// The settings of a patch at the places that are named.
fn only(patch: &PolicyPatch, named: &[bool]) -> PolicyPatch {
    let Value::Object(all) = json(&patch.layered_over(Policy::DEFAULT.into())) else {
        unreachable!()
    };
    assert_eq!(all.len(), named.len());
    let kept = all.into_iter().zip(named).filter(|(_, named)| **named).map(|(setting, _)| setting);
    serde_json::from_value(kept.collect()).unwrap()
}

#[test]
fn no_misprint_makes_a_circuit_that_panics() {
    let rated =
        terms().prop_map(|terms| Terms { failure_rate: terms.failure_rate.or(Some(50)), ..terms });
    let traffic =
        rated.prop_flat_map(|terms| (Just(terms), signals(&terms, 60), signals(&terms, 20)));
    proptest!(cases(24), |((terms, before, after) in traffic)| {
        let stand = Stand::new(&terms).steps(&before);
        for misprint in misprints(&json(&stand.circuit)) {
            if let Ok(circuit) = serde_json::from_value(misprint) {
                let end = Stand { circuit, ..stand.clone() }.steps(&after);
                assert_eq!(in_text(&end.circuit).state(), end.view().state);
            }
        }
    });
}

#[test]
fn no_misprint_makes_a_policy_outside_its_limits() {
    proptest!(cases(24), |(terms in terms())| {
        for misprint in misprints(&json(&terms.policy())) {
            if let Ok(policy) = serde_json::from_value::<Policy>(misprint.clone()) {
                assert_eq!(PolicyPatch::from(policy).policy(), Ok(policy));
            }
            if let Ok(patch) = serde_json::from_value::<PolicyPatch>(misprint) {
                assert_eq!(patch.mistakes(), []);
            }
        }
    });
}

/// The text with one of its values replaced: every value, by everything odd.
fn misprints(written: &Value) -> impl Iterator<Item = Value> {
    (0..values(written)).flat_map(move |place| {
        odd_values().map(move |odd| {
            let mut misprint = written.clone();
            put(&mut misprint, &mut place.clone(), &odd);
            misprint
        })
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

/// Replaces the value before which `left` others are read; whether it was met.
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
