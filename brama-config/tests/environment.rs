//! Environment variables over a file. No test sets a variable of its process.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

#[path = "support/folder.rs"]
mod folder;

use std::{path::PathBuf, time::Duration};

use brama_config::{ConfigErrors, File, Loaded};
use brama_runtime::api::{Config, ConnectionKind, Expiry, Identity, PolicyPatch, Window};

use crate::folder::Folder;

/// A file that is removed at the end of a test.
struct Written {
    path: PathBuf,
    _folder: Folder,
}

impl Written {
    fn new(name: &str, text: &str) -> Self {
        let folder = Folder::new(name);
        Self { path: folder.write(name, text), _folder: folder }
    }

    fn read(&self, variables: &[(&str, &str)]) -> Result<Loaded, ConfigErrors> {
        File::at(&self.path).environment(variables.iter().copied()).read()
    }
}

fn alone(variables: &[(&str, &str)]) -> Result<Loaded, ConfigErrors> {
    File::at("not-there.toml").optional().environment(variables.iter().copied()).read()
}

fn config(variables: &[(&str, &str)]) -> Config {
    alone(variables).unwrap_or_else(|errors| panic!("{errors}")).into_config()
}

fn assert_error(variables: &[(&str, &str)], part: &str) {
    let errors = alone(variables).unwrap_err();
    assert_eq!(errors.findings().len(), 1, "{errors}");
    assert!(errors.to_string().contains(part), "{errors}");
}

fn expiry(seconds: u64) -> PolicyPatch {
    PolicyPatch::new().expiry(Duration::from_secs(seconds))
}

#[test]
fn variables_set_every_kind_of_value() {
    let window = Window::time(Duration::from_secs(10));
    let variables = [
        ("BRAMA__BREAKERS__PAYMENT_API__EXPIRY", "30s"),
        ("BRAMA__BREAKERS__PAYMENT_API__KEYS__A__EXPIRY", "9s"),
        ("BRAMA__BREAKERS__PAYMENT_API__SCOPE", "7"),
        ("BRAMA__DEFAULTS__FAILURE_RATE", "12.5"),
        ("BRAMA__DEFAULTS__FAILURE_THRESHOLD", "off"),
        ("BRAMA__DEFAULTS__SHADOW", "true"),
        ("BRAMA__DEFAULTS__WINDOW", "{ time = \"10s\" }"),
        ("BRAMA__KINDS__HTTP__EXPIRY__INITIAL", "1s"),
        ("BRAMA__KINDS__HTTP__EXPIRY__MAX", "2s"),
        ("BRAMA__REGISTRY__MAX_KEYS", "7"),
        ("BRAMA_SHADOW", "1"),
        ("PATH", "/bin"),
    ];
    let identity = Identity::new("payment_api").in_scope("7");
    let defaults = PolicyPatch::new().failure_rate_decimal(12.5).failure_threshold_off();
    let growing = Expiry::progressive(Duration::from_secs(1), Duration::from_secs(2));
    let expected = Config::new()
        .max_keys(7.try_into().unwrap())
        .defaults(defaults.shadow(true).window(window))
        .kind_defaults(ConnectionKind::HTTP, PolicyPatch::new().expiry(growing))
        .configure(identity.clone(), expiry(30))
        .configure(identity.with_key("a"), expiry(9));
    assert_eq!(config(&variables), expected);
}

#[test]
fn a_name_matches_a_table_of_the_file_without_regard_to_case_and_signs() {
    let file = Written::new(
        "match.toml",
        "[breakers.Payment-API]\nexpiry = \"1s\"\n[breakers.Payment-API.keys.\"10.0.0.7\"]\n\
         [breakers.a__b]\nfailure_threshold = 3\n",
    );
    let loaded = file.read(&[
        ("BRAMA__BREAKERS__PAYMENT_API__EXPIRY", "2s"),
        ("BRAMA__BREAKERS__PAYMENT_API__KEYS__10_0_0_7__EXPIRY", "3s"),
        ("BRAMA__BREAKERS__A__B__EXPIRY", "4s"),
    ]);
    let expected = Config::new()
        .configure("Payment-API", expiry(2))
        .configure(Identity::new("Payment-API").with_key("10.0.0.7"), expiry(3))
        .configure("a__b", expiry(4).failure_threshold(3));
    assert_eq!(loaded.unwrap().into_config(), expected);
}

#[test]
fn a_variable_overrides_the_alias_of_its_setting_too() {
    let file = Written::new("alias.toml", "[defaults]\nmax-attempts = 3\n");
    let loaded = file.read(&[("BRAMA__DEFAULTS__FAILURE_THRESHOLD", "4")]);
    let expected = Config::new().defaults(PolicyPatch::new().failure_threshold(4));
    assert_eq!(loaded.unwrap().into_config(), expected);
}

#[test]
fn a_table_in_a_variable_adds_to_that_of_the_file() {
    let file = Written::new("adds.toml", "[defaults]\nfailure_threshold = 3\nexpiry = \"1s\"\n");
    let loaded = file.read(&[("BRAMA__DEFAULTS", "{ expiry = \"2s\", half-open-limit = 4 }")]);
    let expected = expiry(2).failure_threshold(3).half_open_limit(4);
    assert_eq!(loaded.unwrap().into_config(), Config::new().defaults(expected));
}

#[test]
fn a_name_that_matches_two_tables_is_an_error_that_names_both() {
    let file = Written::new("ambiguous.toml", "[breakers.a-b]\n[breakers.a_b]\n");
    let errors = file.read(&[("BRAMA__BREAKERS__A_B__EXPIRY", "2s")]).unwrap_err();
    let [finding] = errors.findings() else { panic!("{errors}") };
    assert_eq!(finding.message(), "the name matches both `a-b` and `a_b`");
    assert_eq!(finding.notes().len(), 2);
    assert_eq!(finding.location().variable(), Some(("BRAMA__BREAKERS__A_B__EXPIRY", "2s")));
}

#[test]
fn a_variable_is_named_like_a_place() {
    let errors = alone(&[("BRAMA__BREAKERS__PAYMENT_API__EXPIRY", "30")]).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "error: `expiry` is 30, must be a duration such as \"30s\", or { initial, max, factor }\n  \
         --> environment variable BRAMA__BREAKERS__PAYMENT_API__EXPIRY=\"30\"\n   \
         = key: breakers.payment_api.expiry\n   \
         = help: write `expiry = \"30s\"`, with its unit\n\n\
         not-there.toml: 1 mistake; the file was rejected"
    );
}

#[test]
fn an_unknown_variable_with_the_prefix_is_an_error() {
    assert_error(&[("BRAMA__DEFAULTS__EXPRY", "3s")], "did you mean `expiry`?");
    assert_error(&[("BRAMA__BREAKER__A__EXPIRY", "3s")], "did you mean `breakers`?");
    assert_error(&[("BRAMA__REGISTRY__EXPIRY", "3s")], "put it into [defaults]");
    let deep = "BRAMA__DEFAULTS".to_owned() + &"__A".repeat(100_000);
    assert_error(&[(&deep, "3s")], "more than 32 parts");
    assert_error(&[("BRAMA__", "3s")], "an empty part");
    assert_error(&[("BRAMA__DEFAULTS____EXPIRY", "3s")], "an empty part");
    assert_error(&[("BRAMA__DEFAULTS", "3")], "`defaults` is 3, must be a table");
    assert_error(&[("BRAMA__DEFAULTS__WINDOW", "{ calls = ")], "the value is not TOML");
}

#[test]
fn two_variables_for_one_value_are_an_error() {
    let both = [("BRAMA__DEFAULTS__EXPIRY", "3s"), ("BRAMA__Defaults__expiry", "4s")];
    assert_error(&both, "the environment variable BRAMA__DEFAULTS__EXPIRY sets this key too");
}

#[test]
fn a_rule_over_file_and_variable_points_at_both() {
    let file = Written::new("both.toml", "[defaults]\nwindow = { calls = 10 }\n");
    let errors = file.read(&[("BRAMA__DEFAULTS__MINIMUM_CALLS", "20")]).unwrap_err();
    let finding = &errors.findings()[0];
    assert!(finding.location().variable().is_some());
    assert_eq!(finding.notes()[0].location().line(), Some(2));
}

#[test]
fn a_mistake_of_the_file_that_a_variable_hides_is_a_warning() {
    let file = Written::new("hidden.toml", "[defaults]\nexpiry = 30\n");
    let loaded = file.read(&[("BRAMA__DEFAULTS__EXPIRY", "4s")]).unwrap();
    let [warning] = loaded.warnings() else { panic!("{:?}", loaded.warnings()) };
    let start = "without the environment variables, a mistake: `expiry` is 30, must be a duration";
    assert!(warning.message().starts_with(start), "{warning}");
    assert_eq!(warning.location().line(), Some(2));
    assert_eq!(loaded.into_config(), Config::new().defaults(expiry(4)));
}

#[test]
fn a_mistake_of_the_file_is_reported_beside_that_of_the_variable_that_hides_it() {
    let file = Written::new("both_bad.toml", "[defaults]\nexpiry = 30\nramp = 3\n");
    let errors = file.read(&[("BRAMA__DEFAULTS__EXPIRY", "x")]).unwrap_err();
    let places: Vec<_> = errors.findings().iter().map(|it| it.location().line()).collect();
    assert_eq!(places, [Some(2), Some(3), None]);
}

#[test]
fn a_file_that_needs_its_variables_is_valid_with_a_warning() {
    let file = Written::new("needs.toml", "[breakers.a]\ninherits = \"base\"\n");
    let loaded = file.read(&[("BRAMA__BREAKERS__BASE__EXPIRY", "4s")]).unwrap();
    assert!(loaded.warnings().iter().any(|it| it.message().contains("a mistake: ")));
}

#[test]
fn long_and_hidden_texts_of_a_variable_are_cut_and_escaped() {
    let long = "\u{1b}a".repeat(1 << 19);
    let errors = alone(&[("BRAMA__DEFAULTS__EXPIRY", &long)]).unwrap_err().to_string();
    assert!(errors.len() < 1024 && !errors.contains('\u{1b}'), "{errors}");
    let name = format!("BRAMA__DEFAULTS__{long}");
    let errors = alone(&[(name.as_str(), "1")]).unwrap_err().to_string();
    assert!(errors.len() < 4096 && !errors.contains('\u{1b}'), "{errors}");
}

#[test]
fn without_the_environment_no_variable_counts() {
    let file = Written::new("without.toml", "[defaults]\nexpiry = \"1s\"\n");
    let variables = [("BRAMA__DEFAULTS__EXPIRY", "2s")];
    let loaded = File::at(&file.path).environment(variables).without_environment().read();
    assert_eq!(loaded.unwrap().into_config(), Config::new().defaults(expiry(1)));
}

#[test]
fn a_misspelt_prefix_is_a_warning() {
    for name in [
        "BRAMA_BREAKERS__PAYMENT_API__EXPIRY",
        "BRAMA_BREAKERS_PAYMENT_API_EXPIRY",
        "BRAMA_DEFAULTS__EXPIRY",
        "brama__defaults__expiry",
    ] {
        let loaded = alone(&[(name, "5s"), ("BRAMA__DEFAULTS__SHADOW", "true")]).unwrap();
        let [warning] = loaded.warnings() else { panic!("{name}: {:?}", loaded.warnings()) };
        assert_eq!(warning.message(), format!("the environment variable {name} is ignored"));
        assert_eq!(warning.location().variable(), Some((name, "5s")));
    }
    for name in ["BRAMA_SHADOW", "BRAMA_BLESS", "BRAMABLE__X", "BRAMA_DEFAULTSX"] {
        assert!(alone(&[(name, "5s")]).unwrap().warnings().is_empty(), "{name}");
    }
}

#[test]
fn quotes_around_a_wrong_value_are_named() {
    let errors = alone(&[("BRAMA__DEFAULTS__EXPIRY", "\"30s\"")]).unwrap_err();
    assert_eq!(errors.findings()[0].help(), Some("remove the quotes around the value"));
}
