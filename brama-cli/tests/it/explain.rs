//! `brama explain`.

use crate::command::{Answer, Run};

const FILE: &str = r#"
[defaults]
failure_threshold = 8
[kinds.database]
success_threshold = 3
[breakers.payment_api]
failure_threshold = 5
expiry = { initial = "5s", max = "15s" }
[breakers.payment_api.keys.eu]
half_open_limit = 2
"#;

fn run(test: &str, arguments: &[&str]) -> Run {
    Run::new(test, &[&["explain", "brama.toml"], arguments].concat()).file("brama.toml", FILE)
}

fn explain(test: &str, arguments: &[&str]) -> Answer {
    run(test, arguments).answer()
}

#[test]
fn each_setting_has_its_value_its_place_and_its_meaning() {
    let answer = explain("explain", &["payment_api", "--kind", "database"]);
    assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
    assert_eq!(answer.stdout, include_str!("explain.txt"));
}

#[test]
fn a_setting_of_a_key_has_its_place() {
    let answer = explain("key", &["payment_api", "--key", "eu"]);
    let line = "  half_open_limit     2                       brama.toml:10:19 (key)\n";
    assert!(answer.stdout.contains(line), "{}", answer.stdout);
}

#[test]
fn a_variable_is_named_as_the_place() {
    let run = run("explain_variable", &["payment_api"]);
    let answer = run.variable("BRAMA__BREAKERS__PAYMENT_API__RAMP", "10s").answer();
    let place = "environment variable BRAMA__BREAKERS__PAYMENT_API__RAMP=\"10s\" (breaker)";
    assert!(answer.stdout.contains(place), "{}", answer.stdout);
}

#[test]
fn the_value_that_a_variable_hides_is_shown() {
    let run = run("explain_hidden", &["payment_api"]);
    let name = "BRAMA__BREAKERS__PAYMENT_API__FAILURE_THRESHOLD";
    let answer = run.variable(name, "7").answer();
    let place = format!(
        "environment variable {name}=\"7\" (breaker), over 5 from brama.toml:7:21, \
         8 from brama.toml:3:21 (defaults)\n"
    );
    assert!(answer.stdout.contains(&place), "{}", answer.stdout);
}

#[test]
fn another_rate_takes_another_time() {
    let answer = explain("rate", &["payment_api", "--rate", "0.1"]);
    assert!(answer.stdout.contains("it opens after 50s (5 calls)"), "{}", answer.stdout);
}

#[test]
fn a_name_that_the_file_does_not_have_is_explained_with_a_suggestion() {
    let answer = explain("unnamed", &["payment_apy"]);
    assert_eq!(answer.status, Some(0));
    let note = "the file has no table for `payment_apy`: this is what applies. \
                Did you mean `payment_api`?";
    assert!(answer.stdout.contains(note), "{}", answer.stdout);
}

#[test]
fn shadow_is_said_and_does_not_hide_what_would_happen() {
    let run = run("shadow", &["payment_api"]).variable("BRAMA__REGISTRY__SHADOW", "true");
    let answer = run.answer();
    let note = "note: every breaker is in shadow, whatever it sets itself: `[registry] shadow` is on \
                (environment variable BRAMA__REGISTRY__SHADOW=\"true\")";
    for text in ["It is in shadow", "it opens after 250ms", note] {
        assert!(answer.stdout.contains(text), "{}", answer.stdout);
    }
}

#[test]
fn the_kill_switch_of_the_environment_is_said_unless_variables_are_ignored() {
    let note = "BRAMA_SHADOW is `1` here";
    let shown = |options: &[&str]| {
        let arguments = [&["payment_api"], options].concat();
        run("switch", &arguments).variable("BRAMA_SHADOW", "1").answer().stdout
    };
    assert!(shown(&[]).contains(note) && !shown(&["--no-env"]).contains(note));
}

#[test]
fn a_breaker_in_shadow_would_reject() {
    let file = "[registry]\nshadow = true\n[breakers.a]\nramp = \"10s\"\n";
    let answer = Run::new("would", &["explain", "-", "a"]).stdin(file).answer();
    assert!(answer.stdout.contains("It would reject about "), "{}", answer.stdout);
    assert!(answer.stdout.contains("shadow` is on (<stdin>:2:10)"), "{}", answer.stdout);
}

#[test]
fn a_suggestion_names_the_options_that_select_the_breaker() {
    let file = "[breakers.x]\nscope = \"eu\"\nfailure_threshold = 3\n[breakers.x.keys.k]\nramp = \"1s\"\n\
                [breakers.stock]\nramp = \"1s\"\n[breakers.z]\nramp = \"1s\"\n\
                identifier = \"stock\"\nscope = \"eu\"\n";
    for (name, meant) in [
        ("eu/x", "`x` with `--scope eu`"),
        ("eu/x[k]", "`x` with `--scope eu` and `--key k`"),
        ("stok", "`stock`"),
    ] {
        let answer = Run::new("meant", &["explain", "-", name]).stdin(file).answer();
        let question = format!(" Did you mean {meant}?\n");
        assert!(answer.stdout.contains(&question), "{name}: {}", answer.stdout);
    }
}

#[test]
fn the_name_of_a_table_leads_to_its_breaker() {
    let file = "[breakers.pay]\nidentifier = \"payment_api\"\nscope = \"eu\"\nramp = \"1s\"\n";
    let answer = Run::new("table", &["explain", "-", "pay"]).stdin(file).answer();
    let note = "note: [breakers.pay] configures another breaker: \
                explain `payment_api` with `--scope eu`\n";
    assert!(answer.stdout.contains(note), "{}", answer.stdout);
}

#[test]
fn without_a_name_the_breakers_of_the_file_are_listed() {
    let answer = explain("nameless", &[]);
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(2), ""));
    assert!(answer.stderr.contains("one of the file: `payment_api`"), "{}", answer.stderr);
}

#[test]
fn a_window_that_never_holds_the_minimum_is_said() {
    let file = "[breakers.a]\nfailure_rate = 50\nwindow = { time = \"10s\" }\n";
    let answer = Run::new("few", &["explain", "-", "a", "--rate", "5"]).stdin(file).answer();
    let note = "at this rate, the window holds about 50 calls, and `minimum_calls` is 100";
    assert!(answer.stdout.contains(note), "{}", answer.stdout);
}

#[test]
fn a_timeout_below_the_limit_of_slow_calls_is_said() {
    let file = "[breakers.a]\ntimeout = \"3s\"\nfailure_threshold = 5\nslow_call_rate = 50\n\
                slow_call_duration = \"5s\"\n";
    let answer = Run::new("timeout", &["explain", "-", "a"]).stdin(file).answer();
    let sentence = "If all calls hang until their timeout of 3s, it opens after 3s 250ms (5 calls)";
    assert!(answer.stdout.contains(sentence), "{}", answer.stdout);
    assert!(!answer.stdout.contains("If all calls take longer than 5s"), "{}", answer.stdout);
    assert!(answer.stdout.contains("acts only on streams and bodies"), "{}", answer.stdout);
}

#[test]
fn a_file_with_mistakes_explains_nothing() {
    let run = Run::new("explain_bad", &["explain", "-", "payment_api"]);
    let answer = run.stdin("[defaults]\nexpiry = 30\n").answer();
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(1), ""));
    assert!(answer.stderr.contains("--> <stdin>:2:10"), "{}", answer.stderr);
    assert!(answer.stderr.ends_with("1 mistake in the file: correct it first\n"));
}

#[test]
fn a_rate_out_of_range_names_the_range() {
    let answer = explain("no_rate", &["payment_api", "--rate", "NaN"]);
    assert_eq!(answer.status, Some(2));
    let range = "must be a number of calls per second from 0.001 to 100000";
    assert!(answer.stderr.contains(range), "{}", answer.stderr);
}

#[test]
fn a_hostile_name_is_escaped() {
    let answer = explain("hostile", &["a\u{1b}[31m\nb"]);
    assert!(answer.stdout.starts_with("breaker a\\u{1b}[31m\\nb\n"), "{:?}", answer.stdout);
}

#[test]
fn json_has_places_and_times() {
    let json = explain("explain_json", &["payment_api", "--format", "json"]).json();
    let threshold = &json["settings"][0];
    assert_eq!(
        (&threshold["name"], &threshold["value"]),
        (&"failure_threshold".into(), &"5".into())
    );
    assert_eq!((&threshold["layer"], &threshold["layers"][1]["line"]), (&"init".into(), &3.into()));
    let outage = &json["outages"][0];
    assert_eq!((&outage["trouble"], &outage["seconds"]), (&"all_fail".into(), &0.25.into()));
    assert_eq!(outage["rule"], "failure_threshold");
    assert_eq!(json["openings"], serde_json::json!([5.0, 10.0, 15.0]));
    assert_eq!((&json["recovery"]["successes"], &json["is_shadow"]), (&1.into(), &false.into()));
}

#[test]
fn json_of_a_file_with_mistakes_has_its_findings() {
    let run = Run::new("explain_bad_json", &["explain", "-", "a", "--format", "json"]);
    let answer = run.stdin("[defaults]\nexpiry = 30\n").answer();
    assert_eq!(answer.status, Some(1));
    assert_eq!(answer.json()["findings"][0]["line"], 2);
}
