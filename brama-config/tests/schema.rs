//! The committed schema is current, and agrees with the reader as far as a schema can.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{env, fs, path::Path};

use serde_json::Value;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/brama.schema.json");

fn current() -> String {
    serde_json::to_string_pretty(&brama_config::schema()).unwrap() + "\n"
}

fn is_valid(file: &str) -> bool {
    let schema = serde_json::to_value(brama_config::schema()).unwrap();
    let file: toml::Table = toml::from_str(file).unwrap();
    jsonschema::is_valid(&schema, &serde_json::to_value(file).unwrap())
}

/// `BRAMA_BLESS=1 cargo test --package brama-config --all-features --test schema` writes it.
#[test]
fn the_committed_schema_is_current() {
    if env::var_os("BRAMA_BLESS").is_some() {
        fs::write(COMMITTED, current()).unwrap();
    }
    let is_current = fs::read_to_string(COMMITTED).is_ok_and(|committed| committed == current());
    assert!(is_current, "brama.schema.json is not current: run the command above");
}

#[test]
fn a_good_file_is_valid() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/brama.toml");
    assert!(is_valid(&fs::read_to_string(example).unwrap()));
    assert!(is_valid("[defaults]\nmax-attempts = 3\nwindow = { time = \"1m 30s\" }\n"));
}

/// What a schema cannot say: rules between values, names of other tables, and long durations.
const ONLY_READ: [&str; 8] = [
    "circle",
    "maximum_below_initial",
    "minimum_above_inherited_window",
    "minimum_above_window",
    "two_spellings",
    "two_tables_of_one_breaker",
    "unknown_parent",
    "window_too_long",
];

#[test]
fn a_bad_file_is_not_valid_if_a_schema_can_say_so() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_toml = path.extension().is_some_and(|it| it == "toml");
        if is_toml && toml::from_str::<toml::Table>(&text).is_ok() {
            assert_eq!(is_valid(&text), ONLY_READ.contains(&name.as_str()), "{name}");
        }
    }
}

#[test]
fn each_setting_is_described() {
    let schema: Value = serde_json::from_str(&current()).unwrap();
    for table in ["policy", "breaker"] {
        let properties = schema["$defs"][table]["properties"].as_object().unwrap();
        assert!(properties.values().all(|it| it["description"].is_string()), "{table}");
    }
}
