//! More keys than there is room for.

use std::{
    fmt::Display,
    num::NonZeroUsize,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use brama::{
    Config, Connection, Identity, PolicyPatch, Registry, State, Status, circuit_breaker,
    error::RegisterError, outcome::Abandoned, status::BreakerFilter, testing::TestRegistry,
};

use crate::answer::{Answer, TestError};

/// In milliseconds.
const HOUR: u64 = 60 * 60 * 1_000;
const DAY: Duration = Duration::from_millis(24 * HOUR);

fn node(key: impl Display) -> Identity<'static> {
    Identity::new("node").with_key(key)
}

fn bounded(max_keys: usize) -> TestRegistry {
    let registry = TestRegistry::new();
    let max_keys = NonZeroUsize::new(max_keys).unwrap();
    registry.init(Config::new().max_keys(max_keys).cleanup_interval(None)).unwrap();
    registry
}

/// A registry with two open keys and no room for another.
fn full() -> TestRegistry {
    let registry = bounded(2);
    for key in ["a", "b"] {
        registry.breaker(node(key)).open("a test");
    }
    registry
}

fn overflow(registry: &Registry) -> Status {
    let mut statuses = registry.statuses(BreakerFilter::new());
    statuses.retain(|status| status.identity.is_overflow());
    assert_eq!(statuses.len(), 1);
    statuses.remove(0)
}

fn keys(registry: &Registry) -> Vec<String> {
    let statuses = registry.statuses(BreakerFilter::new());
    statuses.iter().filter_map(|status| status.identity.key().map(str::to_owned)).collect()
}

#[test]
fn a_new_key_is_never_rejected_for_the_failures_of_other_keys() {
    let registry = full();
    registry.configure("node", PolicyPatch::new().failure_threshold(2)).unwrap();
    for key in 0..5 {
        registry.breaker(node(key)).failure("down");
    }
    let breaker = registry.breaker(node("stranger"));
    assert_eq!((breaker.state(), breaker.is_available()), (State::Open, true));
    assert_eq!(breaker.call(|| Ok::<_, ()>(7)), Ok(7));
    assert!(!registry.is_available(node("a")));
}

#[test]
fn overflowing_calls_are_counted_and_a_warning_says_what_to_do() {
    let registry = full();
    registry.breaker("node").success();
    registry.breaker(node("c")).success();
    registry.breaker(node("d")).failure("down");
    let status = overflow(&registry);
    assert_eq!((status.totals.successes, status.totals.failures), (1, 1));
    assert_eq!(status.identity.to_string(), "node (overflow)");
    let warning = "2 calls of node found no room for a key and could only be observed; raise \
                   `max_keys`, or use fewer keys";
    for identity in [&status.identity, &"node".into(), &node("a")] {
        assert_eq!(registry.status(identity).unwrap().warnings, [warning]);
        assert_eq!(registry.breaker(identity).status().warnings, [warning]);
    }
    assert!(registry.breaker("other").status().warnings.is_empty());
    assert_eq!(keys(&registry), ["a", "b"]);
}

#[test]
fn an_abandoned_call_that_overflows_is_one_call_of_the_warning_whatever_it_counts_as() {
    for abandoned in [Abandoned::Ignore, Abandoned::Failure] {
        let registry = full();
        registry.configure("node", PolicyPatch::new().abandoned(abandoned)).unwrap();
        let breaker = registry.breaker(node("c"));
        breaker.success();
        drop(breaker.try_acquire().unwrap());
        let warnings = breaker.status().warnings;
        assert!(warnings[0].starts_with("2 calls of node found no room"), "{warnings:?}");
    }
}

#[test]
fn a_key_that_found_no_room_and_was_never_called_is_no_warning() {
    let registry = full();
    let breaker = registry.breaker(node("c"));
    assert!(breaker.identity().is_overflow());
    assert!(breaker.status().warnings.is_empty());
}

#[test]
fn the_overflow_breaker_is_not_the_breaker_of_the_identifier() {
    let registry = full();
    registry.breaker(node("c")).failure("down");
    assert!(registry.find("node").is_none());
    registry.force_open(&overflow(&registry).identity, "a test").unwrap();
    assert!(registry.breaker("node").is_available());
    assert!(registry.breaker(node("d")).is_available());
    assert_eq!(registry.status("node").unwrap().totals.failures, 0);
    assert_eq!(registry.totals("node").unwrap().failures, 1);
}

#[test]
fn reports_to_a_group_leave_the_overflow_breaker_out() {
    let registry = full();
    registry.breaker(node("c")).success();
    assert_eq!(registry.failure_all(BreakerFilter::new().identifier("node"), "a test"), 2);
    assert_eq!(registry.success_all(BreakerFilter::new()), 2);
    assert_eq!(overflow(&registry).totals.failures, 0);
}

#[test]
fn the_overflow_breaker_is_configured_with_its_identifier_and_still_rejects_no_call() {
    let registry = full();
    let strict = PolicyPatch::new().failure_threshold(1).shadow(false);
    registry.configure("node", strict).unwrap();
    registry.breaker(node("c")).failure("down");
    let breaker = registry.breaker(&overflow(&registry).identity);
    breaker.configure(strict.success_threshold(3)).unwrap();
    assert_eq!(breaker.status().policy.success_threshold(), 3);
    assert_eq!(registry.status(node("a")).unwrap().policy.success_threshold(), 3);
    assert!(breaker.is_available() && breaker.try_acquire().is_ok());
}

#[test]
fn decorated_functions_pass_if_their_key_finds_no_room() {
    #[circuit_breaker(identifier = "node", key = key, max_attempts = 1)]
    fn read(key: u8, good: bool) -> Answer<u8> {
        if good { Ok(key) } else { Err(TestError::Failed("disk")) }
    }
    let registry = full();
    let _entered = registry.enter();
    assert_eq!([read(1, false), read(2, true)], [Err(TestError::Failed("disk")), Ok(2)]);
    let status = overflow(&registry);
    assert_eq!((status.totals.failures, status.totals.rejected), (1, 1));
    assert_eq!((status.state, status.policy.failure_threshold()), (State::Open, Some(1)));
    registry.breaker(node("a")).close("a test");
    assert_eq!(read(3, true), Ok(3));
    assert_eq!(keys(&registry), ["3", "b"]);
}

#[test]
fn a_breaker_is_evicted_only_if_it_has_no_state_to_keep() {
    type Deed = fn(&TestRegistry);
    let deeds: [(&str, Deed); 8] = [
        ("a failure in a row", |it| it.breaker(node(0)).failure("x")),
        ("open", |it| it.breaker(node(0)).open("x")),
        ("forced open", |it| it.breaker(node(0)).force_open("x")),
        ("disabled", |it| it.breaker(node(0)).disable("x")),
        ("configured", |it| it.configure(node(0), PolicyPatch::new()).unwrap()),
        ("registered", |it| drop(it.register(node(0), Connection::new()).unwrap())),
        ("a failure in the window", |it| {
            it.configure("node", PolicyPatch::new().failure_rate(50)).unwrap();
            it.breaker(node(0)).failure("x");
            it.breaker(node(0)).success();
        }),
        ("a slow call in the window", |it| {
            let slow = PolicyPatch::new().slow_call_rate(50);
            it.configure("node", slow.slow_call_duration(Duration::from_millis(1))).unwrap();
            let permit = it.breaker(node(0)).try_acquire().unwrap();
            it.advance(Duration::from_millis(2));
            permit.success();
        }),
    ];
    for (what, deed) in deeds {
        let registry = bounded(1);
        deed(&registry);
        drop(registry.breaker(node(0)));
        registry.breaker(node(1)).success();
        assert_eq!(keys(&registry), ["0"], "{what}");
    }
}

#[test]
fn a_breaker_is_not_evicted_while_a_handle_or_a_permit_refers_to_it() {
    let registry = bounded(1);
    let handle = registry.breaker(node(0));
    registry.breaker(node(1)).success();
    assert_eq!(keys(&registry), ["0"]);
    let permit = handle.try_acquire().unwrap();
    drop(handle);
    registry.breaker(node(1)).success();
    assert_eq!(keys(&registry), ["0"]);
    permit.success();
    registry.breaker(node(1)).success();
    assert_eq!(keys(&registry), ["1"]);
    assert_eq!(registry.totals("node").unwrap().successes, 4);
}

#[test]
fn a_half_open_breaker_may_be_evicted_unless_a_probe_is_in_flight() {
    let registry = bounded(1);
    registry.set_state(node(0), State::HalfOpen);
    let probe = registry.breaker(node(0)).try_acquire().unwrap();
    registry.advance(DAY);
    registry.breaker(node(1)).success();
    assert_eq!(keys(&registry), ["0"]);
    probe.ignore();
    registry.breaker(node(1)).success();
    assert_eq!(keys(&registry), ["0"]);
    registry.advance(DAY);
    registry.breaker(node(1)).success();
    assert_eq!(keys(&registry), ["1"]);
}

#[test]
fn a_key_that_flaps_keeps_its_place_for_as_long_as_its_last_opening_lasted() {
    let registry = bounded(1);
    registry.breaker(node(0)).open_for(Duration::from_millis(6 * HOUR), "a test").unwrap();
    let comes_in = |key| !registry.breaker(node(key)).identity().is_overflow();
    assert!(!comes_in(1));
    registry.advance(Duration::from_millis(6 * HOUR - 1));
    assert!(!comes_in(1));
    assert_eq!(registry.breaker(node(0)).state(), State::Open);
    // A rejection counts as activity.
    assert!(registry.breaker(node(0)).try_acquire().is_err());
    assert!(!comes_in(1));
    registry.advance(Duration::from_millis(6 * HOUR - 1));
    assert!(!comes_in(1));
    registry.advance(Duration::from_millis(1));
    assert!(comes_in(1));
    assert_eq!(keys(&registry), ["1"]);
}

#[test]
fn a_closed_key_that_is_stale_makes_room_without_a_cleanup() {
    let registry = bounded(1);
    registry.breaker(node(0)).failure("once");
    let comes_in = |key| !registry.breaker(node(key)).identity().is_overflow();
    assert!(!comes_in(1));
    registry.advance(Duration::from_millis(24 * HOUR - 1));
    assert!(!comes_in(1));
    registry.advance(Duration::from_millis(1));
    assert!(comes_in(1));
    assert_eq!(registry.totals("node").unwrap().failures, 1);
}

#[test]
fn a_key_that_fails_again_is_not_stale() {
    let registry = bounded(1);
    for _ in 0..4 {
        registry.breaker(node(0)).failure("again");
        registry.advance(DAY);
        assert!(registry.breaker(node(1)).identity().is_overflow());
    }
    assert_eq!(registry.breaker(node(0)).status().failures, 4);
}

/// openclaw/openclaw#105316
#[test]
fn keys_that_failed_once_and_were_idle_for_a_day_make_room() {
    let registry = bounded(50);
    (0..50).for_each(|key| registry.breaker(node(key)).failure("not found"));
    for _ in 0..3 {
        registry.advance(DAY);
        registry.sweep();
    }
    assert!(!registry.breaker(node(1_000)).identity().is_overflow());
}

/// openclaw/openclaw#105316
#[test]
fn a_key_that_failed_within_the_day_keeps_its_place() {
    let registry = bounded(50);
    (0..50).for_each(|key| registry.breaker(node(key)).failure("not found"));
    registry.advance(Duration::from_secs(3_600));
    registry.sweep();
    assert_eq!(registry.breaker(node(7)).status().failures, 1);
    assert!(registry.breaker(node(1_000)).identity().is_overflow());
}

#[test]
fn registration_of_a_key_is_rejected_if_no_other_key_can_be_evicted() {
    let registry = full();
    let connection = Connection::new().label("team", "storage");
    let error = registry.register(node("c"), connection.clone()).unwrap_err();
    assert!(matches!(error, RegisterError::NoRoom { .. }));
    assert!(error.to_string().starts_with("`node[c]` has no room"), "{error}");
    assert_eq!((error.identity(), error.clone().into_connection()), (&node("c"), connection));
    registry.close(node("a"), "a test").unwrap();
    assert!(registry.register(node("c"), Connection::new()).is_ok());
    assert_eq!(keys(&registry), ["b", "c"]);
}

#[test]
fn lowering_max_keys_evicts_the_surplus() {
    let registry = TestRegistry::new();
    (0..100).for_each(|key| registry.breaker(node(key)).success());
    let two = NonZeroUsize::new(2).unwrap();
    registry.init(Config::new().max_keys(two).cleanup_interval(None)).unwrap();
    (100..110).for_each(|key| registry.breaker(node(key)).success());
    assert_eq!(keys(&registry).len(), 2);
    assert_eq!(registry.totals("node").unwrap().successes, 110);
}

#[test]
fn each_identifier_in_each_scope_has_room_of_its_own() {
    let registry = bounded(2);
    for scope in ["one", "other"] {
        (0..2).for_each(|key| registry.breaker(node(key).in_scope(scope)).success());
    }
    (0..5).for_each(|name| registry.breaker(format!("{name}")).success());
    assert_eq!(registry.statuses(BreakerFilter::new()).len(), 9);
}

#[test]
fn keys_that_failed_together_leave_their_neighbours_room() {
    let registry = bounded(1_000);
    for key in 0..100 {
        registry.breaker(node(key)).failure("down");
    }
    let is_overflow = |key| registry.breaker(node(key)).identity().is_overflow();
    assert_eq!((1_000..20_000).filter(|key| is_overflow(*key)).count(), 0);
}

#[test]
fn a_query_over_many_breakers_keeps_none_of_them_from_being_evicted() {
    let registry = bounded(1);
    registry.breaker(node(1)).success();
    let (inner, next) = (Registry::clone(&registry), AtomicU32::new(2));
    let finds_no_room = move |_: &Status| {
        let key = next.fetch_add(1, Ordering::Relaxed);
        inner.breaker(node(key)).identity().is_overflow()
    };
    assert!(!registry.all_available(BreakerFilter::new().predicate(finds_no_room)));
    assert!(registry.all_available(BreakerFilter::new().identifier("node")));
}

#[test]
fn lowering_max_keys_leaves_room_for_new_keys_while_others_are_evicted() {
    let registry = TestRegistry::new();
    for key in 0..100 {
        registry.breaker(node(key)).success();
    }
    let max_keys = NonZeroUsize::new(10).unwrap();
    registry.init(Config::new().max_keys(max_keys).cleanup_interval(None)).unwrap();
    let is_overflow = |key| registry.breaker(node(key)).identity().is_overflow();
    assert_eq!((100..120).filter(|key| is_overflow(*key)).count(), 0);
    assert_eq!(keys(&registry).len(), 10);
}

#[test]
fn a_key_that_finds_no_room_has_evicted_no_other() {
    let registry = TestRegistry::new();
    for key in 0..100 {
        let breaker = registry.breaker(node(key));
        if key % 2 == 0 {
            breaker.open("a test");
        }
    }
    let max_keys = NonZeroUsize::new(1).unwrap();
    registry.init(Config::new().max_keys(max_keys).cleanup_interval(None)).unwrap();
    let mut kept = keys(&registry).len();
    for key in 100..200 {
        let is_overflow = registry.breaker(node(key)).identity().is_overflow();
        let before = std::mem::replace(&mut kept, keys(&registry).len());
        assert!(!is_overflow || kept == before, "{key}: {before} keys became {kept}");
    }
    assert!(kept < 100, "no key was evicted");
}
