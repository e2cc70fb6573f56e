//! Where a file sets what, and contents that come from elsewhere than the disk.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use brama_config::{File, Loaded};
use brama_runtime::api::{
    ConnectionKind, Identity,
    status::{ConfigLayer, SettingName},
};

const FILE: &str = r#"
[defaults]
failure_threshold = 8
[kinds.database]
success_threshold = 3
[breakers.base]
expiry = "5s"
[breakers.orders]
inherits = "base"
[breakers.orders.keys.eu]
half-open-limit = 2
"#;

fn loaded() -> Loaded {
    Loaded::parse_toml(FILE, "brama.toml").unwrap()
}

/// The line on which a layer of the key `eu` of `orders` sets a setting.
fn line(layer: ConfigLayer, setting: SettingName) -> Option<usize> {
    let (orders, kind) = (Identity::new("orders").with_key("eu"), ConnectionKind::DATABASE);
    loaded().location(&orders, Some(&kind), layer, setting)?.line()
}

#[test]
fn each_layer_of_a_file_has_places() {
    assert_eq!(line(ConfigLayer::Defaults, SettingName::FailureThreshold), Some(3));
    assert_eq!(line(ConfigLayer::Kind, SettingName::SuccessThreshold), Some(5));
    assert_eq!(line(ConfigLayer::Init, SettingName::Expiry), Some(7), "inherited");
    assert_eq!(line(ConfigLayer::KeyInit, SettingName::HalfOpenLimit), Some(11));
}

#[test]
fn a_layer_has_no_place_for_what_it_does_not_set() {
    assert_eq!(line(ConfigLayer::Init, SettingName::FailureThreshold), None);
    assert_eq!(line(ConfigLayer::Attribute, SettingName::Expiry), None);
}

#[test]
fn a_place_may_be_a_variable() {
    let file = File::at("brama.toml").environment([("BRAMA__DEFAULTS__EXPIRY", "3s")]);
    let loaded = file.parse(FILE.into()).unwrap();
    let other = Identity::new("other");
    let place = loaded.location(&other, None, ConfigLayer::Defaults, SettingName::Expiry).unwrap();
    assert_eq!(place.variable(), Some(("BRAMA__DEFAULTS__EXPIRY", "3s")));
}

#[test]
fn the_nearest_identity_is_found_by_its_identifier() {
    assert_eq!(loaded().nearest("oders"), Some(&Identity::new("orders")));
    assert_eq!(loaded().nearest("search"), None);
}

#[test]
fn contents_that_begin_with_a_brace_are_json() {
    let file = File::at("<stdin>").without_environment();
    let loaded = file.parse(b" { \"breakers\": { \"orders\": {} } }".to_vec()).unwrap();
    assert_eq!(loaded.identities().collect::<Vec<_>>(), [&Identity::new("orders")]);
}

#[test]
fn contents_above_the_limit_are_one_mistake() {
    let errors = File::at("<stdin>").parse(vec![b' '; 16 * 1024 * 1024 + 1]).unwrap_err();
    assert_eq!(errors.findings()[0].message(), "the text is longer than 16 MiB");
}
