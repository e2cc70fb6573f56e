//! What is read from a file, and what is not.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails loudly"
)]

use std::{fmt::Write as _, time::Duration};

use brama_config::{ConfigErrors, Loaded};
use brama_runtime::api::{
    Config, ConnectionKind, Expiry, Identity, PolicyPatch, Registry, config::Reasons,
};

fn in_a_row(failures: u32) -> PolicyPatch {
    PolicyPatch::new().failure_threshold(failures)
}

fn toml(text: &str) -> Config {
    Loaded::parse_toml(text, "a.toml").unwrap_or_else(|errors| panic!("{errors}")).into_config()
}

fn errors(text: &str) -> ConfigErrors {
    Loaded::parse_toml(text, "a.toml").unwrap_err()
}

fn assert_place(text: &str, place: &str) {
    let errors = errors(text);
    assert_eq!(errors.findings()[0].location().to_string(), place, "{errors}");
}

const FULL: &str = r#"
[registry]
max_keys = 1000
inactive_threshold = "24h"
cleanup_interval = "off"
reasons = "type"
shadow = true

[defaults]
failure_threshold = 5

[kinds.http]
timeout = "5s"

[breakers.payment_api]
failure_threshold = 3
expiry = { initial = "5s", max = "2m", factor = 2.0 }

[breakers.payment_api.keys."10.0.0.7"]
expiry = "10s"

[breakers.payment_eu]
identifier = "payment_api"
scope = "eu"
inherits = "payment_api"
failure-threshold = 4
"#;

fn full() -> Config {
    let growing = Expiry::progressive(Duration::from_secs(5), Duration::from_secs(120));
    let eu = Identity::new("payment_api").in_scope("eu");
    Config::new()
        .max_keys(1000.try_into().unwrap())
        .cleanup_interval(None)
        .reasons(Reasons::Type)
        .shadow(true)
        .defaults(in_a_row(5))
        .kind_defaults(ConnectionKind::HTTP, PolicyPatch::new().timeout(Duration::from_secs(5)))
        .configure("payment_api", in_a_row(3).expiry(growing))
        .configure(
            Identity::new("payment_api").with_key("10.0.0.7"),
            PolicyPatch::new().expiry(Duration::from_secs(10)),
        )
        .configure(eu, in_a_row(4).expiry(growing))
}

#[test]
fn every_table_is_read() {
    assert_eq!(toml(FULL), full());
}

#[test]
fn json_is_read_in_the_same_shape() {
    let text = serde_json::to_string_pretty(&full()).unwrap();
    let with_comment = text.replacen('{', "{ // a comment\n", 1);
    for text in [text, with_comment] {
        assert_eq!(Loaded::parse_json(&text, "a.json").unwrap().into_config(), full());
    }
}

#[test]
fn dotted_keys_inline_tables_and_line_ends_of_windows_are_read() {
    let expected = toml("[breakers.a]\nexpiry = \"5s\"\nfailure_threshold = 3\n");
    for text in [
        "breakers.a.expiry = \"5s\"\nbreakers.a.failure_threshold = 3",
        "breakers = { a = { expiry = \"5s\", failure_threshold = 3 } }",
        "[breakers.a]\r\nexpiry = \"5s\"\r\nfailure_threshold = 3\r\n",
        "\u{feff}[breakers.a]\nexpiry = \"5s\"\nfailure_threshold = 3\n",
    ] {
        assert_eq!(toml(text), expected, "{text:?}");
    }
}

#[test]
fn places_count_lines_and_characters() {
    assert_place("[defaults]\r\nexpiry = 5\r\n", "a.toml:2:10");
    assert_place("\u{feff}[defaults]\nexpiry = 5\n", "a.toml:2:10");
    assert_place("breakers = { \"größe\" = { expiry = 5 } }", "a.toml:1:35");
    assert_place("# a\n\n", "a.toml");
}

#[test]
fn a_line_end_of_windows_is_not_shown() {
    let errors = errors("[defaults]\r\nexpiry = 5\r\n");
    assert_eq!(errors.findings()[0].location().source_line(), Some("expiry = 5"));
}

#[test]
fn numbers_that_are_none_are_errors() {
    for value in ["nan", "inf", "-inf", "1e400", "-1", "18446744073709551616", "1979-05-27"] {
        for name in ["jitter", "failure_rate", "failure_threshold"] {
            errors(&format!("[defaults]\n{name} = {value}\n"));
        }
    }
}

#[test]
fn null_and_arrays_are_errors() {
    for value in ["null", "[1]", "\"\""] {
        let text = format!("{{ \"defaults\": {{ \"failure_threshold\": {value} }} }}");
        let errors = Loaded::parse_json(&text, "a.json").unwrap_err();
        assert!(errors.findings()[0].message().contains("must be a whole number"), "{errors}");
    }
}

#[test]
fn json_given_twice_points_at_both_places() {
    let text = "{ \"defaults\": {},\n\"defaults\": {} }";
    let errors = Loaded::parse_json(text, "a.json").unwrap_err();
    let finding = &errors.findings()[0];
    assert_eq!(finding.location().line(), Some(2));
    assert_eq!(finding.notes()[0].location().line(), Some(1));
}

#[test]
fn an_error_in_the_syntax_of_json_has_its_place() {
    let errors = Loaded::parse_json("{\n  \"defaults\": {,}\n}", "a.json").unwrap_err();
    assert!(errors.to_string().contains("error: this is not JSON: "), "{errors}");
    assert_eq!(errors.findings()[0].location().line(), Some(2), "{errors}");
}

#[test]
fn an_empty_text_is_an_error() {
    for text in ["", "\n# nothing\n"] {
        assert!(errors(text).to_string().contains("the file is empty"));
    }
    assert!(Loaded::parse_json("{}", "a.json").is_err());
    assert_eq!(toml("[defaults]"), Config::new());
}

#[test]
fn a_setting_that_can_have_no_effect_is_a_warning_with_its_lines() {
    let text = "[breakers.a]\nfailure_threshold = 5\nfailure_count = 5\nwindow = { calls = 9 }\n";
    let loaded = Loaded::parse_toml(text, "a.toml").unwrap();
    let [warning] = loaded.warnings() else { panic!("{:?}", loaded.warnings()) };
    assert!(warning.is_warning());
    assert_eq!(warning.location().line(), Some(2));
    assert_eq!(warning.notes()[0].location().line(), Some(3));
    assert!(warning.message().contains("`failure_threshold` 5 never opens"));
}

#[test]
fn a_table_that_only_has_keys_says_nothing_of_the_breaker() {
    let config = toml("[breakers.a.keys.b]\nfailure_threshold = 3\n");
    assert_eq!(config, Config::new().configure(Identity::new("a").with_key("b"), in_a_row(3)));
}

#[test]
fn empty_names_are_errors() {
    assert_place("[breakers.\"\"]", "a.toml:1:11");
    assert_place("[breakers.a]\nscope = \"\"", "a.toml:2:9");
}

#[test]
fn a_configuration_that_is_written_as_toml_reads_back_as_itself() {
    assert_eq!(toml(&toml::to_string(&full()).unwrap()), full());
}

#[test]
fn a_long_chain_of_tables_inherits() {
    let mut text = "[breakers.b0]\nfailure_threshold = 7\n".to_owned();
    for number in 1..5000 {
        writeln!(text, "[breakers.b{number}]\ninherits = \"b{}\"", number - 1).unwrap();
    }
    let registry = Registry::new();
    registry.reload(toml(&text)).unwrap();
    let status = registry.breaker("b4999").status();
    assert_eq!(status.policy.failure_threshold(), Some(7));
}

#[test]
fn serde_reads_the_same_file() {
    assert_eq!(toml::from_str::<Config>(FULL).unwrap(), full());
}

#[test]
fn the_schema_of_a_file_in_json_is_for_editors() {
    let text = "{ \"$schema\": \"./brama.schema.json\", \"defaults\": { \"shadow\": true } }";
    assert!(Loaded::parse_json(text, "a.json").unwrap().warnings().is_empty());
}

#[test]
fn a_percentage_that_looks_like_a_share_is_a_warning() {
    let text =
        "[defaults]\nfailure_rate = 0.5\nslow_call_rate = 1\n[breakers.b]\nfailure_rate = 2\n";
    let loaded = Loaded::parse_toml(text, "a.toml").unwrap();
    let shown: Vec<_> = loaded.warnings().iter().map(|it| (it.message(), it.help())).collect();
    let expected = [
        (
            "`failure_rate` is a percentage: 0.5 is 1 call in 200",
            Some("if you mean 50 %, write `failure_rate = 50`"),
        ),
        (
            "`slow_call_rate` is a percentage: 1 is 1 call in 100",
            Some("if you mean 100 %, write `slow_call_rate = 100`"),
        ),
    ];
    assert_eq!(shown, expected);
}

#[cfg(not(feature = "fleet"))]
#[test]
fn the_table_of_a_fleet_is_an_error_without_the_feature() {
    let text = "[fleet]\nurl = \"redis://10.0.0.5/\"\nnamespace = \"prod.shop\"\n";
    let errors = Loaded::parse_toml(text, "brama.toml").unwrap_err();
    assert_eq!(
        errors.to_string(),
        "error: the table [fleet] needs the feature `fleet` of `brama`\n  --> brama.toml:1:2\n   \
         |\n 1 | [fleet]\n   |  ^^^^^\n   = key: fleet\n   = help: add \"fleet\" to the features of \
         `brama` in Cargo.toml\n\nbrama.toml: 1 mistake; the file was rejected"
    );
}
