//! How many calls may be in flight at once: `concurrency_limit`.

use std::{
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use brama::{
    Breaker, CallError, CircuitOpen, Config, Outcome, Permit, PolicyPatch, State, circuit_breaker,
    event::{EventDetail, EventKind},
    testing::TestRegistry,
    tower::{BreakerError, CircuitBreakerLayer},
};
use tower::{Layer, Service, service_fn};

pub(crate) fn limited(registry: &TestRegistry, calls: u32) -> Breaker {
    let patch = PolicyPatch::new().concurrency_limit(calls).failure_threshold(1);
    registry.configure("bank", patch).unwrap();
    registry.breaker("bank")
}

pub(crate) fn acquire(breaker: &Breaker, calls: usize) -> Vec<Permit> {
    (0..calls).map(|_| breaker.try_acquire().unwrap()).collect()
}

#[test]
fn as_many_calls_as_the_limit_run_and_one_more_is_rejected() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 3);
    let permits = acquire(&breaker, 3);
    assert!(breaker.try_acquire().is_err());
    assert_eq!(breaker.status().in_flight, Some(3));
    drop(permits);
    assert_eq!(breaker.status().in_flight, Some(0));
    assert!(breaker.try_acquire().is_ok());
}

#[test]
fn a_place_is_given_back_however_the_call_ends() {
    let ends: [fn(Permit); 5] = [
        Permit::success,
        Permit::ignore,
        drop,
        |permit| permit.failure("refused"),
        |permit| permit.record(Outcome::trip("blocked")),
    ];
    for end in ends {
        let registry = TestRegistry::new();
        let breaker = limited(&registry, 1);
        end(breaker.try_acquire().unwrap());
        assert_eq!(breaker.status().in_flight, Some(0));
    }
}

#[test]
fn a_call_that_panics_gives_its_place_back() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let call = || breaker.call(|| -> Result<(), ()> { panic!("in the call") });
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    assert_eq!(breaker.status().in_flight, Some(0));
}

#[test]
fn the_surplus_is_no_failure_and_counts_as_saturated() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let permit = breaker.try_acquire().unwrap();
    (0..20).for_each(|_| assert!(breaker.try_acquire().is_err()));
    permit.success();
    let status = breaker.status();
    assert_eq!((status.state, status.failures), (State::Closed, 0));
    assert_eq!((status.totals.rejected, status.rejections.saturated), (20, 20));
    assert_eq!((status.totals.successes, status.totals.failures), (1, 0));
}

#[test]
fn rejections_by_cause_add_up_to_those_in_all() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let permit = breaker.try_acquire().unwrap();
    assert!(breaker.try_acquire().is_err());
    permit.failure("refused");
    (0..3).for_each(|_| assert!(breaker.try_acquire().is_err()));
    let status = breaker.status();
    assert_eq!((status.rejections.saturated, status.rejections.open), (1, 3));
    assert_eq!(status.totals.rejected, 4);
}

#[test]
fn the_limit_is_asked_before_the_circuit() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let _permit = breaker.try_acquire().unwrap();
    breaker.open("maintenance");
    assert!(breaker.try_acquire().unwrap_err().is_saturated());
}

#[test]
fn a_call_that_the_circuit_rejects_keeps_no_place() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    breaker.open("maintenance");
    assert!(!breaker.try_acquire().unwrap_err().is_saturated());
    assert!(!breaker.try_acquire().unwrap_err().is_saturated());
    assert_eq!(breaker.status().in_flight, Some(0));
}

#[test]
fn the_surplus_takes_no_place_of_a_probe() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    breaker.configure(PolicyPatch::new().half_open_limit(5).success_threshold(2)).unwrap();
    breaker.failure("refused");
    registry.clock().advance(Duration::from_secs(60));
    let probe = breaker.try_acquire().unwrap();
    assert!(breaker.try_acquire().unwrap_err().is_saturated());
    assert_eq!(breaker.status().probes, 1);
    probe.success();
    assert!(breaker.try_acquire().is_ok());
}

/// A breaker of one place, whose next call is a probe.
fn before_probe(registry: &TestRegistry) -> Breaker {
    let breaker = limited(registry, 1);
    breaker.failure("refused");
    registry.clock().advance(Duration::from_secs(60));
    breaker
}

#[test]
fn a_displaced_probe_keeps_its_place_until_it_ends() {
    let registry = TestRegistry::new();
    let breaker = before_probe(&registry);
    let hangs = breaker.try_acquire().unwrap();
    registry.clock().advance(Duration::from_secs(60));
    assert!(breaker.try_acquire().unwrap_err().is_saturated());
    drop(hangs);
    breaker.try_acquire().unwrap().success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_call_within_a_probe_takes_no_place() {
    let registry = TestRegistry::new();
    let breaker = before_probe(&registry);
    let answer = breaker.call(|| breaker.call(|| Ok::<_, ()>(17)).map_err(drop));
    assert_eq!(answer, Ok(17));
    assert_eq!(breaker.state(), State::Closed);
    let status = breaker.status();
    assert_eq!((status.totals.nested, status.in_flight), (1, Some(0)));
}

#[test]
fn a_call_within_a_call_of_a_closed_circuit_takes_a_place() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let inner = |breaker: &Breaker| breaker.call(|| Ok::<_, ()>(())).is_err();
    assert_eq!(breaker.call(|| Ok::<_, ()>(inner(&breaker))), Ok(true));
}

#[test]
fn a_disabled_breaker_has_no_limit() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let before = breaker.try_acquire().unwrap();
    breaker.disable("the limit is wrong");
    let permits = acquire(&breaker, 5);
    before.success();
    breaker.close("mended");
    drop(permits);
    assert_eq!(breaker.status().in_flight, Some(0));
}

#[test]
fn a_lower_limit_rejects_until_enough_calls_have_ended() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 3);
    let mut permits = acquire(&breaker, 3);
    breaker.configure(PolicyPatch::new().concurrency_limit(2)).unwrap();
    permits.pop().unwrap().success();
    assert!(breaker.try_acquire().is_err());
    permits.pop().unwrap().success();
    assert!(breaker.try_acquire().is_ok());
}

#[test]
fn calls_from_before_the_limit_hold_no_place() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("bank");
    let before = acquire(&breaker, 5);
    breaker.configure(PolicyPatch::new().concurrency_limit(1)).unwrap();
    let permit = breaker.try_acquire().unwrap();
    drop(before);
    assert_eq!(breaker.status().in_flight, Some(1));
    permit.success();
    assert_eq!(breaker.status().in_flight, Some(0));
}

#[test]
fn a_limit_that_is_switched_off_and_on_again_knows_the_calls_that_hold_a_place() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let permit = breaker.try_acquire().unwrap();
    breaker.configure(PolicyPatch::new().concurrency_limit_off()).unwrap();
    assert_eq!(breaker.status().in_flight, None);
    acquire(&breaker, 5).into_iter().for_each(Permit::success);
    breaker.configure(PolicyPatch::new().concurrency_limit(1)).unwrap();
    assert!(breaker.try_acquire().is_err());
    permit.success();
    assert!(breaker.try_acquire().is_ok());
}

#[test]
fn a_saturated_breaker_is_not_available() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let permit = breaker.try_acquire().unwrap();
    assert!(!breaker.is_available());
    permit.success();
    assert!(breaker.is_available());
}

#[test]
fn a_subscriber_sees_the_surplus_as_rejected() {
    let registry = TestRegistry::new();
    let mut events = registry.subscribe(EventKind::Rejected);
    let breaker = limited(&registry, 1);
    let _permit = breaker.try_acquire().unwrap();
    assert!(breaker.try_acquire().is_err());
    assert!(matches!(events.try_recv().unwrap().detail, EventDetail::Rejected));
}

#[circuit_breaker(identifier = "node", key = node, concurrency_limit = 1)]
fn visit(node: u32, again: bool) -> Result<u32, CircuitOpen> {
    if again { visit(node, false) } else { visit(node + 1, false).or(Ok(node)) }
}

#[test]
fn each_key_has_a_limit_of_its_own() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let rejected = visit(7, true).unwrap_err();
    assert!(rejected.is_saturated());
    assert_eq!(rejected.identity().key(), Some("7"));
}

#[circuit_breaker(identifier = "crowd", key = node, concurrency_limit = 5)]
fn visit_crowd(node: u32) -> Result<u32, CircuitOpen> {
    Ok(node)
}

#[test]
fn keys_of_a_limited_breaker_are_summed_in_metrics_like_others() {
    let registry = TestRegistry::new();
    let two = 2.try_into().unwrap();
    registry.reload(Config::new().max_series(0).max_keys(two)).unwrap();
    let _entered = registry.enter();
    assert!((0..50).all(|node| visit_crowd(node).is_ok()));
    let (mut alone, mut summed) = (0, 0);
    registry.for_each_series(|series| match series.summed {
        Some(_) => summed += series.totals.successes,
        None => alone += 1,
    });
    assert_eq!((alone, summed), (0, 50));
}

#[test]
fn a_rejected_call_of_an_open_circuit_takes_no_place_from_another() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    breaker.open("maintenance");
    let calls = || (0..2_000).filter(|_| breaker.try_acquire().unwrap_err().is_saturated()).count();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(calls)).collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap() == 0));
    });
}

#[test]
fn a_saturated_breaker_that_is_unregistered_is_registered_by_its_next_call() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let _permit = breaker.try_acquire().unwrap();
    assert!(registry.unregister("bank"));
    assert!(breaker.try_acquire().is_err());
    assert!(registry.find("bank").is_some());
}

#[circuit_breaker(identifier = "shared", concurrency_limit = 2)]
fn shared<T>(then: impl FnOnce() -> T) -> Result<T, CircuitOpen> {
    Ok(then())
}

#[test]
fn a_function_a_layer_and_a_permit_share_the_places_of_their_breaker() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let mut service = CircuitBreakerLayer::new("shared").layer(service_fn(|()| pending::<Never>()));
    let in_function = shared(|| {
        let in_layer = service.call(());
        assert_eq!(registry.breaker("shared").status().in_flight, Some(2));
        let by_permit = registry.breaker("shared").try_acquire();
        assert!(by_permit.is_err_and(|open| open.is_saturated()));
        in_layer
    });
    let in_layer = in_function.unwrap();
    let permit = registry.breaker("shared").try_acquire().unwrap();
    assert!(shared(|| ()).is_err_and(|open| open.is_saturated()));
    let mut saturated = pin!(service.call(()));
    let answer = saturated.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(answer, Poll::Ready(Err(BreakerError::Rejected(_)))));
    drop((in_layer, permit));
    assert_eq!(registry.breaker("shared").status().in_flight, Some(0));
}

type Never = Result<(), std::io::Error>;

#[circuit_breaker(identifier = "async", concurrency_limit = 1)]
async fn forever() -> Result<(), CircuitOpen> {
    pending().await
}

#[test]
fn a_future_that_is_dropped_gives_its_place_back() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let mut context = Context::from_waker(Waker::noop());
    {
        let (mut first, mut second) = (pin!(forever()), pin!(forever()));
        assert!(first.as_mut().poll(&mut context).is_pending());
        assert!(matches!(second.as_mut().poll(&mut context), Poll::Ready(Err(_))));
    }
    assert!(pin!(forever()).poll(&mut context).is_pending());
}

#[test]
fn no_more_calls_than_the_limit_run_on_many_threads_and_no_place_is_lost() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 3);
    let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let body = || {
        most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::yield_now();
        running.fetch_sub(1, Ordering::SeqCst);
        Ok::<_, ()>(())
    };
    let calls = || (0..2_000).filter(|_| breaker.call(body) != Ok(())).count();
    let rejected: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(calls)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let status = breaker.status();
    assert!(most.into_inner() <= 3);
    assert_eq!(status.rejections.saturated, rejected as u64);
    assert_eq!(status.totals.successes, 16_000 - rejected as u64);
    assert_eq!(status.in_flight, Some(0));
}

#[test]
fn a_limit_below_the_number_of_probes_is_pointed_out() {
    let policy = PolicyPatch::new().half_open_limit(5).concurrency_limit(2).policy().unwrap();
    assert_eq!(
        policy.lint(),
        ["`half_open_limit` 5 is above `concurrency_limit` 2: 2 probes at once are admitted"]
    );
}

#[test]
fn an_error_of_the_callers_own_has_the_rejection_within() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    let _permit = breaker.try_acquire().unwrap();
    let rejected = breaker.call(|| Ok::<_, ()>(())).unwrap_err();
    assert!(matches!(rejected, CallError::Rejected(open) if open.is_saturated()));
}

#[test]
fn a_call_that_the_ramp_admits_takes_a_place_and_a_call_within_it_takes_none() {
    let registry = TestRegistry::new();
    let breaker = limited(&registry, 1);
    breaker.configure(PolicyPatch::new().ramp(Duration::from_secs(10))).unwrap();
    breaker.failure("refused");
    registry.clock().advance(Duration::from_secs(60));
    breaker.try_acquire().unwrap().success();
    registry.clock().advance(Duration::from_secs(9));
    let inner =
        |breaker: &Breaker| breaker.call(|| Ok::<_, ()>(breaker.status().in_flight)).unwrap();
    let answers: Vec<_> =
        (0..50).filter_map(|_| breaker.call(|| Ok::<_, ()>(inner(&breaker))).ok()).collect();
    assert_eq!(breaker.state(), State::HalfOpen);
    assert!(20 < answers.len() && answers.iter().all(|in_flight| *in_flight == Some(1)));
}
