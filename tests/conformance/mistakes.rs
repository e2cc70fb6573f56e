//! A mistake in a vector file is reported with file, vector, step and key.

use super::vector;

fn error_text(text: &str) -> String {
    vector::read("f.toml", text).unwrap_err().to_string()
}

/// The error about a second step, without the path to it.
fn step_error(step: &str) -> String {
    let text = format!("[[vector]]\nname = 'n'\nsteps = [{{ begin = 'a' }}, {step}]");
    without_prefix(&error_text(&text), "f.toml: \"n\": step 2: ")
}

fn policy_error(policy: &str) -> String {
    let text = format!("[[vector]]\nname = 'n'\npolicy = {policy}\nsteps = []");
    without_prefix(&error_text(&text), "f.toml: \"n\": policy: ")
}

fn without_prefix(error: &str, way: &str) -> String {
    error.strip_prefix(way).unwrap_or_else(|| panic!("{error} begins with {way}")).to_owned()
}

fn assert_step_errors(cases: &[(&str, &str)]) {
    for (step, expected) in cases {
        assert_eq!(step_error(step), *expected, "{step}");
    }
}

#[test]
fn invalid_toml_is_reported_with_its_line() {
    let error = error_text("[[vector]]\nname = \n");
    assert!(error.starts_with("f.toml: TOML parse error at line 2"), "{error}");
}

#[test]
fn an_unknown_key_is_reported_on_every_level() {
    let file = error_text("[[vectors]]\nname = 'n'");
    assert!(file.contains("unknown field `vectors`, expected `vector`"), "{file}");
    let vector = error_text("[[vector]]\nname = 'n'\nstep = []");
    assert!(vector.starts_with("f.toml: \"n\": unknown field `step`, expected one of"), "{vector}");
    assert!(policy_error("{ threshold = 3 }").starts_with("unknown field `threshold`, expected"));
    assert!(step_error("{ call = 'success', stat = 'open' }").starts_with("unknown field `stat`"));
}

#[test]
fn a_vector_lacks_neither_name_nor_steps() {
    assert_eq!(error_text("[[vector]]\nsteps = []"), "f.toml: vector 1: missing field `name`");
    assert_eq!(error_text("[[vector]]\nname = 'n'"), "f.toml: \"n\": missing field `steps`");
}

#[test]
fn a_bad_duration_is_reported_with_its_key() {
    let bad = "\"5\" is not a duration: \"5\" has no unit; write a unit, such as 5s";
    for (step, key) in [
        ("{ wait = '5' }", "wait"),
        ("{ call = 'success', took = '5' }", "took"),
        ("{ call = 'failure', retry_after_hint = '5' }", "retry_after_hint"),
        ("{ do = 'open', for = '5' }", "for"),
        ("{ sweep = true, retry_after = '5' }", "retry_after"),
    ] {
        assert_eq!(step_error(step), format!("{key}: {bad}"));
    }
}

#[test]
fn a_step_does_exactly_one_thing() {
    assert_step_errors(&[
        (
            "{ call = 'success', wait = '1s' }",
            "wait: the step does `call` already; write a step for each",
        ),
        (
            "{ state = 'open' }",
            "call: missing; a step does one of call, begin, end, tell, wait, do, sweep",
        ),
        ("{ sweep = false }", "sweep: can only be true"),
    ]);
}

#[test]
fn a_key_goes_with_its_own_verb_only() {
    assert_step_errors(&[
        ("{ call = 'success', outcome = 'success' }", "outcome: goes with `end` only"),
        ("{ begin = 'b', took = '1s' }", "took: goes with `call` only"),
        ("{ do = 'close', for = '1s' }", "for: goes with `do = \"open\"` only"),
        ("{ wait = '1s', for = '1s' }", "for: goes with `do = \"open\"` only"),
        (
            "{ call = 'panic', retry_after_hint = '1s' }",
            "retry_after_hint: rides on a failure or a trip only",
        ),
        (
            "{ tell = 'failure', retry_after_hint = '1s' }",
            "retry_after_hint: rides on a failure or a trip only",
        ),
    ]);
}

#[test]
fn an_end_needs_an_outcome_and_a_call_in_flight() {
    let unknown = "end: no call \"b\" can be in flight; `begin` it first";
    assert_step_errors(&[
        ("{ end = 'a' }", "outcome: missing; `end` needs one"),
        ("{ end = 'b', outcome = 'success' }", unknown),
    ]);
    let twice = "{ end = 'a', outcome = 'drop' }, { end = 'a', outcome = 'drop' }";
    let text = format!("[[vector]]\nname = 'n'\nsteps = [{{ begin = 'a' }}, {twice}]");
    let expected = "f.toml: \"n\": step 3: end: no call \"a\" can be in flight; `begin` it first";
    assert_eq!(error_text(&text), expected);
}

#[test]
fn a_step_happens_at_least_once_and_a_name_holds_one_call() {
    assert_step_errors(&[
        ("{ call = 'success', times = 0 }", "times: must be at least 1"),
        ("{ begin = 'b', times = 2 }", "times: must be 1 here: a name holds one call"),
        ("{ call = 'success', times = -1 }", "times: invalid value: integer `-1`, expected u32"),
    ]);
}

#[test]
fn an_error_about_an_unknown_word_lists_the_known_ones() {
    let states = "expected one of `closed`, `open`, `half_open`, `force_open`, `disabled`";
    let actions = "write one of open, force_open, close, reset, disable";
    let causes = "write one of failure_threshold, failure_count, failure_rate, slow_call_rate, trip, \
         probe_failed, inconclusive_probes, by_hand";
    assert_step_errors(&[
        ("{ sweep = true, state = 'Open' }", &format!("state: unknown variant `Open`, {states}")),
        ("{ sweep = true, changes = ['up'] }", &format!("changes: unknown variant `up`, {states}")),
        (
            "{ sweep = true, cause = 'expiry' }",
            &format!("cause: \"expiry\" is not known; {causes}"),
        ),
        ("{ do = 'trip' }", &format!("do: \"trip\" is not known; {actions}")),
        (
            "{ call = 'ok' }",
            "call: unknown variant `ok`, expected one of `success`, `failure`, `trip`, `ignore`, `panic`, \
             `drop`",
        ),
        ("{ tell = 'ignore' }", "tell: unknown variant `ignore`, expected `success` or `failure`"),
    ]);
}

#[test]
fn an_opening_by_hand_lasts_at_least_a_millisecond() {
    assert_step_errors(&[("{ do = 'open', for = '0s' }", "for: must be at least 1ms")]);
}

#[test]
fn an_invalid_policy_is_reported_with_its_mistake() {
    for (policy, expected) in [
        (
            "{ failure_threshold = 0 }",
            "invalid policy: `failure_threshold` is 0, must be at least 1, or off",
        ),
        (
            "{ failure_threshold = 'none' }",
            "failure_threshold: invalid value: string \"none\", expected a whole number or \"off\"",
        ),
        ("{ failure_threshold = 1, max_attempts = 1 }", "duplicate field `failure_threshold`"),
        ("{ expiry = { initial = '1s' } }", "expiry: missing field `max`"),
        (
            "{ expiry = '1.5s' }",
            "expiry: \"1.5s\" is not a duration: \"1.5s\" has a fraction; \
             write whole numbers, such as 1s 500ms",
        ),
        (
            "{ window = { calls = 1, time = '1s' } }",
            "window: wanted exactly 1 element, more than 1 element",
        ),
        (
            "{ abandoned = 'success' }",
            "abandoned: unknown variant `success`, expected `ignore` or `failure`",
        ),
    ] {
        assert_eq!(policy_error(policy), expected, "{policy}");
    }
}

#[test]
fn every_setting_can_be_written() {
    let text = "[[vector]]\nname = 'n'\nsteps = []\npolicy = { max_attempts = 'off', \
        expiry = { initial = '1s', max = '2s', factor = 2 }, success_threshold = 1, \
        half_open_limit = 1, probe_timeout = '1s', failure_rate = 50, slow_call_rate = 'off', \
        slow_call_duration = '1s', window = { time = '1s' }, minimum_calls = 5, \
        abandoned = 'failure', jitter = 0, retry_after_cap = '1m', shadow = true }";
    assert_eq!(vector::read("f.toml", text).unwrap().len(), 1);
}
