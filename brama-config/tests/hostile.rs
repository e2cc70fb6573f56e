//! Hostile files: a clear error, within bounds.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::fmt::Write as _;

use brama_config::{ConfigErrors, Finding, Loaded};

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

/// A file with every kind of table, to be damaged.
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
[[breakers.c]]
"#;

#[test]
fn a_damaged_file_is_an_error_or_is_read_and_its_carets_stand_in_the_lines() {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % below as u64).unwrap()
    };
    let signs = ["[", "]", "{", "}", "=", "\"", "\n", ".", ",", "'", "\u{202e}", "ß", "[a]\n", "0"];
    for _ in 0..3_000 {
        let mut characters: Vec<String> = WHOLE.chars().map(String::from).collect();
        for _ in 0..=next(4) {
            let (from, sign) = (next(characters.len()), signs[next(signs.len())]);
            let to = (from + next(9)).min(characters.len());
            characters.splice(from..to, [sign.to_owned()]);
        }
        for errors in [
            Loaded::parse_toml(&characters.concat(), "a.toml").err(),
            Loaded::parse_json(&characters.concat(), "a.json").err(),
        ] {
            errors.iter().flat_map(ConfigErrors::findings).for_each(check_caret);
        }
    }
}

fn check_caret(finding: &Finding) {
    assert!(!finding.to_string().is_empty());
    if let (Some(line), Some((before, width))) =
        (finding.location().source_line(), finding.location().caret())
    {
        // The syntax may be wrong at the end of a line, and spaces there are cut.
        assert!(0 < width && before <= line.chars().count() + MOST_SPACES, "{finding}");
    }
}

const MOST_SPACES: usize = 2;
