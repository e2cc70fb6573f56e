//! How many of an identifier's keys may be open at once: `max_open_share`.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use brama::{
    Breaker, Identity, PolicyPatch, State,
    event::{EventDetail, EventKind},
    testing::TestRegistry,
};

fn upstreams(registry: &TestRegistry, count: u64) -> Vec<Breaker> {
    registry.configure("upstream", PolicyPatch::new().max_open_share(40)).unwrap();
    let all: Vec<_> =
        (0..count).map(|key| registry.breaker(Identity::new("upstream").with_key(key))).collect();
    for breaker in &all {
        (0..10).for_each(|_| breaker.failure("unreachable"));
    }
    all
}

fn rejecting(all: &[Breaker]) -> usize {
    all.iter().filter(|breaker| breaker.try_acquire().is_err()).count()
}

/// istio/istio#20135, envoyproxy/envoy#17504, envoyproxy/envoy#3263, envoyproxy/envoy#27066
#[test]
fn when_every_key_fails_only_a_share_of_them_rejects() {
    let registry = TestRegistry::new();
    let all = upstreams(&registry, 20);
    let rejecting = rejecting(&all);
    assert!((8..=9).contains(&rejecting), "{rejecting} of 20 reject, 40 % may");
}

/// istio/istio#20135, envoyproxy/envoy#17504
#[test]
fn an_opening_that_only_observed_takes_effect_when_enough_others_have_closed() {
    let registry = TestRegistry::new();
    let all = upstreams(&registry, 20);
    let (rejecting, observing): (Vec<_>, Vec<_>) =
        all.iter().partition(|breaker| breaker.try_acquire().is_err());
    for breaker in rejecting {
        breaker.close("repaired");
    }
    assert!(observing.iter().any(|breaker| breaker.try_acquire().is_err()));
}

/// istio/istio#20135
#[test]
fn below_five_known_keys_there_is_no_share() {
    let registry = TestRegistry::new();
    let all = upstreams(&registry, 4);
    assert_eq!(rejecting(&all), 4);
    assert!(all.iter().all(|breaker| breaker.state() == State::Open));
}

#[test]
fn an_opening_that_is_held_back_says_so() {
    let registry = TestRegistry::new();
    let mut openings = registry.subscribe(EventKind::StateChanged);
    let all = upstreams(&registry, 10);
    let held_back = all.iter().filter(|breaker| breaker.status().held_back).count();
    assert_eq!(held_back, 6);
    let announced = std::iter::from_fn(|| openings.try_recv()).filter(|event| {
        let EventDetail::StateChanged { cause, .. } = &event.detail else { return false };
        assert_eq!(cause.held_back, event.to_string().contains("only observes"), "{event}");
        cause.held_back
    });
    assert_eq!(announced.count(), held_back);
    for breaker in all.iter().filter(|breaker| breaker.status().held_back) {
        assert!(breaker.is_available());
        drop(breaker.try_acquire().unwrap());
        assert_eq!((breaker.state(), breaker.status().totals.rejected), (State::Open, 1));
    }
}

#[test]
fn openings_by_hand_are_never_held_back_and_take_no_share() {
    let registry = TestRegistry::new();
    registry.configure("upstream", PolicyPatch::new().max_open_share(20)).unwrap();
    let all: Vec<_> =
        (0..10_u64).map(|key| registry.breaker(Identity::new("upstream").with_key(key))).collect();
    for breaker in &all[..5] {
        breaker.open("maintenance");
    }
    for breaker in &all[5..] {
        (0..10).for_each(|_| breaker.failure("unreachable"));
    }
    assert_eq!(rejecting(&all), 5 + 2);
}

/// Random openings and closings by rule and by hand never exceed the share.
#[test]
fn at_most_the_share_of_the_keys_rejects_by_a_rule_whatever_happens() {
    let registry = TestRegistry::new();
    let all = upstreams(&registry, 10);
    let mut random = 7_u64;
    for step in 0..2_000 {
        random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        let breaker = &all[usize::try_from((random >> 33) % 10).unwrap()];
        match (random >> 40) % 6 {
            0 => breaker.close("repaired"),
            1 => breaker.reset("repaired"),
            2 => (0..10).for_each(|_| breaker.failure("unreachable")),
            3 => drop(breaker.try_acquire()),
            4 => registry.advance(Duration::from_secs(20)),
            _ => registry.sweep(),
        }
        let rejects = |breaker: &&Breaker| {
            let status = breaker.status();
            let is_over = status.retry_after.is_none_or(|left| left.is_zero());
            status.state == State::Open && !is_over && !status.held_back
        };
        let rejecting = all.iter().filter(rejects).count();
        assert!(rejecting <= 4, "{rejecting} after step {step}");
    }
}

/// Keys of which one in five may reject, and whose first failure opens.
fn fragile(count: u64) -> (TestRegistry, Vec<Breaker>) {
    let registry = TestRegistry::new();
    let patch = PolicyPatch::new().max_open_share(20).failure_threshold(1);
    registry.configure("node", patch).unwrap();
    let node = |key| registry.breaker(Identity::new("node").with_key(key));
    let all = (0..count).map(node).collect();
    (registry, all)
}

fn fail(all: &[Breaker]) {
    for breaker in all {
        breaker.failure("unreachable");
    }
}

#[test]
fn an_opening_that_is_over_takes_no_share_before_anything_has_noticed() {
    let (registry, all) = fragile(5);
    all[0].failure("unreachable");
    registry.advance(Duration::from_secs(30));
    all[1].failure("unreachable");
    assert!(all[1].status().held_back);
    registry.advance(Duration::from_secs(30));
    all[2].failure("unreachable");
    assert_eq!(all[0].state(), State::Open);
    assert!(all[2].try_acquire().is_err());
    all[2].close("repaired");
    assert!(all[1].try_acquire().is_err());
}

#[test]
fn one_key_may_always_open() {
    let (registry, all) = fragile(5);
    registry.configure("node", PolicyPatch::new().max_open_share(1)).unwrap();
    fail(&all);
    assert_eq!(rejecting(&all), 1);
}

#[test]
fn an_opening_in_shadow_takes_no_share() {
    let (_registry, all) = fragile(5);
    all[0].configure(PolicyPatch::new().shadow(true)).unwrap();
    fail(&all[..2]);
    assert_eq!(rejecting(&all), 1);
}

#[test]
fn openings_that_end_give_their_share_back() {
    let (_registry, all) = fragile(10);
    for _ in 0..3 {
        fail(&all);
        assert_eq!(rejecting(&all), 2);
        for breaker in &all {
            breaker.close("repaired");
        }
    }
}

#[test]
fn asking_takes_into_account_that_others_have_closed() {
    let (registry, all) = fragile(5);
    all[0].failure("unreachable");
    all[1].failure("unreachable");
    assert!(registry.is_available(Identity::new("node").with_key(1)));
    all[0].close("repaired");
    assert!(!registry.is_available(Identity::new("node").with_key(1)));
    assert!(all[1].try_acquire().is_err());
}

#[test]
fn an_opening_that_only_observes_keeps_nobody_waiting() {
    let (_registry, all) = fragile(5);
    all[0].failure("unreachable");
    all[1].failure("unreachable");
    let poll = |breaker: &Breaker| {
        pin!(breaker.ready()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
    };
    assert_eq!([&all[0], &all[1]].map(poll), [false, true]);
    assert!(all[1].wait_timeout(Duration::ZERO));
}

#[test]
fn unregistered_keys_are_not_known() {
    let (registry, all) = fragile(10);
    let key = |key: u64| Identity::new("node").with_key(key);
    (5..10).for_each(|number| assert!(registry.unregister(key(number))));
    fail(&all[..5]);
    assert_eq!(rejecting(&all[..5]), 1);
    all[..5].iter().for_each(|breaker| breaker.close("repaired"));
    all[5..].iter().for_each(Breaker::success);
    fail(&all[..5]);
    assert_eq!(rejecting(&all[..5]), 2);
}

#[test]
fn a_limit_that_is_set_during_an_outage_judges_no_opening_in_progress() {
    let (registry, all) = fragile(10);
    let share = |patch| registry.configure("node", patch).unwrap();
    share(PolicyPatch::new().max_open_share_off());
    fail(&all[1..]);
    share(PolicyPatch::new().max_open_share(20));
    assert_eq!(rejecting(&all[1..]), 9);
    all[0].failure("unreachable");
    assert_eq!(rejecting(&all), 9);
}

#[test]
fn an_opening_leaves_shadow_at_its_next_call_and_only_within_the_share() {
    let (registry, all) = fragile(10);
    registry.shadow_all(true);
    fail(&all);
    registry.shadow_all(false);
    assert_eq!(rejecting(&all), 2);
}
