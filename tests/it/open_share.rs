//! How many of an identifier's keys may be open at once: `max_open_share`.
use brama::{Breaker, Identity, PolicyPatch, State, testing::TestRegistry};

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
