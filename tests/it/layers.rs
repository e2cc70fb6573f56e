//! Layers of configuration: which layer decides each setting, and what causes a warning.

use std::time::Duration;

use brama::{
    Config, Connection, ConnectionKind, Expiry, Identity, PolicyPatch, Registry, Window,
    circuit_breaker,
    status::{ConfigLayer, SettingName},
};

use crate::circuit_open::PlainError;

fn threshold(failures: u32) -> PolicyPatch {
    PolicyPatch::new().failure_threshold(failures)
}

const LAYERED: u32 = line!() + 2;

#[circuit_breaker(
    identifier = "layered",
    key = key,
    registry = registry,
    type = "http",
    failure_threshold = 4
)]
fn layered(registry: &Registry, key: u8) -> Result<(), PlainError> {
    Ok(())
}

#[test]
fn each_layer_overrides_the_layers_below_it() {
    let registry = Registry::new();
    let key = Identity::new("layered").with_key(7);
    let effective = || {
        let status = registry.status(&key).unwrap();
        let layer = status.settings.layer(SettingName::FailureThreshold);
        (status.policy.failure_threshold().unwrap(), layer)
    };
    registry.register(&key, Connection::new()).unwrap();
    assert_eq!(effective(), (10, ConfigLayer::BuiltIn));
    layered(&registry, 7).unwrap();
    assert_eq!(effective(), (4, ConfigLayer::Attribute));
    assert!(registry.unregister(&key));
    registry.register("layered", Connection::new().policy(threshold(6))).unwrap();
    registry.register(&key, Connection::new()).unwrap();
    assert_eq!(effective(), (6, ConfigLayer::Register));
    assert!(registry.unregister(&key));
    registry.register(&key, Connection::new().policy(threshold(5))).unwrap();
    assert_eq!(effective(), (5, ConfigLayer::KeyRegister));
    let config = Config::new()
        .defaults(threshold(2))
        .kind_defaults(ConnectionKind::HTTP, threshold(3))
        .configure("layered", threshold(6));
    registry.init(config).unwrap();
    assert_eq!(effective(), (6, ConfigLayer::Init));
    registry.reload(Config::new().configure(&key, threshold(8))).unwrap();
    assert_eq!(effective(), (8, ConfigLayer::KeyInit));
    registry.configure("layered", threshold(7)).unwrap();
    assert_eq!(effective(), (7, ConfigLayer::Configure));
    registry.configure(&key, threshold(9)).unwrap();
    assert_eq!(effective(), (9, ConfigLayer::KeyConfigure));
}

#[test]
fn the_configuration_of_a_key_at_run_time_overrides_the_one_at_init() {
    let registry = Registry::new();
    let key = || Identity::new("node").with_key(1);
    let config = Config::new().configure("node", threshold(2)).configure(key(), threshold(3));
    registry.init(config).unwrap();
    let breaker = registry.breaker(key());
    assert_eq!(
        breaker.status().settings.layer(SettingName::FailureThreshold),
        ConfigLayer::KeyInit
    );
    registry.configure(key(), threshold(4)).unwrap();
    assert_eq!(breaker.status().policy.failure_threshold(), Some(4));
}

#[test]
fn defaults_of_a_kind_reach_that_kind_alone() {
    let registry = Registry::new();
    let http = || Connection::new().kind(ConnectionKind::HTTP);
    let before = registry.register("before", http()).unwrap();
    let config = Config::new()
        .defaults(threshold(2).success_threshold(2))
        .kind_defaults(ConnectionKind::HTTP, threshold(3));
    registry.init(config).unwrap();
    let after = registry.register("after", http()).unwrap();
    for breaker in [before, after] {
        let status = breaker.status();
        assert_eq!(status.policy.failure_threshold(), Some(3));
        assert_eq!(status.policy.success_threshold(), 2);
        assert_eq!(status.settings.layer(SettingName::FailureThreshold), ConfigLayer::Kind);
        assert_eq!(status.settings.layer(SettingName::SuccessThreshold), ConfigLayer::Defaults);
    }
    let cache = Connection::new().kind(ConnectionKind::CACHE);
    let cache = registry.register("cache", cache).unwrap();
    assert_eq!(cache.status().policy.failure_threshold(), Some(2));
}

#[test]
fn an_identifier_is_configured_for_all_its_keys_before_and_after_they_exist() {
    let registry = Registry::new();
    let node = |key: u8| Identity::new("node").with_key(key);
    let before = registry.breaker(node(1));
    let scoped = registry.breaker(Identity::new("node").in_scope("other"));
    registry.configure("node", threshold(3)).unwrap();
    for breaker in [before, registry.breaker(node(2)), registry.breaker("node")] {
        assert_eq!(breaker.status().policy.failure_threshold(), Some(3), "{breaker:?}");
    }
    assert_eq!(scoped.status().policy.failure_threshold(), Some(10));
}

#[test]
fn a_handle_configures_the_keys_of_its_identifier_too() {
    let registry = Registry::new();
    let key = registry.breaker(Identity::new("node").with_key(1));
    registry.breaker("node").configure(threshold(3)).unwrap();
    assert_eq!(key.status().policy.failure_threshold(), Some(3));
}

#[test]
fn configuring_creates_no_breaker() {
    let registry = Registry::new();
    registry.configure("later", threshold(3)).unwrap();
    assert!(registry.find("later").is_none());
    assert!(registry.register("later", Connection::new()).is_ok());
    assert_eq!(registry.breaker("later").status().policy.failure_threshold(), Some(3));
}

#[test]
fn off_in_a_later_layer_unsets_a_rule_and_the_threshold_comes_back() {
    let registry = Registry::new();
    let breaker =
        registry.register("a", Connection::new().policy(PolicyPatch::new().failure_rate(50)));
    let breaker = breaker.unwrap();
    assert_eq!(breaker.status().policy.failure_threshold(), None);
    breaker.configure(PolicyPatch::new().failure_rate_off()).unwrap();
    let status = breaker.status();
    assert_eq!(status.policy.failure_threshold(), Some(10));
    assert_eq!(status.settings.layer(SettingName::FailureRate), ConfigLayer::Configure);
    assert_eq!(status.settings.layer(SettingName::FailureThreshold), ConfigLayer::BuiltIn);
}

#[test]
fn a_setting_that_contradicts_a_later_layer_leaves_room_for_one_below_it() {
    let registry = Registry::new();
    let rate = PolicyPatch::new().failure_rate(50);
    registry.init(Config::new().defaults(rate.minimum_calls(5))).unwrap();
    let connection = Connection::new().policy(PolicyPatch::new().minimum_calls(40));
    let breaker = registry.register("a", connection).unwrap();
    breaker.configure(PolicyPatch::new().window(Window::calls(10))).unwrap();
    let status = breaker.status();
    assert_eq!(status.policy.minimum_calls(), 5);
    assert_eq!(
        status.warnings,
        ["`minimum_calls` 40 (register) is above the window (the last 10 calls, configure): \
             5 applies"]
    );
}

#[test]
fn an_invalid_configuration_names_the_place_of_every_mistake() {
    let config = Config::new()
        .defaults(threshold(0))
        .kind_defaults(ConnectionKind::HTTP, PolicyPatch::new().jitter(1.5))
        .configure("payment_api", PolicyPatch::new().window(Window::calls(5)).minimum_calls(6));
    let error = Registry::new().init(config).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid configuration
  defaults: `failure_threshold` is 0, must be at least 1, or off
  kind http: `jitter` is 1.5, must be a share from 0 to 0.9 in whole thousandths
  payment_api: `minimum_calls` is 6, must be at most the calls of the window"
    );
}

#[test]
fn settings_of_a_rule_that_is_off_cause_warnings() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    let second = Duration::from_secs(1);
    let idle = PolicyPatch::new().slow_call_duration(second).window(Window::calls(10));
    breaker.configure(idle).unwrap();
    assert_eq!(
        breaker.status().warnings,
        [
            "`slow_call_duration` (1s, configure) does nothing: `slow_call_rate` is off",
            "`window` (the last 10 calls, configure) does nothing: no rate and no `failure_count` is \
             set",
        ]
    );
}

#[test]
fn settings_that_can_never_act_cause_warnings() {
    let second = Duration::from_secs(1);
    let p = PolicyPatch::new;
    let rate = p().failure_rate(50);
    for (patch, expected) in [
        (
            p().failure_threshold_off(),
            "every rule is off: only an action by hand opens the circuit",
        ),
        (
            rate.window(Window::calls(10)).failure_threshold(11),
            "`failure_threshold` 11 is above the window of 10 calls: `failure_rate` 50 opens first",
        ),
        (
            rate.window(Window::time(second)).minimum_calls(1_000_001),
            "`minimum_calls` 1000001 within 1s is more than any breaker sees",
        ),
        (
            p().slow_call_rate(50).probe_timeout(second),
            "`probe_timeout` 1s is shorter than `slow_call_duration` 1m: a slow probe may lose \
             its place before it is judged",
        ),
        (
            p().timeout(61 * second),
            "`timeout` 1m 1s is longer than `probe_timeout` 1m: a probe may lose its place before \
             it times out",
        ),
        (
            p().slow_call_rate(50).timeout(59 * second),
            "`timeout` 59s is shorter than `slow_call_duration` 1m: of the calls with the timeout, \
             `slow_call_rate` 50 acts only on streams and bodies that go on after it",
        ),
        (
            p().expiry(Expiry::progressive(second, second)),
            "`expiry` is progressive but stays at 1s",
        ),
    ] {
        assert_eq!(patch.policy().unwrap().lint(), [expected]);
        let breaker = Registry::new().breaker("linted");
        breaker.configure(patch).unwrap();
        assert!(breaker.status().warnings.iter().any(|warning| warning == expected));
    }
}

#[test]
fn settings_that_can_act_cause_no_warnings() {
    let p = PolicyPatch::new;
    for patch in [
        p(),
        p().failure_rate(50).failure_threshold(100),
        p().failure_rate(50).window(Window::time(Duration::from_millis(10))),
        p().slow_call_rate(50),
        p().slow_call_rate(50).timeout(Duration::from_secs(60)),
        p().timeout(Duration::from_secs(1)),
        p().half_open_limit(10),
        p().expiry(Expiry::progressive(Duration::from_secs(5), Duration::from_secs(300))),
    ] {
        assert!(patch.policy().unwrap().lint().is_empty(), "{patch:?}");
    }
}

#[test]
fn two_attributes_that_differ_are_both_named_by_file_and_line() {
    #[circuit_breaker(identifier = "declared twice", registry = registry, failure_threshold = 1)]
    fn first(registry: &Registry) -> Result<(), PlainError> {
        Ok(())
    }
    const FIRST: u32 = line!() - 4;

    #[circuit_breaker(identifier = "declared twice", registry = registry, failure_threshold = 2)]
    fn second(registry: &Registry) -> Result<(), PlainError> {
        Ok(())
    }
    const SECOND: u32 = line!() - 4;

    let registry = Registry::new();
    first(&registry).unwrap();
    assert!(registry.status("declared twice").unwrap().warnings.is_empty());
    second(&registry).unwrap();
    let status = registry.status("declared twice").unwrap();
    assert_eq!(status.policy.failure_threshold(), Some(1));
    let file = file!();
    assert_eq!(
        status.warnings,
        [format!(
            "the attributes at {file}:{FIRST} and {file}:{SECOND} have this identity and differ: \
             the one at {file}:{FIRST} applies"
        )]
    );
}

#[test]
fn two_attributes_that_agree_cause_no_warning() {
    #[circuit_breaker(identifier = "agreed", registry = registry, failure_threshold = 1)]
    fn first(registry: &Registry) -> Result<(), PlainError> {
        Ok(())
    }

    #[circuit_breaker(identifier = "agreed", registry = registry, max_attempts = 1)]
    fn second(registry: &Registry) -> Result<(), PlainError> {
        Ok(())
    }

    let registry = Registry::new();
    first(&registry).unwrap();
    second(&registry).unwrap();
    assert!(registry.status("agreed").unwrap().warnings.is_empty());
}

#[test]
fn the_kind_of_register_wins_over_the_attribute_and_a_warning_names_both() {
    let registry = Registry::new();
    let key = Identity::new("layered").with_key(1);
    let database = Connection::new().kind(ConnectionKind::DATABASE);
    registry.register(&key, database).unwrap();
    layered(&registry, 1).unwrap();
    let status = registry.status(&key).unwrap();
    assert_eq!(status.kind, Some(ConnectionKind::DATABASE));
    let file = file!();
    assert_eq!(
        status.warnings,
        [format!(
            "the attribute at {file}:{LAYERED} has type http, `register` has database: database \
             applies"
        )]
    );
}
