//! A shorter `expiry` that applies to openings in progress: `PolicyPatch::apply_now`.

use std::{thread, time::Duration};

use brama::{
    Breaker, Config, Expiry, Identity, PolicyPatch, Registry, State,
    event::{EventDetail, EventKind},
    testing::TestRegistry,
};

use crate::events::drain;

fn node(key: u8) -> Identity<'static> {
    Identity::new("node").with_key(key)
}

fn expiry(seconds: u64) -> PolicyPatch {
    PolicyPatch::new().expiry(Expiry::fixed(Duration::from_secs(seconds)))
}

fn remaining(breaker: &Breaker) -> Option<u64> {
    breaker.status().retry_after.map(|left| left.as_secs())
}

/// A registry in which two keys were opened by a rule 10 s ago, and one by hand.
fn opened() -> (TestRegistry, [Breaker; 3]) {
    let registry = TestRegistry::new();
    let keys = [1, 2, 3].map(|key| registry.breaker(node(key)));
    let [one, other, by_hand] = &keys;
    for _ in 0..10 {
        one.failure("down");
        other.failure("down");
    }
    by_hand.open("a test");
    registry.advance(Duration::from_secs(10));
    (registry, keys)
}

#[test]
fn a_shorter_expiry_leaves_openings_in_progress_alone() {
    let (registry, keys) = opened();
    registry.configure("node", expiry(30)).unwrap();
    registry.reload(Config::new().defaults(expiry(5).apply_now())).unwrap();
    assert_eq!(keys.each_ref().map(remaining), [Some(50); 3]);
}

#[test]
fn a_shorter_expiry_that_applies_now_shortens_openings_by_a_rule() {
    let (registry, keys) = opened();
    let mut events = registry.subscribe(EventKind::Configured);
    registry.configure("node", expiry(30).apply_now()).unwrap();
    assert_eq!(keys.each_ref().map(remaining), [Some(20), Some(20), Some(50)]);
    let shortened = drain(&mut events).into_iter().filter_map(|event| {
        let EventDetail::Configured { shortened, .. } = event.detail else { return None };
        shortened
    });
    assert_eq!(shortened.collect::<Vec<_>>(), [Duration::from_secs(30); 2]);
    registry.configure("node", expiry(3_600).apply_now()).unwrap();
    assert_eq!(keys.each_ref().map(remaining), [Some(20), Some(20), Some(50)]);
}

#[test]
fn an_opening_that_would_be_over_admits_a_probe_at_once() {
    let (registry, [breaker, ..]) = opened();
    registry.configure("node", expiry(5).apply_now()).unwrap();
    assert_eq!((remaining(&breaker), breaker.is_available()), (Some(0), true));
    assert!(breaker.call(|| Ok::<_, ()>(())).is_ok());
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_wait_ends_with_the_shortened_opening() {
    let (registry, [breaker, ..]) = opened();
    let waiter = {
        let breaker = breaker.clone();
        thread::spawn(move || breaker.wait_timeout(Duration::from_secs(3_600)))
    };
    while breaker.state() == State::Open && !waiter.is_finished() {
        registry.configure("node", expiry(5).apply_now()).unwrap();
        thread::yield_now();
    }
    assert!(waiter.join().unwrap());
}

#[test]
fn the_setting_outlives_the_registry() {
    let registry = Registry::new();
    let breaker = registry.breaker("alone");
    drop(registry);
    (0..10).for_each(|_| breaker.failure("down"));
    breaker.configure(expiry(1).apply_now()).unwrap();
    assert!(breaker.status().retry_after.unwrap() <= Duration::from_secs(1));
}
