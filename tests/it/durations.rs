//! The setting `durations`: how long calls took.

use std::{thread, time::Duration};

use brama::{
    Breaker, Outcome, PolicyPatch, Registry,
    outcome::Abandoned,
    status::{DurationHistogram, Durations},
    testing::ManualClock,
};

const ON: PolicyPatch = PolicyPatch::new().durations(true);

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn breaker(patch: PolicyPatch) -> (Breaker, ManualClock) {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("a");
    breaker.configure(patch).unwrap();
    (breaker, clock)
}

fn call(breaker: &Breaker, clock: &ManualClock, took: Duration, outcome: Outcome) {
    let permit = breaker.try_acquire().unwrap();
    clock.advance(took);
    permit.record(outcome);
}

fn durations(breaker: &Breaker) -> Durations {
    breaker.status().durations.unwrap()
}

fn counts(breaker: &Breaker) -> [u64; 3] {
    let durations = durations(breaker);
    [durations.successes(), durations.failures(), durations.ignored()].map(DurationHistogram::count)
}

#[test]
fn without_the_setting_there_are_no_durations() {
    let (breaker, clock) = breaker(PolicyPatch::new());
    call(&breaker, &clock, ms(5), Outcome::Success);
    assert_eq!(breaker.status().durations, None);
}

#[test]
fn each_outcome_has_a_histogram_of_its_own() {
    let (breaker, clock) = breaker(ON);
    call(&breaker, &clock, ms(5), Outcome::Success);
    call(&breaker, &clock, ms(6), Outcome::failure("busy"));
    call(&breaker, &clock, ms(7), Outcome::Success);
    call(&breaker, &clock, ms(8), Outcome::Ignore);
    assert_eq!(counts(&breaker), [2, 1, 1]);
    let durations = durations(&breaker);
    assert_eq!(durations.successes().sum(), ms(12));
    assert_eq!(durations.successes().recent_max(), Some(ms(7)));
    assert_eq!(durations.failures().sum(), ms(6));
    assert_eq!(durations.ignored().sum(), ms(8));
}

#[test]
fn every_way_to_record_a_success_counts_its_duration_once() {
    let slow = ON.slow_call_rate(100).slow_call_duration(ms(50));
    let timed = ON.failure_count(5).window(brama::Window::time(Duration::from_secs(10)));
    for patch in [ON, slow, timed, ON.failure_rate(50), ON.success_threshold(2)] {
        let (breaker, clock) = breaker(patch);
        let success = |took| call(&breaker, &clock, took, Outcome::Success);
        success(ms(1));
        breaker.failure("a failure in the run");
        success(ms(2));
        success(ms(100));
        breaker.open_for(ms(10), "a test").unwrap();
        clock.advance(ms(10));
        success(ms(3));
        assert_eq!(counts(&breaker)[0], 4, "{patch:?}");
        assert_eq!(durations(&breaker).successes().sum(), ms(106), "{patch:?}");
    }
}

#[test]
fn a_panic_and_a_late_outcome_are_counted() {
    let (breaker, clock) = breaker(ON);
    let late = breaker.try_acquire().unwrap();
    breaker.reset("a test");
    clock.advance(ms(30));
    late.success();
    let panics = || breaker.call(|| -> Result<(), ()> { panic!("a test") });
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
    assert_eq!(counts(&breaker), [1, 1, 0]);
}

#[test]
fn an_abandoned_call_is_counted_if_it_is_a_failure() {
    for (verdict, expected) in [(Abandoned::Ignore, [0, 0, 0]), (Abandoned::Failure, [0, 1, 0])] {
        let (breaker, clock) = breaker(ON.abandoned(verdict));
        let permit = breaker.try_acquire().unwrap();
        clock.advance(ms(30));
        drop(permit);
        assert_eq!(counts(&breaker), expected, "{verdict:?}");
    }
}

#[test]
fn calls_without_a_permit_of_their_own_have_no_duration() {
    let (breaker, clock) = breaker(ON.shadow(true));
    breaker.success();
    breaker.failure("by name");
    breaker.force_open("a test");
    call(&breaker, &clock, ms(5), Outcome::Success);
    assert_eq!(counts(&breaker), [0, 0, 0]);
}

#[test]
fn a_call_is_counted_by_the_setting_at_its_admission() {
    let (breaker, clock) = breaker(PolicyPatch::new());
    let before = breaker.try_acquire().unwrap();
    breaker.configure(ON).unwrap();
    let during = breaker.try_acquire().unwrap();
    clock.advance(ms(5));
    before.success();
    breaker.configure(ON.durations(false)).unwrap();
    during.success();
    assert_eq!(counts(&breaker), [1, 0, 0]);
}

#[test]
fn a_quantile_is_at_most_an_eighth_away() {
    let (breaker, clock) = breaker(ON);
    for millis in 1..=1_000 {
        call(&breaker, &clock, ms(millis), Outcome::Success);
    }
    let durations = durations(&breaker);
    for percent in 1..=100_u32 {
        let exact = f64::from(percent) / 100.0;
        let estimate = durations.successes().quantile(exact).unwrap().as_secs_f64();
        assert!((estimate - exact).abs() <= exact / 8.0, "{percent} %: {estimate} s");
    }
}

#[test]
fn a_quantile_outside_of_its_limits_is_none() {
    let (breaker, clock) = breaker(ON);
    assert_eq!(durations(&breaker).successes().quantile(0.5), None);
    call(&breaker, &clock, ms(5), Outcome::Success);
    let durations = durations(&breaker);
    for share in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert_eq!(durations.successes().quantile(share), None, "{share}");
    }
    assert!(durations.successes().quantile(0.0).is_some());
}

#[test]
fn buckets_and_bounds_add_up_to_the_count() {
    let (breaker, clock) = breaker(ON);
    for took in [Duration::ZERO, ms(1), ms(70), ms(500), Duration::from_secs(1_000)] {
        call(&breaker, &clock, took, Outcome::Success);
    }
    let durations = durations(&breaker);
    let successes = durations.successes();
    assert_eq!(successes.buckets().map(|(_, calls)| calls).sum::<u64>(), 5);
    let below = |seconds| successes.cumulative().find(|(bound, _)| seconds <= *bound).unwrap().1;
    assert_eq!([0.0625, 0.125, 0.5, 256.0].map(below), [2, 3, 4, 4]);
}

#[test]
fn calls_of_many_threads_are_all_counted() {
    let breaker = Registry::new().breaker("a");
    breaker.configure(ON).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in 0..1_000_u32 {
                    let answer =
                        breaker.call(|| if number % 100 == 7 { Err("busy") } else { Ok(()) });
                    assert!(answer.is_ok() || number % 100 == 7);
                }
            });
        }
    });
    let totals = breaker.status().totals;
    assert_eq!(counts(&breaker), [totals.successes, totals.failures, 0]);
    assert_eq!([totals.successes, totals.failures], [3_960, 40]);
}
