//! What the errors of a deserializer show of the input: little of it, on one line.

use std::fmt::Display;

use brama::{
    Config, Expiry, Identity, Policy, PolicyPatch, Reason, State, Window,
    circuit::{Action, Admission, By, Circuit, Fate, Generation, Tick, Verdict},
    config::Reasons,
    outcome::Abandoned,
    status::{Cause, Change, DurationSource, Limit, OpenDuration, Rule, SettingName, WindowCounts},
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, Visitor, value::Error},
    forward_to_deserialize_any,
};
use serde_json::{Value, json};

macro_rules! for_each_type {
    ($($name:ident)*) => {
        fn check_every_type(texts: &[Value]) {
            $(check::<$name>(stringify!($name), texts);)*
        }
    };
}

// Every public type that serde reads; `tests/tidy/deserialized.rs` compares the list.
for_each_type! {
    Abandoned Action Admission By Cause Change Circuit Config DurationSource Expiry Fate Generation
    Identity Limit OpenDuration Policy PolicyPatch Reason Reasons Rule SettingName State Tick
    Verdict Window WindowCounts
}

#[test]
fn an_error_shows_little_of_a_rejected_text() {
    check_every_type(&hostile_values());
}

#[test]
fn an_error_about_a_part_shows_little_of_it() {
    let policy = PolicyPatch::new().failure_threshold(1).policy().unwrap();
    let mut circuit = Circuit::new(1);
    let by = By::actor("alice", "maintenance");
    let change = circuit.act(&policy, Action::Open(None), by, Tick::ORIGIN);
    let whole = json!({ "policy": policy, "change": change, "circuit": circuit });
    for hostile in hostile_values() {
        let parts = |key: &str| with_each_part_replaced(&whole[key], &hostile);
        check::<Policy>("Policy", &parts("policy"));
        check::<Change>("Change", &parts("change"));
        check::<Circuit>("Circuit", &parts("circuit"));
    }
}

#[test]
fn an_error_shows_a_rejected_text_in_part() {
    let hostile = |text: &str| json!({ "from": text });
    let error = serde_json::from_value::<Change>(hostile(&"a\n".repeat(100))).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "unknown variant `{}…`, expected one of `closed`, `open`, `half_open`, `force_open`, \
             `disabled`",
            r"a\n".repeat(20) + "a"
        )
    );
}

#[test]
fn an_error_of_the_format_itself_is_shown_escaped() {
    let error = State::deserialize(Refusing("a\u{1b}[2J")).unwrap_err();
    assert_eq!(error.to_string(), r"a\u{1b}[2J");
    let error = State::deserialize(Refusing("in two\nlines")).unwrap_err();
    assert_eq!(error.to_string(), "in two\nlines");
}

/// A format that accepts nothing.
struct Refusing(&'static str);

impl<'de> Deserializer<'de> for Refusing {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom(self.0))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

/// Texts, long and short, as values and as names.
fn hostile_values() -> Vec<Value> {
    let texts =
        ["\u{202e}\n\u{1b}".to_owned(), "\u{202e}\n\u{1b}".repeat(3_500), "a".repeat(9_999)];
    let values = |text: &String| {
        [json!(text), json!([text]), json!({ text: 1 }), json!({ text: text }), json!([[text], 1])]
    };
    texts.iter().flat_map(values).collect()
}

/// Copies of a value, in each of which one part is another, or has one more.
fn with_each_part_replaced(whole: &Value, other: &Value) -> Vec<Value> {
    let mut copies = vec![other.clone()];
    let Value::Object(parts) = whole else { return copies };
    let with = |name: &String, part: &Value| {
        let mut parts = parts.clone();
        parts.insert(name.clone(), part.clone());
        Value::Object(parts)
    };
    for (name, part) in parts {
        let replaced = with_each_part_replaced(part, other);
        copies.extend(replaced.iter().map(|part| with(name, part)));
    }
    let more = other.as_object().into_iter().flatten();
    copies.extend(more.map(|(name, part)| with(name, part)));
    copies
}

/// Reads the values as a type, from formats that refuse them in different words.
fn check<T: DeserializeOwned>(name: &str, values: &[Value]) {
    let mut errors = 0;
    for value in values {
        errors += check_error(name, serde_json::from_str::<T>(&value.to_string()));
        errors += check_error(name, serde_json::from_value::<T>(value.clone()));
        if let Ok(table) = toml::Value::try_from(value) {
            let read = table.try_into::<T>();
            errors += check_error(name, read.map_err(|error| error.message().to_owned()));
        }
    }
    assert!(0 < errors, "{name}: no value was rejected");
}

/// Returns how many errors there were.
fn check_error<T, E: Display>(name: &str, read: Result<T, E>) -> u32 {
    let Err(error) = read else { return 0 };
    let error = error.to_string();
    assert!(error.len() < MOST_BYTES, "{name}: {} bytes", error.len());
    let hidden = ['\n', '\u{1b}', '\u{202e}'];
    assert!(!error.contains(hidden), "{name}: {error:?}");
    1
}

/// More than the 4,096 bytes of a message by what a format adds, such as the place.
const MOST_BYTES: usize = 4_200;
