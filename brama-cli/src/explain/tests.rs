//! The simulation, for single rules.

use std::time::Duration;

use brama::{Expiry, Policy, PolicyPatch, Window};

use super::simulation::{
    Reaction, Trouble, exceeds_trial, openings, react, recover, without_chance,
};

fn policy(patch: PolicyPatch) -> Policy {
    patch.policy().unwrap()
}

/// When the circuit opens, in milliseconds, and at which call; `None` if it stays closed.
fn opens(patch: PolicyPatch, trouble: Trouble) -> Option<(u128, u64)> {
    match react(&policy(patch), 20.0, trouble) {
        Reaction::Opens { after, calls, .. } => Some((after.as_millis(), calls)),
        Reaction::StaysClosed { .. } => None,
    }
}

#[test]
fn five_failures_in_a_row_at_20_calls_a_second_take_a_quarter_of_a_second() {
    let patch = PolicyPatch::new().failure_threshold(5);
    assert_eq!(opens(patch, Trouble::AllFail), Some((250, 5)));
    assert_eq!(opens(patch, Trouble::HalfFail), None);
}

#[test]
fn a_rate_is_reached_over_a_window_of_healthy_calls() {
    let patch = PolicyPatch::new().failure_rate(50).window(Window::calls(100));
    assert_eq!(opens(patch, Trouble::AllFail), Some((2_500, 50)));
    assert_eq!(opens(patch, Trouble::TenthFail), None);
}

#[test]
fn every_tenth_failure_reaches_a_rate_of_10_percent() {
    let patch = PolicyPatch::new().failure_rate(10).window(Window::calls(100));
    assert_eq!(opens(patch, Trouble::TenthFail), Some((4_550, 91)));
}

#[test]
fn slow_calls_are_seen_once_they_have_ended() {
    let patch = PolicyPatch::new().slow_call_rate(50).window(Window::calls(10));
    let patch = patch.slow_call_duration(Duration::from_secs(2));
    assert_eq!(opens(patch, Trouble::AllSlow), Some((2_251, 5)));
}

#[test]
fn calls_that_time_out_fail_and_are_slow_only_beyond_the_limit_of_slow_calls() {
    let seconds = Duration::from_secs;
    let patch = PolicyPatch::new().failure_threshold(5).slow_call_rate(50).timeout(seconds(3));
    let shorter = patch.slow_call_duration(seconds(5));
    assert_eq!(opens(shorter, Trouble::AllTimeOut), Some((3_250, 5)));
    let is_slow = |patch| Trouble::all(&policy(patch)).any(|it| it == Trouble::AllSlow);
    assert!(!is_slow(shorter) && is_slow(patch.slow_call_duration(seconds(2))));
}

#[test]
fn a_window_of_time_forgets_healthy_calls_while_slow_ones_run() {
    let patch = PolicyPatch::new().slow_call_rate(100).minimum_calls(1);
    let patch = patch.window(Window::time(Duration::from_secs(1)));
    let patch = patch.slow_call_duration(Duration::from_secs(2));
    assert_eq!(opens(patch, Trouble::AllSlow), Some((2_051, 1)));
}

#[test]
fn openings_are_tried_until_they_no_longer_grow() {
    let expiry = Expiry::progressive(Duration::from_secs(5), Duration::from_secs(12));
    let grown = openings(&policy(PolicyPatch::new().expiry(expiry)));
    assert_eq!(grown, [5, 10, 12].map(Duration::from_secs));
    assert_eq!(openings(&Policy::default()), [Duration::from_secs(60)]);
}

#[test]
fn a_circuit_closes_after_its_successes_and_its_ramp() {
    let patch = PolicyPatch::new().success_threshold(3);
    let recovery = recover(&policy(patch), 20.0).unwrap();
    assert_eq!((recovery.after, recovery.probes), (Duration::from_millis(150), 3));
    let recovery = recover(&policy(patch.ramp(Duration::from_secs(10))), 20.0).unwrap();
    assert_eq!((recovery.probes, recovery.ramp), (3, Some(Duration::from_secs(10))));
    assert_eq!(recovery.after, Duration::from_millis(10_150));
    assert!((50..150).contains(&recovery.rejected), "{recovery:?}");
}

#[test]
fn only_jitter_and_shadow_are_left_out() {
    let patch = PolicyPatch::new().failure_rate(30).window(Window::calls(10)).max_open_share(20);
    let own = policy(patch);
    assert_eq!(without_chance(&policy(patch.jitter(0.5).shadow(true))), own);
    assert_eq!(without_chance(&own), own);
}

#[test]
fn a_window_that_cannot_be_filled_is_known() {
    let patch = PolicyPatch::new().failure_rate(50);
    let hour = policy(patch.window(Window::time(Duration::from_secs(3_600))));
    assert!(!exceeds_trial(&hour, 500.0) && exceeds_trial(&hour, 600.0));
    assert!(exceeds_trial(&policy(patch.window(Window::calls(2_000_001))), 1.0));
    assert!(!exceeds_trial(&policy(PolicyPatch::new().window(Window::calls(2_000_001))), 1.0));
}

#[test]
fn a_circuit_that_is_not_seen_to_close_has_no_recovery() {
    let patch = PolicyPatch::new().success_threshold(2_000_001);
    assert!(recover(&policy(patch), 20.0).is_none());
}
