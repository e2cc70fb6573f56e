//! Keys: how many have series of their own, and the sum of the others.

use std::{thread, time::Duration};

use brama::{
    Config, Identity, PolicyPatch, Registry, State, status::BreakerFilter, testing::ManualClock,
};

use super::{Samples, native, value};

fn limited(max_keys: usize, max_series: usize) -> Registry {
    let registry = Registry::new();
    let config = Config::new().max_keys(max_keys.try_into().unwrap()).max_series(max_series);
    registry.init(config.cleanup_interval(None)).unwrap();
    registry
}

fn call(registry: &Registry, key: &str) {
    registry.breaker(Identity::new("storage").with_key(key)).success();
}

fn successes(samples: &Samples, key: &str) -> Option<f64> {
    let labels = [("name", "storage"), ("key", key), ("outcome", "success")];
    value(samples, "brama_breaker_calls_total", labels)
}

#[test]
fn keys_beyond_the_limit_are_summed_and_the_sum_says_so() {
    let registry = limited(100, 2);
    for key in ["a", "b", "c", "d"] {
        call(&registry, key);
    }
    registry.breaker(Identity::new("storage").with_key("d")).open("a test");
    let samples = native(&registry);
    let counts = ["a", "b", "c", "other"].map(|key| successes(&samples, key));
    assert_eq!(counts, [Some(1.0), Some(1.0), None, Some(2.0)]);
    let limited = value(&samples, "brama_series_limited_keys", [("name", "storage")]);
    assert_eq!(limited, Some(2.0));
    let state = |state: State| {
        let labels = [("name", "storage"), ("key", "other"), ("state", state.as_str())];
        value(&samples, "brama_breaker_state", labels)
    };
    assert_eq!([State::Closed, State::Open].map(state), [Some(1.0), Some(1.0)]);
}

#[test]
fn without_the_limit_being_reached_there_is_no_sum() {
    let registry = limited(100, 2);
    call(&registry, "a");
    let samples = native(&registry);
    assert_eq!(successes(&samples, "other"), None);
    assert_eq!(value(&samples, "brama_series_limited_keys", [("name", "storage")]), None);
}

#[test]
fn the_sum_never_goes_backwards() {
    let registry = limited(3, 1);
    let mut before = 0.0;
    for key in 0..100 {
        call(&registry, &key.to_string());
        let sum = successes(&native(&registry), "other").unwrap_or(0.0);
        assert!(before <= sum, "{before} after key {key}: {sum}");
        before = sum;
    }
    assert!(60.0 < before, "{before}");
}

#[test]
fn the_series_of_an_evicted_key_are_gone_and_counted() {
    let registry = limited(1, 10);
    call(&registry, "a");
    call(&registry, "b");
    let samples = native(&registry);
    let counts = ["a", "b", "other"].map(|key| successes(&samples, key));
    assert_eq!(counts, [None, Some(1.0), None]);
    assert_eq!(value(&samples, "brama_keys_evicted_total", []), Some(1.0));
}

#[test]
fn a_key_named_as_the_sum_is_part_of_it() {
    let registry = limited(100, 10);
    for key in ["a", "other", "b"] {
        call(&registry, key);
    }
    let samples = native(&registry);
    assert_eq!(["a", "b", "other"].map(|key| successes(&samples, key)), [Some(1.0); 3]);
}

#[test]
fn calls_without_room_for_their_key_are_part_of_the_sum() {
    let registry = limited(1, 10);
    registry.breaker(Identity::new("storage").with_key("a")).force_open("a test");
    call(&registry, "b");
    let samples = native(&registry);
    assert_eq!(successes(&samples, "other"), Some(1.0));
    assert_eq!(value(&samples, "brama_overflow_calls_total", []), Some(1.0));
}

#[test]
fn calls_without_room_stay_in_the_sum_when_their_breaker_is_unregistered() {
    let registry = limited(1, 10);
    registry.breaker(Identity::new("storage").with_key("a")).force_open("a test");
    call(&registry, "b");
    let statuses = registry.statuses(BreakerFilter::new());
    let overflow = statuses.iter().find(|status| status.identity.is_overflow()).unwrap();
    assert!(registry.unregister(&overflow.identity));
    let samples = native(&registry);
    assert_eq!(successes(&samples, "other"), Some(1.0));
    assert_eq!(value(&samples, "brama_overflow_calls_total", []), Some(1.0));
}

#[test]
fn the_longest_call_of_an_evicted_key_is_forgotten_as_any_other() {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let config = Config::new().max_keys(1.try_into().unwrap()).max_series(0);
    registry.init(config.defaults(PolicyPatch::new().durations(true))).unwrap();
    let call = |key: &str, took: Duration| {
        let permit = registry.breaker(Identity::new("storage").with_key(key)).try_acquire();
        clock.advance(took);
        permit.unwrap().success();
    };
    let longest = || {
        let labels = [("name", "storage"), ("key", "other"), ("outcome", "success")];
        value(&native(&registry), "brama_breaker_call_duration_max_seconds", labels)
    };
    call("a", Duration::from_secs(5));
    assert_eq!(longest(), Some(5.0));
    call("b", Duration::from_secs(1));
    clock.advance(Duration::from_secs(300));
    assert_eq!(longest(), None);
}

#[test]
fn a_client_cannot_make_two_series_of_one_name() {
    let registry = limited(100, 100);
    let long = "k".repeat(1_000);
    let keys = ["", "a\nb", "a\\nb", "other", &format!("{long}1"), &format!("{long}2"), "\"}"];
    for key in keys {
        call(&registry, key);
    }
    let samples = native(&registry);
    let calls = samples.iter().filter(|((name, labels), _)| {
        name == "brama_breaker_calls_total" && labels["outcome"] == "success"
    });
    assert_eq!(calls.count(), keys.len());
}

#[test]
fn scopes_stay_apart() {
    let registry = Registry::new();
    registry.breaker(Identity::new("api").in_scope("eu")).success();
    registry.breaker("api").success();
    let samples = native(&registry);
    let labels = [("name", "api"), ("scope", "eu"), ("outcome", "success")];
    assert_eq!(value(&samples, "brama_breaker_calls_total", labels), Some(1.0));
    let labels = [("name", "api"), ("outcome", "success")];
    assert_eq!(value(&samples, "brama_breaker_calls_total", labels), Some(1.0));
}

#[test]
fn the_sum_never_goes_backwards_while_other_threads_use_new_keys() {
    let registry = limited(20, 5);
    let calls = |thread: u32| {
        (0..500_u32).for_each(|key| call(&registry, &format!("{thread} {key}")));
    };
    thread::scope(|scope| {
        let threads = [0, 1].map(|thread| scope.spawn(move || calls(thread)));
        let mut before = 0.0;
        while !threads.iter().all(thread::ScopedJoinHandle::is_finished) {
            let sum = successes(&native(&registry), "other").unwrap_or(0.0);
            assert!(before <= sum, "{before}, then {sum}");
            before = sum;
        }
    });
}
