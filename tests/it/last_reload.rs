//! What operators see of the last reload.

use brama::{Config, Health, PolicyPatch, status::BreakerFilter, testing::TestRegistry};
use serde_json::Value;

fn threshold(failures: u32) -> Config {
    let in_a_row = PolicyPatch::new().failure_threshold(failures);
    Config::new().defaults(in_a_row).cleanup_interval(None)
}

#[test]
fn the_last_reload_counts_what_it_changed_and_names_its_source() {
    let registry = TestRegistry::new();
    assert_eq!(registry.last_reload(), None);
    let _breaker = registry.breaker("search");
    registry.reload_from("a.toml", threshold(6)).unwrap();
    let last = registry.last_reload().unwrap();
    assert!(last.is_successful() && last.last_success == Some(last.time));
    assert_eq!(last.source.as_deref(), Some("a.toml"));
    assert_eq!((last.settings, last.breakers), (2, 1));
    registry.reload(threshold(6)).unwrap();
    let last = registry.last_reload().unwrap();
    assert_eq!((last.source, last.settings, last.breakers), (None, 0, 0));
}

#[test]
fn an_init_is_no_reload() {
    let registry = TestRegistry::new();
    registry.init(threshold(3)).unwrap();
    assert_eq!(registry.last_reload(), None);
}

#[test]
fn a_reload_that_failed_is_a_warning_of_each_breaker_until_one_succeeds() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("search");
    registry.reload(threshold(6)).unwrap();
    let success = registry.last_reload().unwrap().last_success;
    registry.reload(threshold(0)).unwrap_err();
    let last = registry.last_reload().unwrap();
    assert_eq!((last.is_successful(), last.last_success), (false, success));
    let warnings = breaker.status().warnings;
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    for part in ["failed and changed nothing: defaults: ", "failure_threshold"] {
        assert!(warning.contains(part), "{warning}");
    }
    assert!(matches!(registry.health(BreakerFilter::new()), Health::Up(_)));
    registry.reload(threshold(6)).unwrap();
    assert_eq!(breaker.status().warnings, [""; 0]);
}

#[test]
fn in_json_times_are_texts_and_what_is_missing_is_null() {
    let registry = TestRegistry::new();
    registry.record_failed_reload("a.toml", &"bad");
    let last = serde_json::to_value(registry.last_reload().unwrap()).unwrap();
    assert!(last["time"].as_str().unwrap().ends_with('Z'), "{last}");
    assert_eq!((&last["error"], &last["last_success"]), (&"bad".into(), &Value::Null));
}
