//! A window that changes its shape while the circuit is closed.

use std::time::Duration;

use brama_runtime::api::status::WindowCounts;
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    harness::Harness,
    oracle::policy::{OraclePolicy, Span, ms},
    signal::{How, Signal},
};

/// Reports the outcomes, each after a wait, under one window, and a success under another.
fn reshaped(outcomes: &[(Duration, bool)], old: Span, wait: Duration, new: Span) -> WindowCounts {
    let mut harness = Harness::new(&windowed(old));
    for (wait, failed) in outcomes {
        harness.step(Signal::Wait(*wait));
        harness.step(Signal::Record(if *failed { How::Failure } else { How::Success }));
    }
    harness.policy = windowed(new).build();
    harness.step(Signal::Wait(wait));
    harness.step(Signal::Record(How::Success));
    harness.view().counts
}

/// Judges a rate that no traffic of these tests reaches.
fn windowed(window: Span) -> OraclePolicy {
    let failure_threshold = None;
    OraclePolicy {
        window,
        minimum_calls: 1,
        failure_rate: None,
        slow_call_rate: Some(100),
        failure_threshold,
        ..OraclePolicy::RATED
    }
}

fn counts(failures: impl IntoIterator<Item = bool>) -> WindowCounts {
    failures.into_iter().fold(WindowCounts::default(), |sum, failed| WindowCounts {
        calls: sum.calls + 1,
        failures: sum.failures + u64::from(failed),
        slow: 0,
    })
}

#[test]
fn a_window_of_another_unit_starts_empty() {
    let calls = [3, 5].map(Span::Calls);
    let times = [50, 100].map(|length| Span::Time(ms(length)));
    let outcomes = [(Duration::ZERO, true); 2];
    for (calls, time) in calls.iter().flat_map(|calls| times.map(|time| (*calls, time))) {
        for (old, new) in [(calls, time), (time, calls)] {
            let counts = reshaped(&outcomes, old, Duration::ZERO, new);
            assert_eq!(counts, WindowCounts { calls: 1, failures: 0, slow: 0 });
        }
    }
}

#[test]
fn a_window_of_calls_keeps_the_last_ones_that_fit_in() {
    const LONGEST: u32 = 7;
    let sizes = || 1..=LONGEST + 1;
    for number in 0..1_u32 << LONGEST {
        let failures: Vec<_> = (0..LONGEST).map(|place| number >> place & 1 == 1).collect();
        let outcomes: Vec<_> = failures.iter().map(|failed| (Duration::ZERO, *failed)).collect();
        for (old, new) in sizes().flat_map(|old| sizes().map(move |new| (old, new))) {
            let held = failures.iter().copied().rev().take(old as usize);
            let kept = counts([false].into_iter().chain(held).take(new as usize));
            let [old, new] = [old, new].map(Span::Calls);
            assert_eq!(reshaped(&outcomes, old, Duration::ZERO, new), kept, "{failures:?}");
        }
    }
}

/// The lengths of windows of time. Some widths of buckets divide each other, some do not.
const LENGTHS: [u64; 6] = [50, 70, 100, 200, 1_000, 6_000];

#[test]
fn a_window_of_time_keeps_what_fits_in_and_at_most_an_old_bucket_more() {
    let wait = || (0..700_u64).prop_map(ms);
    let outcomes = vec((wait(), any::<bool>()), 0..30);
    let lengths = || select(&LENGTHS[..]).prop_map(ms);
    proptest!(|(outcomes in outcomes, old in lengths(), wait in wait(), new in lengths())| {
        let mut at = Duration::ZERO;
        let timed: Vec<_> = outcomes.iter().map(|(wait, failed)| {
            at += *wait;
            (at, *failed)
        }).collect();
        let now = at + wait;
        let in_window = |at: Duration, length: Duration| {
            let bucket = |at: Duration| at.as_nanos() / (length / 10).as_nanos();
            bucket(now) <= bucket(at) + 9
        };
        let held = || timed.iter().filter(|(at, _)| in_window(*at, old));
        let kept = |longer: Duration| {
            let kept = held().filter(|(at, _)| in_window(now.min(*at + longer), new));
            counts(kept.map(|(_, failed)| *failed).chain([false]))
        };
        let (fewest, most) = (kept(Duration::ZERO), kept(if old == new { Duration::ZERO } else { old / 10 }));
        let counts = reshaped(&outcomes, Span::Time(old), wait, Span::Time(new));
        prop_assert!((fewest.calls..=most.calls).contains(&counts.calls), "{counts:?}");
        prop_assert!((fewest.failures..=most.failures).contains(&counts.failures), "{counts:?}");
    });
}

#[test]
fn successes_that_a_gate_counted_before_are_in_the_new_window() {
    for [old, new] in [[3, 5].map(Span::Calls), [50, 100].map(|it| Span::Time(ms(it)))] {
        let mut harness = Harness::new(&windowed(old)).steps(&[Signal::Record(How::Success)]);
        assert!(harness.circuit.is_settled(&harness.policy));
        harness.policy = windowed(new).build();
        harness.circuit.count_successes(&harness.policy, 1);
        let harness = harness.steps(&[Signal::Record(How::Failure)]);
        assert_eq!(harness.view().counts, WindowCounts { calls: 3, failures: 1, slow: 0 });
    }
}
