//! Calls that take no lock and read no clock. A success that takes the lock reads the clock first,
//! so these tests count readings of the clock. The last tests check that such calls count like all
//! others.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, SystemTime},
};

use brama::{
    Breaker, PolicyPatch, Registry, State, Window,
    circuit::Tick,
    clock::Clock,
    event::{EventFilter, EventKind, EventKinds},
    overlay::Overlay,
    testing::ManualClock,
};

/// A clock that stands still and counts how often it is read.
#[derive(Debug, Clone, Default)]
struct Read(Arc<AtomicU64>);

impl Clock for Read {
    fn now(&self) -> Tick {
        self.0.fetch_add(1, Relaxed);
        Tick::ORIGIN
    }
}

fn breaker(patch: PolicyPatch) -> (Breaker, Read) {
    let clock = Read::default();
    let breaker = Registry::with_clock(clock.clone()).breaker("api");
    breaker.configure(patch).unwrap();
    (breaker, clock)
}

/// Counts the readings of the clock while `call` runs.
fn readings(clock: &Read, call: impl FnOnce()) -> u64 {
    let before = clock.0.load(Relaxed);
    call();
    clock.0.load(Relaxed) - before
}

fn fail(breaker: &Breaker) {
    breaker.try_acquire().unwrap().failure("test");
}

fn succeed(breaker: &Breaker) {
    breaker.try_acquire().unwrap().success();
}

#[test]
fn a_success_while_all_is_well_reads_no_clock() {
    let (breaker, clock) = breaker(PolicyPatch::new());
    assert_eq!(readings(&clock, || succeed(&breaker)), 0);
}

#[test]
fn the_first_success_after_failures_reads_no_clock() {
    let (breaker, clock) = breaker(PolicyPatch::new().failure_threshold(3));
    fail(&breaker);
    fail(&breaker);
    assert_eq!(readings(&clock, || succeed(&breaker)), 0);
    assert_eq!(breaker.status().failures, 0);
}

#[test]
fn a_success_in_a_settled_bucket_of_time_reads_the_coarse_clock_once() {
    let window = Window::time(Duration::from_secs(10));
    let patch = PolicyPatch::new().failure_rate(50).window(window);
    let (breaker, clock) = breaker(patch);
    succeed(&breaker);
    assert_eq!(readings(&clock, || succeed(&breaker)), 1);
}

/// A clock that stands still and counts how often it is read, coarsely and precisely.
#[derive(Debug, Clone, Default)]
struct TwoReadings {
    precise: Read,
    coarse: Read,
}

impl Clock for TwoReadings {
    fn now(&self) -> Tick {
        self.precise.now()
    }

    fn coarse(&self) -> Tick {
        self.coarse.now()
    }
}

/// Counts the coarse and the precise readings during a rejection by an opening of this length.
fn readings_of_a_rejection(length: Duration) -> [u64; 2] {
    let clock = TwoReadings::default();
    let breaker = Registry::with_clock(clock.clone()).breaker("api");
    breaker.open_for(length, "a test").unwrap();
    let reject = || drop(breaker.try_acquire().unwrap_err());
    [readings(&clock.coarse, reject), readings(&clock.precise, reject)]
}

#[test]
fn a_rejection_reads_the_coarse_clock_alone() {
    assert_eq!(readings_of_a_rejection(Duration::from_millis(21)), [1, 0]);
}

#[test]
fn a_rejection_within_the_lag_of_the_coarse_clock_reads_the_precise_one_too() {
    assert_eq!(readings_of_a_rejection(Duration::from_millis(20)), [1, 1]);
}

#[test]
fn a_rejection_by_an_overlay_reads_the_precise_clock_alone() {
    let clock = TwoReadings::default();
    let breaker = Registry::with_clock(clock.clone()).breaker("api");
    breaker.overlay(Overlay::open_for(1, Duration::from_secs(60), "a test").unwrap()).unwrap();
    let reject = || drop(breaker.try_acquire().unwrap_err());
    assert_eq!([readings(&clock.coarse, reject), readings(&clock.precise, reject)], [0, 1]);
    assert_eq!(breaker.status().rejections.fleet, 2);
}

#[test]
fn a_quick_success_under_a_rule_for_slow_calls_reads_the_clock_at_its_start_and_its_end() {
    let (breaker, clock) = breaker(PolicyPatch::new().slow_call_rate(50));
    succeed(&breaker);
    assert_eq!(readings(&clock, || succeed(&breaker)), 2);
}

#[test]
fn a_success_reads_no_clock_for_subscribers_to_changes_or_to_other_breakers() {
    let clock = Read::default();
    let registry = Registry::with_clock(clock.clone());
    let _changes = registry.subscribe(EventKinds::CHANGES);
    let _calls = registry.subscribe(EventFilter::from(EventKinds::CALLS).identifier("other"));
    let breaker = registry.breaker("api");
    assert_eq!(readings(&clock, || succeed(&breaker)), 0);
    let _calls = registry.subscribe(EventKinds::CALLS);
    assert!(0 < readings(&clock, || succeed(&breaker)));
}

#[test]
fn a_failure_that_may_open_the_circuit_reads_the_clock_and_no_failure_before_it_does() {
    let (breaker, clock) = breaker(PolicyPatch::new().failure_threshold(3));
    assert_eq!(readings(&clock, || (0..2).for_each(|_| fail(&breaker))), 0);
    assert_eq!(readings(&clock, || fail(&breaker)), 1);
}

#[test]
fn a_failure_whose_event_a_subscriber_receives_reads_the_clock() {
    let clock = Read::default();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.breaker("api");
    let _calls = registry.subscribe(EventKinds::CALLS);
    assert_eq!(readings(&clock, || fail(&breaker)), 1);
}

/// A clock that counts how often the calendar is read.
#[derive(Debug, Clone, Default)]
struct CalendarRead(Arc<AtomicU64>);

impl Clock for CalendarRead {
    fn now(&self) -> Tick {
        Tick::ORIGIN
    }

    fn calendar(&self) -> SystemTime {
        self.0.fetch_add(1, Relaxed);
        SystemTime::UNIX_EPOCH
    }
}

#[test]
fn the_calendar_is_read_for_subscribers_only() {
    let clock = CalendarRead::default();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.breaker("api");
    fail(&breaker);
    breaker.open("a test");
    assert_eq!(clock.0.load(Relaxed), 0);
    let events = registry.subscribe(EventKind::StateChanged);
    breaker.close("a test");
    assert_eq!(clock.0.load(Relaxed), 1);
    drop(events);
    fail(&breaker);
    assert_eq!(clock.0.load(Relaxed), 1);
}

/// A breaker that opens at half of at least 10 calls in 10 s, with buckets of 1 s.
fn of_10_seconds() -> (Breaker, ManualClock) {
    let clock = ManualClock::new();
    let breaker = Registry::with_clock(clock.clone()).breaker("api");
    let window = Window::time(Duration::from_secs(10));
    let patch = PolicyPatch::new().failure_rate(50).window(window).minimum_calls(10);
    breaker.configure(patch).unwrap();
    (breaker, clock)
}

#[test]
fn successes_that_take_no_lock_count_in_the_window() {
    let (breaker, _clock) = of_10_seconds();
    (0..200).for_each(|_| succeed(&breaker));
    (0..199).for_each(|_| fail(&breaker));
    assert_eq!(breaker.status().state, State::Closed);
    fail(&breaker);
    assert_eq!(breaker.status().state, State::Open);
}

#[test]
fn a_success_at_the_end_of_a_bucket_counts_in_the_next() {
    let (breaker, clock) = of_10_seconds();
    succeed(&breaker);
    clock.advance(Duration::from_secs(1));
    (0..20).for_each(|_| succeed(&breaker));
    clock.advance(Duration::from_secs(9));
    (0..19).for_each(|_| fail(&breaker));
    assert_eq!(breaker.status().state, State::Closed);
}

#[test]
fn a_success_from_before_an_opening_is_late_among_those_that_take_no_lock() {
    let (breaker, _clock) = of_10_seconds();
    let permit = breaker.try_acquire().unwrap();
    breaker.open("a test");
    breaker.close("a test");
    (0..2).for_each(|_| succeed(&breaker));
    permit.success();
    assert_eq!(breaker.status().totals.late, 1);
}
