//! The table `[fleet]`: what is read, what is wrong with it, and what a reload changes.
//!
//! `BRAMA_BLESS=1 cargo test --package brama-config --features fleet --test fleet` writes the
//! messages anew. Then read each as if you had never seen brama.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{env, fs, path::PathBuf, time::Duration};

use brama_config::{ConfigErrors, File, Loaded};
use brama_fleet::{FleetConfig, FleetPolicy, FleetSetting, NodeName, node::FleetMode};
use brama_runtime::api::Registry;

const TABLE: &str =
    "[fleet]\nurl = \"redis://brama:secret@10.0.0.5/\"\nnamespace = \"prod.shop\"\n";

fn bad_files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fleet/bad");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().unwrap() == "toml").collect();
    paths.sort();
    paths
}

#[test]
fn each_bad_file_has_the_message_beside_it() {
    let files = bad_files();
    assert!(20 <= files.len());
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let errors = Loaded::parse_toml(&fs::read_to_string(&path).unwrap(), name).unwrap_err();
        let is_one = errors.findings().len() == 1;
        assert_eq!(is_one, !name.starts_with("several"), "{errors}");
        let (message, golden) = (format!("{errors}\n"), path.with_extension("txt"));
        assert!(!message.contains("secret"), "{message}");
        if env::var_os("BRAMA_BLESS").is_some() {
            fs::write(golden, message).unwrap();
        } else {
            assert_eq!(message, fs::read_to_string(golden).unwrap_or_default(), "{name}");
        }
    }
}

fn with(lines: &str) -> Loaded {
    Loaded::parse_toml(&format!("{TABLE}{lines}"), "brama.toml").unwrap()
}

#[test]
fn a_table_with_two_lines_has_the_defaults() {
    let expected = FleetConfig::new("redis://brama:secret@10.0.0.5/", "prod.shop").unwrap();
    assert_eq!(with("").fleet(), Some(&expected));
    assert_eq!(Loaded::parse_toml("[defaults]\n", "brama.toml").unwrap().fleet(), None);
}

#[test]
fn every_setting_of_the_table_is_read() {
    let loaded = with(
        "node = \"pod-7\"\nmode = \"shadow\"\ncommand-timeout = \"250ms\"\nmin-votes = 5\n\
         wait = \"10s\"\n",
    );
    let policy = FleetPolicy::new().min_votes(5).unwrap().wait(Duration::from_secs(10)).unwrap();
    let expected = FleetConfig::new("redis://brama:secret@10.0.0.5/", "prod.shop").unwrap();
    let expected = expected.with_policy(policy).with_mode(FleetMode::Shadow);
    let expected = expected.with_node(NodeName::new("pod-7").unwrap());
    let expected = expected.with_command_timeout(Duration::from_millis(250)).unwrap();
    assert_eq!(loaded.fleet(), Some(&expected));
}

#[test]
fn each_setting_of_a_policy_can_be_set_to_its_default() {
    for setting in FleetSetting::all() {
        let value = setting.value(&FleetPolicy::new());
        let value = if value.parse::<u32>().is_ok() { value } else { format!("\"{value}\"") };
        let loaded = with(&format!("{} = {value}\n", setting.name()));
        assert_eq!(loaded.fleet().unwrap().policy(), &FleetPolicy::new(), "{setting:?}");
    }
}

#[test]
fn each_setting_is_in_the_guide_with_its_default() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/guide/fleet.md");
    let guide = fs::read_to_string(guide).unwrap();
    for setting in FleetSetting::all() {
        let row = format!("| `{}` | {} |", setting.name(), setting.value(&FleetPolicy::new()));
        assert!(guide.lines().any(|line| line.starts_with(&row)), "{row}");
    }
}

#[test]
fn json_has_the_table_too() {
    let text = r#"{ "fleet": { "url": "redis://10.0.0.5/", "namespace": "prod.shop" } }"#;
    assert!(Loaded::parse_json(text, "brama.json").unwrap().fleet().is_some());
}

#[test]
fn nothing_that_is_printed_shows_the_password() {
    let loaded = with("");
    assert!(!format!("{loaded:?} {:?}", loaded.fleet()).contains("secret"));
    let variables = [("BRAMA__FLEET__URL", "redis://brama:secret@10.0.0.5/")];
    assert!(!format!("{:?}", File::at("a.toml").environment(variables)).contains("secret"));
}

fn of_variables(variables: &[(&str, &str)]) -> Result<Loaded, ConfigErrors> {
    File::at("not-there.toml").optional().environment(variables.iter().copied()).read()
}

#[test]
fn variables_set_the_table() {
    let loaded = of_variables(&[
        ("BRAMA__FLEET__URL", "redis://brama:secret@10.0.0.5/"),
        ("BRAMA__FLEET__NAMESPACE", "7"),
        ("BRAMA__FLEET__MIN_VOTES", "2"),
        ("BRAMA__FLEET__WAIT", "10s"),
        ("BRAMA_FLEET_URL", "redis://of-the-command/"),
    ]);
    let loaded = loaded.unwrap();
    let config = loaded.fleet().unwrap();
    assert_eq!((config.namespace(), config.policy().quorum(1)), ("7", 2));
    assert_eq!(config.url().expose(), "redis://brama:secret@10.0.0.5/");
    assert!(loaded.warnings().is_empty(), "{:?}", loaded.warnings());
}

#[test]
fn a_wrong_variable_does_not_show_its_password() {
    let variables = [("BRAMA__FLEET__URL", "redis://brama:secret@ten thousand/")];
    let errors = of_variables(&variables).unwrap_err().to_string();
    assert!(errors.contains("BRAMA__FLEET__URL") && !errors.contains("secret"), "{errors}");
}

#[test]
fn what_is_valid_and_probably_not_meant_is_a_warning() {
    let warnings = |lines: &str| {
        let loaded = with(lines);
        loaded.warnings().iter().map(|it| it.message().to_owned()).collect::<Vec<_>>()
    };
    assert!(warnings("").is_empty());
    assert_eq!(warnings("min_votes = 1\n"), ["in a fleet of 3 nodes, one sick node opens for all"]);
    let never_grows = "`wait` 10m is above `longest_wait` 5m: the wait never grows, and a \
                       rejection by hand is shorter than it";
    assert_eq!(warnings("wait = \"10m\"\n"), [never_grows]);
    let ends = "`vote` 5s is no longer than `heartbeat` 5s: a vote ends before it is cast again";
    assert_eq!(warnings("vote = \"5s\"\n"), [ends]);
}

#[test]
fn a_reload_says_what_acts_at_once_and_what_needs_a_restart() {
    let registry = Registry::new();
    with("").init(&registry).unwrap();
    let text = TABLE.replace("prod.shop", "prod.cart") + "min_votes = 5\n";
    let reload = |text: &str| {
        let loaded = Loaded::parse_toml(text, "brama.toml").unwrap();
        let reloaded = loaded.reload(&registry).unwrap();
        let changes = reloaded.fleet_changes.iter().map(ToString::to_string).collect::<Vec<_>>();
        (reloaded.fleet, changes)
    };
    let restart = "fleet: namespace from prod.shop to prod.cart (after a restart)";
    let (fleet, changes) = reload(&text);
    assert_eq!(fleet.unwrap().namespace(), "prod.cart");
    assert_eq!(changes, [restart, "fleet: min_votes from 3 to 5"]);
    // The program still runs by the namespace that it had.
    assert_eq!(reload(&text).1, [restart]);
    assert_eq!(reload("[defaults]\n"), (None, vec!["fleet: mode from active to off".to_owned()]));
    let back = ["fleet: mode from off to active", "fleet: min_votes from 5 to 3"];
    assert_eq!(reload(TABLE).1, back);
}
