//! Warnings about what the tables of a file amount to together.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use brama_config::{Finding, Loaded};
use brama_runtime::api::Registry;

/// The lines of a warning and of its notes, and what it says.
fn shown(warning: &Finding) -> String {
    let notes = warning.notes().iter().map(brama_config::FindingNote::location);
    let places = [warning.location()].into_iter().chain(notes);
    let lines: Vec<_> = places.filter_map(|it| Some(it.line()?.to_string())).collect();
    format!("{}: {}", lines.join(", "), warning.message())
}

/// The warnings of a file, before any code is known.
fn alone(text: &str) -> Vec<String> {
    Loaded::parse_toml(text, "a.toml").unwrap().warnings().iter().map(shown).collect()
}

/// The warnings once a registry, which knows the breaker `used`, has taken the file.
fn with_code(text: &str) -> Vec<String> {
    let registry = Registry::new();
    let _used = registry.breaker("used");
    let warnings = Loaded::parse_toml(text, "a.toml").unwrap().reload(&registry).unwrap().warnings;
    warnings.iter().map(shown).collect()
}

fn assert_warning(text: &str, expected: &str) {
    assert_eq!((alone(text), with_code(text)), (vec![expected.into()], vec![expected.into()]));
}

#[test]
fn a_breaker_whose_rules_are_all_off_is_a_warning() {
    let text = "[breakers.used]\nfailure_threshold = \"off\"\n";
    assert_warning(text, "2: every rule is off: only an action by hand opens the circuit");
}

#[test]
fn rules_that_are_off_together_are_one_warning() {
    let text = "[defaults]\nfailure_rate = 50\n[breakers.used]\nfailure_rate = \"off\"\n\
                failure_threshold = \"off\"\n";
    assert_warning(text, "4, 5: every rule is off: only an action by hand opens the circuit");
}

#[test]
fn a_rule_of_the_defaults_leaves_a_breaker_without_a_warning() {
    let text = "[defaults]\nfailure_rate = 50\n[breakers.used]\nfailure_threshold = \"off\"\n";
    assert_eq!((alone(text), with_code(text)), (vec![], vec![]));
}

#[test]
fn defaults_and_kinds_whose_rules_are_all_off_are_warnings() {
    let message = "every rule is off for a breaker that sets none itself: only an action by hand \
                   opens its circuit";
    for table in ["defaults", "kinds.http"] {
        let text = format!("[{table}]\nfailure_threshold = \"off\"\n");
        assert_eq!(alone(&text), [format!("2: {message}")]);
    }
}

#[test]
fn a_rule_that_a_kind_may_set_leaves_a_breaker_without_a_warning() {
    let of_kind = |rest| format!("[kinds.http]\nfailure_rate = 50\n[breakers.b]\n{rest}\n");
    assert_eq!(alone(&of_kind("failure_threshold = \"off\"")), Vec::<String>::new());
    let off = "failure_threshold = \"off\"\nfailure_rate = \"off\"";
    assert_eq!(
        alone(&of_kind(off)),
        ["4, 5: every rule is off: only an action by hand opens the circuit"]
    );
}

#[test]
fn a_number_of_calls_above_the_window_of_another_table_is_a_warning_at_both_lines() {
    let text = "[defaults]\nminimum_calls = 200\nfailure_rate = 50\n[breakers.used]\n\
                window = { calls = 50 }\n";
    let message = "for `used`, `minimum_calls` 200 is above the window of 50 calls: 50 applies";
    let general = "2: for breakers that set neither, `minimum_calls` 200 is above the built-in \
                   window of 100 calls: 100 applies";
    assert_eq!(alone(text), [general.to_owned(), format!("2, 5: {message}")]);
    assert_eq!(with_code(text), alone(text));
}

#[test]
fn a_count_above_the_window_of_another_table_is_a_rule_that_is_off() {
    let text = "[defaults]\nfailure_count = 80\n[breakers.used]\nwindow = { calls = 50 }\n";
    let message = "for `used`, `failure_count` 80 is above the window of 50 calls: the rule is off";
    assert_eq!(alone(text), [format!("2, 4: {message}")]);
}

#[test]
fn a_window_below_a_number_of_calls_is_a_warning_at_both_lines() {
    let text = "[defaults]\nfailure_rate = 50\nwindow = { calls = 50 }\n[breakers.used]\n\
                minimum_calls = 80\n";
    let message =
        "for `used`, the window of 50 calls is below `minimum_calls` 80: the last 100 calls apply";
    assert_warning(text, &format!("3, 5: {message}"));
}

#[test]
fn a_number_of_calls_above_the_built_in_window_is_a_warning_for_known_and_unknown_breakers() {
    for (name, shown) in [("used", "used"), ("unknown", "unknown")] {
        let text = format!("[breakers.{name}]\nfailure_rate = 50\nfailure_count = 200\n");
        let message = format!(
            "3: for `{shown}`, `failure_count` 200 is above the built-in window of 100 calls: the \
             rule is off"
        );
        assert!(alone(&text).contains(&message), "{:?}", alone(&text));
        assert!(with_code(&text).contains(&message), "{:?}", with_code(&text));
    }
}

#[test]
fn a_key_contradicts_its_identifier() {
    let text = "[breakers.used]\nfailure_rate = 50\nminimum_calls = 80\n[breakers.used.keys.k]\n\
                window = { calls = 50 }\n";
    let message = "3, 5: for `used[k]`, `minimum_calls` 80 is above the window of 50 calls: 50 \
                   applies";
    assert_eq!(alone(text), [message]);
}

#[test]
fn a_window_that_a_kind_may_set_leaves_a_breaker_without_a_warning() {
    let text = "[kinds.http]\nwindow = { calls = 500 }\n[breakers.b]\nfailure_count = 200\n";
    assert_eq!(alone(text), Vec::<String>::new());
}

#[test]
fn a_key_is_no_unknown_name_if_its_identifier_is_known_or_is_a_warning_already() {
    let text = "[breakers.used.keys.k]\nshadow = true\n";
    assert_eq!(with_code(text), Vec::<String>::new());
    let text = "[breakers.other]\nshadow = true\n[breakers.other.keys.k]\nshadow = true\n";
    assert_eq!(with_code(text), ["1: no breaker is known as `other`"]);
}
