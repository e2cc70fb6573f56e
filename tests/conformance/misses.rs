//! The runner reports each vector that does not hold on one line. These tests see the runner fail.

use super::{
    circuit::BareCircuit,
    runner::{self, Check, SUBJECTS},
    vector,
};

const CIRCUIT: (&str, Check) = ("circuit", runner::check::<BareCircuit>);

/// The report on one vector with the steps. Its policy opens at two failures for 5 s.
fn report(steps: &str, subjects: &[(&str, Check)]) -> String {
    report_under("{ failure_threshold = 2, expiry = '5s' }", steps, subjects)
}

fn report_under(policy: &str, steps: &str, subjects: &[(&str, Check)]) -> String {
    let text = format!("[[vector]]\nname = 'n'\npolicy = {policy}\nsteps = [{steps}]");
    runner::run(&vector::read("f.toml", &text).unwrap(), subjects).to_string()
}

#[test]
fn a_vector_that_holds_leaves_no_line() {
    let steps = "{ call = 'failure', times = 2, state = 'open' }";
    assert_eq!(report(steps, &[CIRCUIT]), "1 passed, 0 failed");
}

#[test]
fn a_line_names_file_vector_step_key_expected_and_seen() {
    let steps = "{ call = 'failure', state = 'closed' }, { call = 'failure', state = 'closed' }";
    assert_eq!(
        report(steps, &[CIRCUIT]),
        "f.toml: \"n\": step 2: state: expected closed, seen open (circuit)\n0 passed, 1 failed"
    );
}

#[test]
fn every_key_can_miss() {
    let misses = [
        ("state = 'closed'", "state: expected closed, seen open"),
        ("admitted = 3", "admitted: expected 3, seen 2"),
        ("rejected = 0", "rejected: expected 0, seen 1"),
        ("failures = 3", "failures: expected 3, seen 2"),
        ("successes = 1", "successes: expected 1, seen 0"),
        ("retry_after = '5001ms'", "retry_after: expected 5s 1ms, seen 5s"),
        ("cause = 'by_hand'", "cause: expected by_hand, seen failure_threshold"),
        ("trips = 2", "trips: expected 2, seen 1"),
        ("changes = []", "changes: expected [], seen [open]"),
        ("total_successes = 1", "total_successes: expected 1, seen 0"),
        ("total_failures = 3", "total_failures: expected 3, seen 2"),
        ("total_ignored = 1", "total_ignored: expected 1, seen 0"),
        ("total_abandoned = 1", "total_abandoned: expected 1, seen 0"),
        ("total_rejected = 0", "total_rejected: expected 0, seen 1"),
        ("total_late = 1", "total_late: expected 1, seen 0"),
    ];
    for (expectation, miss) in misses {
        let steps = format!("{{ call = 'failure', times = 3, {expectation} }}");
        let expected = format!("f.toml: \"n\": step 1: {miss} (circuit)\n0 passed, 1 failed");
        assert_eq!(report(&steps, &[CIRCUIT]), expected);
    }
}

#[test]
fn of_several_misses_in_a_step_the_first_in_the_table_is_reported() {
    let steps = "{ call = 'failure', total_failures = 7, trips = 7, admitted = 7 }";
    assert!(report(steps, &[CIRCUIT]).contains("admitted: expected 7, seen 1"));
}

#[test]
fn no_opening_has_no_cause() {
    let steps = "{ call = 'success', cause = 'by_hand' }";
    assert!(report(steps, &[CIRCUIT]).contains("cause: expected by_hand, seen none"));
}

#[test]
fn a_call_whose_begin_was_rejected_cannot_end() {
    let steps = "{ do = 'open' }, { begin = 'a' }, { end = 'a', outcome = 'success' }";
    assert_eq!(
        report(steps, &[CIRCUIT]),
        "f.toml: \"n\": step 3: end: expected a call in flight, \
         seen its begin was rejected (circuit)\n0 passed, 1 failed"
    );
}

#[test]
fn a_name_in_flight_cannot_begin_again() {
    let steps = "{ begin = 'a' }, { begin = 'a' }";
    assert_eq!(
        report(steps, &[CIRCUIT]),
        "f.toml: \"n\": step 2: begin: expected a free name, \
         seen its call in flight (circuit)\n0 passed, 1 failed"
    );
}

#[test]
fn a_name_is_free_after_its_end_or_its_rejection() {
    let steps = "{ begin = 'a' }, { end = 'a', outcome = 'ignore' }, { do = 'open' },
        { begin = 'a', rejected = 1 }, { begin = 'a', rejected = 1 }";
    assert_eq!(report(steps, &[CIRCUIT]), "1 passed, 0 failed");
}

#[test]
fn subjects_that_miss_alike_share_the_line_and_others_follow_on_it() {
    let lenient: Check = |_| Ok(());
    let valid: Check = CIRCUIT.1;
    let steps = "{ call = 'failure', state = 'open' }";
    assert_eq!(
        report(steps, &[("a", valid), ("b", lenient), ("c", valid)]),
        "f.toml: \"n\": step 1: state: expected open, seen closed (a, c)\n0 passed, 1 failed"
    );
}

#[test]
fn a_call_lasts_its_time_and_a_rejected_one_none() {
    for (shadow, left) in [(true, "2s"), (false, "6s")] {
        let call =
            format!("{{ call = 'success', took = '2s', times = 2, retry_after = '{left}' }}");
        let steps = format!("{{ do = 'open', for = '6s' }}, {call}");
        let report = report_under(&format!("{{ shadow = {shadow} }}"), &steps, &SUBJECTS);
        assert_eq!(report, "1 passed, 0 failed");
    }
}

#[test]
fn every_subject_is_seen_to_fail() {
    let steps = "{ call = 'panic', times = 2, changes = ['open'], total_failures = 1 }";
    assert_eq!(
        report(steps, &SUBJECTS),
        "f.toml: \"n\": step 1: total_failures: expected 1, seen 2 (circuit, breaker)\n\
         0 passed, 1 failed"
    );
}
