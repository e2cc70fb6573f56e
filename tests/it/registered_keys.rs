//! `register` of an identifier that has keys.

use std::time::Duration;

use brama::{
    Breaker, Config, Connection, ConnectionKind, Identity, PolicyPatch,
    status::{ConfigLayer, SettingName},
    testing::TestRegistry,
};

fn in_a_row(failures: u32) -> PolicyPatch {
    PolicyPatch::new().failure_threshold(failures)
}

fn effective(breaker: &Breaker) -> Option<u32> {
    breaker.status().policy.failure_threshold()
}

fn node(key: u8) -> Identity<'static> {
    Identity::new("node").with_key(key)
}

#[test]
fn a_connection_of_an_identifier_applies_to_keys_before_and_after_they_exist() {
    let registry = TestRegistry::new();
    let before = registry.breaker(node(1));
    let connection =
        Connection::new().kind(ConnectionKind::HTTP).label("team", "storage").policy(in_a_row(3));
    registry.register("node", connection).unwrap();
    for key in [before, registry.breaker(node(2))] {
        let status = key.status();
        assert_eq!(
            (status.policy.failure_threshold(), status.kind),
            (Some(3), Some(ConnectionKind::HTTP))
        );
        assert_eq!(status.labels.get("team"), Some("storage"));
        assert_eq!(status.settings.layer(SettingName::FailureThreshold), ConfigLayer::Register);
    }
    let elsewhere = registry.breaker(node(1).in_scope("elsewhere"));
    assert_eq!(effective(&elsewhere), Some(10));
}

#[test]
fn the_connection_of_a_key_goes_over_that_of_its_identifier() {
    let registry = TestRegistry::new();
    let of_all = Connection::new()
        .kind(ConnectionKind::HTTP)
        .label("team", "storage")
        .label("region", "eu")
        .policy(in_a_row(3).success_threshold(2));
    let of_key =
        Connection::new().kind(ConnectionKind::DATABASE).label("region", "us").policy(in_a_row(4));
    let key = registry.register(node(1), of_key).unwrap();
    registry.register("node", of_all).unwrap();
    let status = key.status();
    assert_eq!(status.kind, Some(ConnectionKind::DATABASE));
    assert_eq!(status.labels.to_string(), "region=us, team=storage");
    assert_eq!(
        (status.policy.failure_threshold(), status.policy.success_threshold()),
        (Some(4), 2)
    );
    assert_eq!(status.settings.layer(SettingName::FailureThreshold), ConfigLayer::KeyRegister);
}

#[test]
fn the_kind_of_an_identifier_gives_its_keys_the_defaults_of_that_kind() {
    let registry = TestRegistry::new();
    registry.init(Config::new().kind_defaults(ConnectionKind::HTTP, in_a_row(3))).unwrap();
    registry.register("node", Connection::new().kind(ConnectionKind::HTTP)).unwrap();
    assert_eq!(effective(&registry.breaker(node(1))), Some(3));
}

#[test]
fn unregistering_an_identifier_takes_its_connection_from_its_keys() {
    let registry = TestRegistry::new();
    registry.register("node", Connection::new().label("team", "a").policy(in_a_row(3))).unwrap();
    let key = registry.breaker(node(1));
    assert!(registry.unregister("node"));
    assert!(!registry.unregister("node"));
    let status = key.status();
    assert_eq!((status.policy.failure_threshold(), status.labels.is_empty()), (Some(10), true));
    registry.register("node", Connection::new().policy(in_a_row(5))).unwrap();
    assert_eq!(effective(&key), Some(5));
}

#[test]
fn a_registration_that_is_rejected_changes_no_key() {
    let registry = TestRegistry::new();
    let key = registry.breaker(node(1));
    let _used = registry.breaker("node");
    let connection = Connection::new().policy(in_a_row(3));
    let error = registry.register("node", connection.clone()).unwrap_err();
    assert_eq!(error.into_connection(), connection);
    assert_eq!(effective(&key), Some(10));
}

#[test]
fn a_connection_of_an_identifier_keeps_no_key_from_being_evicted() {
    let registry = TestRegistry::new();
    registry.register("node", Connection::new().policy(in_a_row(3))).unwrap();
    drop(registry.breaker(node(1)));
    for _ in 0..2 {
        registry.advance(Duration::from_secs(24 * 60 * 60));
        registry.sweep();
    }
    assert!(registry.find(node(1)).is_none());
}
