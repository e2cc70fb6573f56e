//! A bounded fuzz run of the reader and the importers: real files, damaged; files of any settings;
//! any variables. It has a fixed seed, which a failure prints.
//!
//! A longer run, with another seed:
//!
//! ```text
//! PROPTEST_CASES=100000 PROPTEST_RNG_SEED=7 \
//!   cargo test --release --package brama-config --all-features --test fuzz
//! ```

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails loudly")]

mod damage;
mod grammar;
mod laws;
mod seeds;

use std::env;

use brama_config::{
    File, Loaded,
    import::{envoy_outlier, microprofile, polly_json, resilience4j_yaml},
};
use proptest::{
    prelude::{ProptestConfig, proptest},
    test_runner::RngSeed,
};

use self::{
    damage::damaged,
    grammar::{texts, variables},
    laws::{Importer, check_import, check_read},
    seeds::{configurations_as_json, files, valid_configurations},
};

/// This many cases with this seed, unless the environment says otherwise.
fn cases(cases: u32) -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(SEED);
    }
    // Shown if the test fails.
    eprintln!("PROPTEST_RNG_SEED={}", config.rng_seed);
    config
}

const SEED: u64 = 12;

#[test]
fn damaged_toml_is_read_or_an_error_in_its_lines() {
    let mut texts = files("bad", &["toml"]);
    texts.extend(valid_configurations());
    proptest!(cases(1_500), |(text in damaged(texts))| {
        check_read(&text, &[], Loaded::parse_toml(&text, laws::NAME));
    });
}

#[test]
fn damaged_json_is_read_or_an_error_in_its_lines() {
    let mut texts = files("bad", &["json"]);
    texts.extend(configurations_as_json());
    proptest!(cases(1_500), |(text in damaged(texts))| {
        check_read(&text, &[], Loaded::parse_json(&text, laws::NAME));
    });
}

#[test]
fn a_file_of_any_settings_is_read_or_an_error_in_its_lines() {
    proptest!(cases(1_500), |(text in texts())| {
        check_read(&text, &[], Loaded::parse_toml(&text, laws::NAME));
    });
}

#[test]
fn any_variables_over_a_file_are_read_or_an_error_at_their_names() {
    proptest!(cases(1_000), |(text in texts(), variables in variables())| {
        let file = File::at(laws::NAME).optional().environment(variables.clone());
        check_read(&text, &variables, file.parse(text.clone().into_bytes()));
    });
}

/// Damages the files of a format.
fn fuzz(import: Importer, folder: &str, ends: &[&str]) {
    let texts = files(&format!("import/{folder}"), ends);
    proptest!(cases(800), |(text in damaged(texts))| {
        check_import(&text, import(&text, laws::NAME));
    });
}

#[test]
fn a_damaged_file_of_resilience4j_is_imported_or_an_error_in_its_lines() {
    fuzz(resilience4j_yaml, "resilience4j", &["yml", "yaml"]);
}

#[test]
fn a_damaged_file_of_polly_is_imported_or_an_error_in_its_lines() {
    fuzz(polly_json, "polly", &["json"]);
}

#[test]
fn a_damaged_file_of_envoy_is_imported_or_an_error_in_its_lines() {
    fuzz(envoy_outlier, "envoy", &["json", "yaml"]);
}

#[test]
fn a_damaged_file_of_microprofile_is_imported_or_an_error_in_its_lines() {
    fuzz(microprofile, "microprofile", &["properties"]);
}
