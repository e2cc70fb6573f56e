//! The serialized form of a configuration: the shape of a file.

use std::{num::NonZeroUsize, time::Duration};

use brama::{Config, ConnectionKind, Expiry, Identity, PolicyPatch, config::Reasons};
use serde_json::{Value, json};

fn in_a_row(failures: u32) -> PolicyPatch {
    PolicyPatch::new().failure_threshold(failures)
}

fn read(written: Value) -> Result<Config, String> {
    serde_json::from_value(written).map_err(|error| error.to_string())
}

fn assert_error(written: Value, text: &str) {
    let error = read(written).unwrap_err();
    assert!(error.contains(text), "{error}");
}

fn full() -> Config {
    let key = Identity::new("payment_api").with_key("10.0.0.7");
    let eu = Identity::new("payment_api").in_scope("eu");
    Config::new()
        .defaults(in_a_row(5).shadow(true))
        .kind_defaults(ConnectionKind::HTTP, PolicyPatch::new().timeout(Duration::from_secs(5)))
        .configure("payment_api", in_a_row(3).failure_rate_off())
        .configure(key, PolicyPatch::new().expiry(Duration::from_secs(10)))
        .configure(eu, in_a_row(4))
        .configure("unset", PolicyPatch::new())
        .max_keys(NonZeroUsize::new(1000).unwrap())
        .inactive_threshold(Duration::from_secs(60))
        .cleanup_interval(None)
        .max_series(50)
        .reasons(Reasons::Type)
        .shadow(true)
}

#[test]
fn a_configuration_is_written_in_the_shape_of_a_file() {
    assert_eq!(
        serde_json::to_value(full()).unwrap(),
        json!({
            "registry": {
                "max_keys": 1000,
                "inactive_threshold": "1m",
                "cleanup_interval": "off",
                "max_series": 50,
                "reasons": "type",
                "shadow": true,
            },
            "defaults": { "failure_threshold": 5, "shadow": true },
            "kinds": { "http": { "timeout": "5s" } },
            "breakers": {
                "payment_api": {
                    "failure_threshold": 3,
                    "failure_rate": "off",
                    "keys": { "10.0.0.7": { "expiry": "10s" } },
                },
                "eu_payment_api": {
                    "identifier": "payment_api",
                    "scope": "eu",
                    "failure_threshold": 4,
                },
                "unset": {},
            },
        })
    );
}

#[test]
fn a_configuration_reads_back_as_itself() {
    for config in [full(), Config::new()] {
        assert_eq!(read(serde_json::to_value(&config).unwrap()), Ok(config));
    }
}

#[test]
fn a_configuration_is_read_from_toml() {
    let text = "breakers.payment_api.keys.\"10.0.0.7\".expiry = \"10s\"\n\
                breakers.payment_api.failure-threshold = 3";
    let key = Identity::new("payment_api").with_key("10.0.0.7");
    let expected = Config::new()
        .configure("payment_api", in_a_row(3))
        .configure(key, PolicyPatch::new().expiry(Duration::from_secs(10)));
    assert_eq!(toml::from_str(text), Ok(expected));
}

#[test]
fn an_entry_inherits_settings_but_no_names_and_no_keys() {
    let expiry = Expiry::fixed(Duration::from_secs(9));
    let config = read(json!({ "breakers": {
        "c": { "inherits": "b", "half_open_limit": 2 },
        "b": { "inherits": "a", "failure_threshold": 7 },
        "a": { "scope": "s", "expiry": "9s", "failure_threshold": 3, "keys": { "k": {} } },
    } }));
    let a = Identity::new("a").in_scope("s");
    let expected = Config::new()
        .configure(a.clone(), in_a_row(3).expiry(expiry))
        .configure(a.with_key("k"), PolicyPatch::new())
        .configure("b", in_a_row(7).expiry(expiry))
        .configure("c", in_a_row(7).expiry(expiry).half_open_limit(2));
    assert_eq!(config, Ok(expected));
}

#[test]
fn a_circle_of_entries_is_an_error() {
    let entries = json!({ "a": { "inherits": "b" }, "b": { "inherits": "a" } });
    assert_error(json!({ "breakers": entries }), "`a` inherits itself through others");
}

#[test]
fn an_unknown_parent_is_an_error() {
    let entries = json!({ "a": { "inherits": "b" } });
    assert_error(json!({ "breakers": entries }), "`a` inherits `b`, which has no table");
}

#[test]
fn a_setting_that_contradicts_an_inherited_one_is_an_error() {
    let entries = json!({
        "a": { "window": { "calls": 10 } },
        "b": { "inherits": "a", "minimum_calls": 20 },
    });
    assert_error(json!({ "breakers": entries }), "`b`: invalid policy: `minimum_calls` is 20");
}

#[test]
fn two_entries_with_one_identity_are_an_error() {
    let entries = json!({ "a": {}, "b": { "identifier": "a" } });
    assert_error(json!({ "breakers": entries }), "`a` has two entries");
}

#[test]
fn a_name_in_both_spellings_is_given_twice() {
    let defaults = json!({ "failure-threshold": 3, "failure_threshold": 4 });
    assert_error(json!({ "defaults": defaults }), "duplicate field `failure_threshold`");
}

#[test]
fn values_outside_their_limits_and_unknown_names_are_errors() {
    assert_error(json!({ "registry": { "max_keys": 0 } }), "`max_keys` is 0, must be at least 1");
    assert_error(json!({ "registry": { "cleanup_interval": "0s" } }), "cleanup_interval");
    assert_error(json!({ "defaults": { "failure_rate": 150 } }), "`failure_rate` is 150");
    assert_error(json!({ "defaults": { "scope": "a" } }), "unknown field `scope`");
    assert_error(json!({ "breaker": {} }), "unknown field `breaker`");
}

#[test]
fn an_error_about_a_duration_shows_one() {
    let error = "invalid type: integer `30`, expected a duration such as \"30s\"";
    assert_error(json!({ "defaults": { "probe_timeout": 30 } }), error);
    assert_error(json!({ "defaults": { "timeout": 30 } }), &format!("{error}, or \"off\""));
}

#[test]
fn settings_of_an_overflow_breaker_cannot_be_written() {
    let overflow = serde_json::from_value::<Identity<'static>>(
        json!({ "identifier": "a", "is_overflow": true }),
    );
    let config = Config::new().configure(overflow.unwrap(), in_a_row(1));
    let error = serde_json::to_value(config).unwrap_err();
    assert!(error.to_string().contains("an overflow breaker has no table"));
}
