//! Files of any settings with any values, most of them nearly right.

use brama_runtime::api::status::SettingName;
use proptest::{
    collection::vec,
    prelude::{Strategy, any, prop_oneof},
    sample::select,
};

/// A file in TOML.
pub(crate) fn texts() -> impl Strategy<Value = String> {
    let line = (select(names()), value()).prop_map(|(name, value)| format!("{name} = {value}\n"));
    let table = (select(HEADERS), vec(line, 0..5))
        .prop_map(|(header, lines)| format!("[{header}]\n{}", lines.concat()));
    vec(table, 0..6).prop_map(|tables| tables.concat())
}

const HEADERS: &[&str] = &[
    "registry",
    "defaults",
    "default",
    "kinds.http",
    "kinds.\"\"",
    "breakers.a",
    "breakers.b",
    "breakers.\"a b\"",
    "breakers.\"\\u001b[2J\\n\"",
    "breakers.a.keys.k",
    "breakers.a.keys.\"10.0.0.7\"",
    "breakers.b.keys.k",
    "breakers.10.0.0.7",
    "[breakers.c]",
    "breakers",
    "fleet",
];

fn names() -> Vec<&'static str> {
    let settings = SettingName::ALL.map(SettingName::as_str);
    let others = [
        "identifier",
        "scope",
        "inherits",
        "keys",
        "max_keys",
        "inactive_threshold",
        "cleanup_interval",
        "max_series",
        "reasons",
        "max_attempts",
        "failure-threshold",
        "window.calls",
        "window.time",
        "expiry.initial",
        "expiry.max",
        "failureRateThreshold",
        "url",
        "namespace",
        "min_votes",
        "wait",
        "\"\"",
    ];
    settings.into_iter().chain(others).collect()
}

/// A value in TOML.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(VALUES).prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_map(|number| format!("{number:?}")),
        1 => any::<u16>().prop_map(|number| number.to_string()),
        1 => (0..100_000_u32, select(UNITS)).prop_map(|(count, unit)| format!("\"{count}{unit}\"")),
        1 => "\\PC{0,12}".prop_map(|text| format!("{text:?}")),
    ]
}

const UNITS: &[&str] = &["ms", "s", "m", "h", "d", ""];

const VALUES: &[&str] = &[
    "0",
    "1",
    "5",
    "50",
    "101",
    "-1",
    "010",
    "4294967295",
    "4294967296",
    "0.01",
    "0.5",
    "1.0",
    "99.999",
    "1e300",
    "nan",
    "-inf",
    "true",
    "False",
    "\"off\"",
    "off",
    "\"\"",
    "\"5s\"",
    "5s",
    "\"10ms\"",
    "\"1m 30s\"",
    "\"1 d\"",
    "\"PT30S\"",
    "\"9999999999999999999h\"",
    "\"a\"",
    "\"b\"",
    "\"none\"",
    "\"failure\"",
    "[1]",
    "[{ calls = 1 }]",
    "{}",
    "{ calls = 10 }",
    "{ calls = 0 }",
    "{ calls = \"100\" }",
    "{ time = \"15ms\" }",
    "{ time = \"10s\", calls = 1 }",
    "{ initial = \"1s\", max = \"5s\", factor = 2.0 }",
    "{ initial = \"5m\", max = \"5s\", factor = 0.5 }",
    "{ initial = \"1s\" }",
    "1979-05-27",
    "'",
    "",
];

/// Variables with their values.
pub(crate) fn variables() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = (select(PREFIXES), vec(select(PARTS), 0..5))
        .prop_map(|(prefix, parts)| format!("{prefix}{}", parts.join("__")));
    let value = value().prop_map(|value| value.trim_matches('"').to_owned());
    vec((name, value), 0..5)
}

const PREFIXES: &[&str] = &["BRAMA__", "BRAMA__", "BRAMA__BREAKERS__", "BRAMA_", "brama__"];

const PARTS: &[&str] = &[
    "BREAKERS",
    "DEFAULTS",
    "KINDS",
    "REGISTRY",
    "HTTP",
    "A",
    "a",
    "B",
    "KEYS",
    "K",
    "10_0_0_7",
    "EXPIRY",
    "INITIAL",
    "WINDOW",
    "CALLS",
    "FAILURE_THRESHOLD",
    "MAX_ATTEMPTS",
    "SHADOW",
    "INHERITS",
    "",
    "_",
    "é",
];
