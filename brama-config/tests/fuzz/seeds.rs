//! The files that are damaged: those of the goldens, and what the importers make of them.

use std::{fs, path::Path};

use brama_config::Loaded;

/// The texts of a folder of tests whose names end like this, in the order of their names.
pub(crate) fn files(folder: &str, ends: &[&str]) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.retain(|path| ends.iter().any(|end| path.extension().is_some_and(|it| it == *end)));
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Valid configurations in TOML.
pub(crate) fn valid_configurations() -> Vec<String> {
    let formats = ["resilience4j", "polly", "envoy", "microprofile"];
    let imported = formats.iter().flat_map(|format| files(&format!("import/{format}"), &["toml"]));
    imported.chain([WHOLE.to_owned()]).collect()
}

/// The same ones in JSON.
pub(crate) fn configurations_as_json() -> Vec<String> {
    let configs = valid_configurations().into_iter().map(|text| {
        let loaded = Loaded::parse_toml(&text, "seed").unwrap();
        serde_json::to_string_pretty(loaded.config()).unwrap()
    });
    configs.collect()
}

/// Every kind of table and of value.
const WHOLE: &str = r#"
registry = { max_keys = 10, reasons = "type" }
[defaults]
expiry = { initial = "5s", max = "2m", factor = 2.0 } # größe
window.calls = 10
[kinds.http]
timeout = '5s'
[breakers.a]
"failure-threshold" = 3
keys."10.0.0.7".expiry = """10s"""
[breakers.b]
inherits = "a"
identifier = "c"
scope = "eu"
failure_rate = 12.5
jitter = 0.1
abandoned = "failure"
"#;
