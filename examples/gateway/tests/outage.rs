//! What an operator sees while `outage.sh` takes the gateway through an outage.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

#[path = "outage/environment.rs"]
mod environment;
#[path = "outage/step.rs"]
mod step;

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use crate::{
    environment::without_environment,
    step::{OUTAGE, Step},
};

#[test]
fn the_file_names_only_breakers_that_the_gateway_has_at_its_start() {
    let warnings = Step::titled("The gateway starts").log();
    let warnings: Vec<_> = warnings.into_iter().filter(|line| line["level"] != "INFO").collect();
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn while_all_is_well_every_breaker_is_closed_and_counts_its_calls() {
    let step = Step::titled("All is well");
    assert!(step.answer("POST /orders").starts_with("200 "));
    assert_eq!([step.answer("GET /products/tea"), step.answer("GET /health")], ["200", "200"]);
    for name in ["payments", "reviews", "stock"] {
        assert_eq!(step.breaker(name)["state"], "closed");
        assert!(
            step.shows(&format!(
                "brama_breaker_calls_total{{name=\"{name}\",outcome=\"success\"}} 1"
            ))
        );
    }
}

#[test]
fn metrics_have_the_format_that_a_scraper_accepts() {
    let step = Step::titled("All is well");
    assert!(step.shows("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    assert!(step.shows("text/plain; version=0.0.4; charset=utf-8"));
}

#[test]
fn an_opening_is_a_warning_within_the_request_that_caused_it() {
    let line = Step::titled("The payments fail").line("to", "open");
    assert_eq!((&line["level"], &line["breaker"]), (&"WARN".into(), &"payments".into()));
    assert_eq!((&line["in_a_row"], &line["wait_ms"]), (&3.into(), &5_000.into()));
    assert!(line["last_failure"].as_str().unwrap().contains("503 Service Unavailable"));
    let spans = [&line["spans"][0]["path"], &line["spans"][1]["breaker.outcome"]];
    assert_eq!(spans, ["/orders", "failure"]);
}

#[test]
fn a_rejected_client_learns_when_to_come_back() {
    let step = Step::titled("The payments fail");
    let (code, rest) = step.answer("POST /orders").split_once(' ').unwrap();
    let (seconds, body) = rest.split_once(' ').unwrap();
    assert_eq!(code, "503");
    assert!((1..=5).contains(&seconds.parse().unwrap()), "{seconds}");
    assert!(body.contains(&format!("try again in {seconds} s")), "{body}");
    assert!(!body.contains("payments"), "strangers read it: {body}");
}

#[test]
fn an_outage_of_a_needed_service_is_unhealthy_but_not_unready() {
    let step = Step::titled("The payments fail");
    assert_eq!([step.answer("GET /health"), step.answer("GET /ready")], ["503", "204"]);
    let payments = step.breaker("payments");
    assert_eq!((&payments["state"], &payments["needed"]), (&"open".into(), &true.into()));
    assert!(payments["summary"].as_str().unwrap().contains("3 failures in a row"));
    assert!(step.shows("brama_breaker_state{name=\"payments\",state=\"open\"} 1"));
}

#[test]
fn an_outage_leaves_other_services_alone() {
    let step = Step::titled("The payments fail");
    assert_eq!(step.answer("GET /products/tea"), "200");
    assert_eq!(step.breaker("stock")["state"], "closed");
}

#[test]
fn a_changed_file_changes_the_settings_and_keeps_the_state() {
    let step = Step::titled("The operator changes threshold and expiry");
    let message = step.line("change", "reloaded")["message"].to_string();
    for change in ["failure_threshold from 3 to 2", "expiry from 5s to 500ms"] {
        assert!(message.contains(change), "{message}");
    }
    let payments = step.breaker("payments");
    assert_eq!((&payments["state"], &payments["opening"]), (&"open".into(), &1.into()));
    assert_eq!((&payments["failure_threshold"], &payments["expiry"]), (&2.into(), &"500ms".into()));
}

#[test]
fn the_opening_after_a_changed_file_has_its_length() {
    let step = Step::titled("The payments still fail, and are tried again sooner");
    let line = step.line("from", "half_open");
    assert_eq!((&line["reason"], &line["wait_ms"]), (&"probe_failed".into(), &500.into()));
}

/// Key, place, and the beginning of what is wrong.
const MISTAKES: [[&str; 3]; 3] = [
    ["kinds.http.failure_treshold", "gateway.toml:2:1", "`failure_treshold` is not a setting"],
    ["breakers.payments.failure_threshold", "gateway.toml:5:21", "`failure_threshold` is 0"],
    ["breakers.payments.expiry", "gateway.toml:6:10", "`expiry` is 30, must be a duration"],
];

/// The place of a mistake in JSON, as the log writes it.
fn place(shown: &Value) -> String {
    format!("{}:{}:{}", shown["file"].as_str().unwrap(), shown["line"], shown["column"])
}

#[test]
fn all_mistakes_of_a_bad_file_are_in_the_log_and_in_health() {
    let step = Step::titled("The operator makes three mistakes");
    let health = step.health();
    assert_eq!(health["mistakes"].as_array().unwrap().len(), MISTAKES.len());
    for ([key, at, message], shown) in
        MISTAKES.into_iter().zip(health["mistakes"].as_array().unwrap())
    {
        let logged = step.line("key", key);
        assert_eq!(
            (&shown["key"], place(shown), &logged["place"]),
            (&key.into(), at.to_owned(), &at.into())
        );
        for mistake in [shown, &logged] {
            assert!(mistake["message"].as_str().unwrap().starts_with(message), "{mistake}");
        }
    }
}

#[test]
fn a_bad_file_is_a_failed_reload_and_leaves_the_good_configuration() {
    let step = Step::titled("The operator makes three mistakes");
    assert_eq!(step.line("change", "reload_failed")["source"], "gateway.toml");
    assert!(step.shows("brama_config_last_reload_successful 0"));
    let payments = step.breaker("payments");
    assert_eq!((&payments["failure_threshold"], &payments["expiry"]), (&2.into(), &"500ms".into()));
}

#[test]
fn a_service_that_works_again_closes_its_circuit_despite_the_bad_file() {
    let step = Step::titled("The payments work again");
    let line = step.line("to", "closed");
    assert_eq!((&line["level"], &line["reason"]), (&"INFO".into(), &"success_threshold".into()));
    assert!(step.answer("POST /orders").starts_with("200 "));
}

#[test]
fn a_mended_file_is_applied_and_its_mistakes_are_gone() {
    let step = Step::titled("The operator mends the file");
    assert_eq!(step.answer("GET /health"), "200");
    assert_eq!(step.health()["mistakes"], Value::Array(Vec::new()));
    assert_eq!(step.breaker("payments")["expiry"], "1s");
    assert!(step.shows("brama_config_last_reload_successful 1"));
}

#[test]
fn a_call_in_flight_is_answered_before_the_gateway_ends() {
    let step = Step::titled("The gateway ends while a call is in flight");
    assert!(step.answer("POST /orders").starts_with("504 "));
    let messages: Vec<_> = step.log().into_iter().map(|line| line["message"].clone()).collect();
    assert_eq!(
        [messages.first(), messages.last()],
        [Some(&"ending".into()), Some(&"ended".into())]
    );
}

#[test]
fn a_bad_file_at_the_start_ends_the_gateway_with_each_mistake() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bad.toml");
    fs::write(&path, "[breakers.payments]\nfailure_threshold = 0\nexpiry = 30\n").unwrap();
    let mut gateway = Command::new(env!("CARGO_BIN_EXE_gateway"));
    gateway.arg("--config").arg(&path);
    for service in ["--payments", "--stock", "--reviews"] {
        gateway.args([service, "http://127.0.0.1:9"]);
    }
    let output = without_environment(&mut gateway).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    let message = line["message"].as_str().unwrap();
    assert!(message.contains("bad.toml:2:21") && message.contains("bad.toml:3:10"), "{message}");
}

#[test]
fn the_page_shows_what_the_script_prints() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, shown) = page.split_once("```text\n== ").unwrap();
    let (shown, _) = shown.split_once("\n```").unwrap();
    let shown = format!("== {shown}");
    let printed: Vec<_> = OUTAGE.lines().map(without_figures).collect();
    let shown = shown.lines().filter(|line| !line.is_empty() && *line != "…");
    let missing: Vec<_> = shown.filter(|line| !printed.contains(&without_figures(line))).collect();
    assert!(missing.is_empty(), "the script no longer prints:\n{}", missing.join("\n"));
}

/// Times and ports differ from run to run: every number becomes 0.
fn without_figures(line: &str) -> String {
    let mut plain = line.replace(|letter: char| letter.is_ascii_digit(), "0");
    for (longer, shorter) in [("00", "0"), ("0.0", "0")] {
        while plain.contains(longer) {
            plain = plain.replace(longer, shorter);
        }
    }
    plain
}
