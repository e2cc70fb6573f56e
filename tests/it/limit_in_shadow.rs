//! Calls that run although their circuit would reject them, under a `concurrency_limit`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use brama::{Breaker, Identity, Outcome, Permit, PolicyPatch, Totals, testing::TestRegistry};

fn in_shadow(registry: &TestRegistry, calls: u32) -> Breaker {
    let patch = PolicyPatch::new().concurrency_limit(calls).failure_threshold(1).shadow(true);
    registry.configure("bank", patch).unwrap();
    registry.breaker("bank")
}

#[test]
fn in_shadow_the_surplus_runs_and_counts_as_rejected() {
    let registry = TestRegistry::new();
    let breaker = in_shadow(&registry, 1);
    let _permit = breaker.try_acquire().unwrap();
    assert!(breaker.is_available());
    breaker.try_acquire().unwrap().failure("not recorded");
    let status = breaker.status();
    assert_eq!((status.rejections.saturated, status.totals.failures), (1, 0));
    assert_eq!(status.in_flight, Some(1));
}

const ENDS: [fn(Permit); 5] = [
    Permit::success,
    Permit::ignore,
    drop,
    |permit| permit.failure("refused"),
    |permit| permit.record(Outcome::trip("blocked")),
];

#[test]
fn a_call_that_would_be_rejected_keeps_its_place_in_shadow_and_is_not_recorded() {
    for end in ENDS {
        let registry = TestRegistry::new();
        let breaker = in_shadow(&registry, 2);
        breaker.open("an outage");
        let (before, permit) = (breaker.status().totals, breaker.try_acquire().unwrap());
        assert_eq!(breaker.status().in_flight, Some(1));
        end(permit);
        let status = breaker.status();
        assert_eq!((status.in_flight, status.totals.rejected), (Some(0), before.rejected + 1));
        let outcomes = |Totals { successes, failures, ignored, abandoned, .. }| {
            [successes, failures, ignored, abandoned]
        };
        assert_eq!(outcomes(status.totals), outcomes(before));
    }
}

#[test]
fn a_panic_that_would_be_rejected_gives_its_place_back_in_shadow() {
    let registry = TestRegistry::new();
    let breaker = in_shadow(&registry, 1);
    breaker.open("an outage");
    let body = || -> Result<(), ()> { panic!("as planned") };
    assert!(catch_unwind(AssertUnwindSafe(|| breaker.call(body))).is_err());
    assert_eq!((breaker.status().in_flight, breaker.status().totals.failures), (Some(0), 0));
}

/// The limit matters most where the dependency fails and its calls run nevertheless.
#[test]
fn the_limit_holds_while_an_opening_only_observes() {
    let registry = TestRegistry::new();
    let patch = PolicyPatch::new().concurrency_limit(2).failure_threshold(1).max_open_share(20);
    registry.configure("node", patch).unwrap();
    let all = [0_u64, 1, 2, 3, 4].map(|key| registry.breaker(Identity::new("node").with_key(key)));
    for breaker in &all {
        breaker.failure("unreachable");
    }
    let observing = all.iter().find(|breaker| breaker.status().held_back).unwrap();
    let permits = [0; 2].map(|_| observing.try_acquire().unwrap());
    assert!(observing.try_acquire().unwrap_err().is_saturated());
    permits.into_iter().for_each(Permit::success);
    assert_eq!((observing.status().in_flight, observing.status().totals.successes), (Some(0), 0));
    assert!(observing.try_acquire().is_ok());
}
