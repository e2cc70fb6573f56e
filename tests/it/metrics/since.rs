//! Counts since an earlier time, for libraries whose counters are added to.

use brama::{Config, Identity, PolicyPatch, Registry, State, metrics::Series};

/// The series of the only breaker.
fn series(registry: &Registry) -> Series {
    let mut found = None;
    registry.for_each_series(|series| found = Some(series.clone()));
    found.unwrap()
}

fn with_one_key() -> Registry {
    let registry = Registry::new();
    registry.init(Config::new().max_keys(1.try_into().unwrap()).cleanup_interval(None)).unwrap();
    registry
}

#[test]
fn counts_since_an_earlier_series_are_those_that_were_added() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    breaker.configure(PolicyPatch::new().durations(true)).unwrap();
    let call = || breaker.try_acquire().unwrap().success();
    (0..3).for_each(|_| call());
    breaker.open("a test");
    let before = series(&registry);
    breaker.close("a test");
    (0..2).for_each(|_| call());
    breaker.open("a test");
    assert!(breaker.try_acquire().is_err());
    let since = series(&registry).counts_since(&before);
    assert_eq!([since.totals.successes, since.totals.rejected, since.rejections.open], [2, 1, 1]);
    assert_eq!(since.openings, 1);
    let pairs: Vec<_> = since.transitions.iter().collect();
    assert_eq!(pairs, [(State::Closed, State::Open, 1), (State::Open, State::Closed, 1)]);
    let durations = since.durations.as_ref().map(|it| it.successes().count());
    assert_eq!(durations, Some(2));
    assert_eq!(since.in_state(State::Open), 1, "the state is the present one");
}

#[test]
fn all_counts_of_a_key_that_was_evicted_are_new() {
    let registry = with_one_key();
    let succeed = |key: u64, calls: u32| {
        let breaker = registry.breaker(Identity::new("storage").with_key(key));
        (0..calls).for_each(|_| breaker.success());
    };
    succeed(1, 3);
    let before = series(&registry);
    for calls in [2, 3, 4] {
        succeed(2, 1);
        succeed(1, calls);
        let since = series(&registry).counts_since(&before);
        assert_eq!(since.totals.successes, u64::from(calls));
    }
}

#[test]
fn nothing_was_added_since_the_same_series() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    breaker.success();
    breaker.open("a test");
    let before = series(&registry);
    let since = before.counts_since(&before);
    assert_eq!((since.totals.successes, since.transitions.iter().count()), (0, 0));
}
