//! Hostile files: a clear error, within bounds.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::fmt::Write as _;

use brama_config::{ConfigErrors, Loaded};

const MIB: usize = 1024 * 1024;

fn errors(text: &str) -> ConfigErrors {
    Loaded::parse_toml(text, "a.toml").unwrap_err()
}

/// No text of a file is shown at length.
fn assert_short(errors: &ConfigErrors) {
    let shown = errors.to_string();
    assert!(shown.len() < 4096, "{} bytes", shown.len());
}

#[test]
fn keys_and_values_of_a_mebibyte_are_cut() {
    let long = "a".repeat(MIB);
    for text in [
        format!("[defaults]\n{long} = 3\n"),
        format!("[defaults]\nexpiry = \"{long}\"\n"),
        format!("[defaults]\nabandoned = \"{long}\"\n"),
        format!("[defaults]\nexpiry = {{ {long} = 3 }}\n"),
        format!("[defaults]\nwindow = {{ {long} = 3 }}\n"),
        format!("[{long}]\nexpiry = \"5s\"\n"),
        format!("[breakers.{long}]\nexpiry = 5\n"),
        format!("[breakers.b]\ninherits = \"{long}\"\n"),
        format!("[breakers.b.keys.{long}]\nexpiry = 5\n"),
        format!("[breakers.{long}]\n[breakers.b]\nidentifier = \"{long}\"\n"),
        format!("[breakers.{long}]\ninherits = \"{long}\"\n"),
        format!("[defaults]\n{long} = 3\n{long} = 4\n"),
        format!("[defaults]\nexpiry = {}\n", "9".repeat(MIB)),
        format!("[defaults]\njitter = 0.{}\n", "9".repeat(MIB)),
        format!("[defaults]\nexpiry = {long}\n"),
    ] {
        assert_short(&errors(&text));
    }
}

#[test]
fn a_mebibyte_of_json_is_cut() {
    let long = "a".repeat(MIB);
    for text in [
        format!("{{ \"{long}\": 3 }}"),
        format!("{{ \"defaults\": {{ \"expiry\": \"{long}\" }} }}"),
        format!("{{ {long} }}"),
        format!("{{ \"defaults\": {} }}", "9".repeat(MIB)),
    ] {
        assert_short(&Loaded::parse_json(&text, "a.json").unwrap_err());
    }
}

#[test]
fn deep_nesting_is_an_error() {
    for (open, close) in [("[", "]"), ("{ a = ", " }")] {
        let value = format!("{}{}", open.repeat(100_000), close.repeat(100_000));
        assert!(!errors(&format!("[defaults]\nexpiry = {value}\n")).findings().is_empty());
    }
    errors(&format!("[{}a]\nb = 1\n", "a.".repeat(100_000)));
    for (open, close) in [("[", "]"), ("{ \"a\": ", " }")] {
        let text = format!("{}{}", open.repeat(100_000), close.repeat(100_000));
        let errors = Loaded::parse_json(&text, "a.json").unwrap_err();
        assert!(errors.to_string().contains("nesting depth"), "{errors}");
    }
}

#[test]
fn of_many_mistakes_the_first_hundred_are_kept_and_the_others_counted() {
    let mut text = String::new();
    for number in 0..20_000 {
        writeln!(text, "[breakers.b{number}]\nexpiry = 5\ninherits = \"c{number}\"").unwrap();
    }
    let errors = errors(&text);
    assert_eq!(errors.findings().len(), 100);
    assert_eq!(errors.omitted(), 40_000 - 100);
    let last = errors.to_string();
    assert!(last.ends_with("40000 mistakes, of which 39900 are not shown; the file was rejected"));
}

#[test]
fn a_hundred_thousand_tables_are_read() {
    let mut text = String::new();
    for number in 0..100_000 {
        writeln!(text, "[breakers.b{number}]\nfailure_threshold = 3").unwrap();
    }
    assert!(Loaded::parse_toml(&text, "a.toml").is_ok());
}

/// The stack of the parser would end the process.
#[test]
fn thousands_of_values_without_an_end_are_an_error() {
    for value in ["{ b = 1\n[x]\na = ", "[ 1\n[x]\na = ", "{ b = 1 [ } } ] a = "] {
        assert_short(&errors(&format!("a = {}", value.repeat(20_000))));
    }
}

/// Comparing each with each would take minutes.
#[test]
fn many_kinds_beside_many_breakers_and_many_words_of_the_registry_are_read() {
    let (mut text, mut words) = (String::new(), "[registry]\n".to_owned());
    for number in 0..40_000 {
        writeln!(text, "[kinds.k{number}]\nexpiry = \"5s\"\n[breakers.b{number}]").unwrap();
        writeln!(words, "word{number} = 1").unwrap();
    }
    assert!(Loaded::parse_toml(&text, "a.toml").is_ok());
    assert_eq!(errors(&words).omitted(), 40_000 - 100);
}

#[test]
fn hidden_characters_are_escaped_and_the_caret_stands_under_the_value() {
    let errors = errors("breakers.\"a\\u001b[2J\" = { expiry = 5 } # \u{202e}\u{1b}");
    let shown = errors.to_string();
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
    let with_tab = self::errors("[defaults]\n\texpiry\t=\t5 # \u{202e}\n");
    let location = with_tab.findings()[0].location();
    assert_eq!(location.source_line(), Some(" expiry = 5 # \\u{202e}"));
    assert_eq!(location.caret(), Some((10, 1)));
}
