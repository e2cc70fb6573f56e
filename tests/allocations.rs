//! A protected call allocates nothing, whether it is admitted or rejected, succeeds or fails.

use std::{
    future::{Future, ready},
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use allocation_counter::measure;
use brama::{
    Breaker, CircuitOpen, Identity, PolicyPatch, Registry, Window, circuit_breaker,
    event::{EventFilter, EventKinds},
    status::BreakerFilter,
};
use futures_util::{Stream, StreamExt, stream::iter};

#[circuit_breaker(identifier = "allocations: sync")]
fn answer(right: u8) -> Result<u8, CircuitOpen> {
    Ok(right)
}

#[circuit_breaker(identifier = "allocations: async")]
async fn answer_later(right: u8) -> Result<u8, CircuitOpen> {
    Ok(right)
}

#[circuit_breaker(identifier = "allocations: future")]
fn answer_by_future(right: u8) -> impl Future<Output = Result<u8, CircuitOpen>> {
    ready(Ok(right))
}

#[circuit_breaker(identifier = "allocations: future", key = node)]
fn answer_by_keyed_future(node: u8) -> impl Future<Output = Result<u8, CircuitOpen>> {
    ready(Ok(node))
}

#[circuit_breaker(identifier = "allocations: outer")]
#[circuit_breaker(identifier = "allocations: inner")]
fn answer_by_stacked_future(right: u8) -> impl Future<Output = Result<u8, CircuitOpen>> {
    ready(Ok(right))
}

#[circuit_breaker(identifier = "allocations: time", failure_rate = 50, window = time("10s"))]
fn answer_in_time(right: u8) -> Result<u8, CircuitOpen> {
    Ok(right)
}

fn poll<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => unreachable!("the future waits for nothing"),
    }
}

/// Counts the allocations of a thousand calls, after one that may set things up.
fn allocations(call: impl Fn()) -> u64 {
    call();
    measure(|| (0..1_000).for_each(|_| call())).count_total
}

#[test]
fn the_counter_counts() {
    assert!(0 < allocations(|| drop(black_box(vec![1_u8]))));
}

#[test]
fn a_success_through_the_attribute_allocates_nothing() {
    assert_eq!(allocations(|| assert!(answer(1).is_ok())), 0);
    assert_eq!(allocations(|| assert!(poll(answer_later(1)).is_ok())), 0);
    assert_eq!(allocations(|| assert!(answer_in_time(1).is_ok())), 0);
    assert_eq!(allocations(|| assert!(poll(answer_by_future(1)).is_ok())), 0);
    assert_eq!(allocations(|| assert!(poll(answer_by_keyed_future(1)).is_ok())), 0);
}

#[circuit_breaker(identifier = "allocations: stream", stream = "end")]
fn answer_by_stream(right: u8) -> impl Stream<Item = Result<u8, CircuitOpen>> {
    iter([Ok(right)])
}

#[circuit_breaker(identifier = "allocations: first item", stream = "first_item", key = node)]
fn answer_by_keyed_stream(node: u8) -> impl Stream<Item = Result<u8, CircuitOpen>> {
    iter([Ok(node)])
}

#[test]
fn a_stream_allocates_nothing() {
    assert_eq!(allocations(|| assert_eq!(poll(answer_by_stream(1).count()), 1)), 0);
    assert_eq!(allocations(|| assert_eq!(poll(answer_by_keyed_stream(1).count()), 1)), 0);
    brama::breaker("allocations: stream").open("a test");
    assert_eq!(allocations(|| assert_eq!(poll(answer_by_stream(1).count()), 1)), 0);
}

#[test]
fn two_breakers_on_a_function_that_returns_a_future_allocate_once() {
    assert_eq!(allocations(|| assert_eq!(poll(answer_by_stacked_future(7)), Ok(7))), 1_000);
}

#[test]
fn a_success_under_the_first_dynamic_name_allocates_nothing() {
    #[circuit_breaker(identifier = name)]
    fn named(name: &str) -> Result<u8, CircuitOpen> {
        Ok(1)
    }

    #[circuit_breaker(identifier = "allocations: keyed", key = node)]
    async fn keyed(node: u64) -> Result<u8, CircuitOpen> {
        Ok(1)
    }

    #[circuit_breaker(identifier = name, key = format_args!("{node}-{node}"), scope = "here")]
    fn both(name: &str, node: u64) -> Result<u8, CircuitOpen> {
        Ok(1)
    }

    assert_eq!(allocations(|| assert!(named("allocations: named").is_ok())), 0);
    assert_eq!(allocations(|| assert!(poll(keyed(12_345)).is_ok())), 0);
    assert_eq!(allocations(|| assert!(both("allocations: both", 12_345).is_ok())), 0);
    assert_eq!(allocations(|| assert!(named("allocations: another").is_ok())), 0);
    assert_eq!(allocations(|| assert!(poll(keyed(54_321)).is_ok())), 0);
}

#[test]
fn a_call_of_any_of_ten_thousand_keys_allocates_nothing() {
    #[circuit_breaker(identifier = "allocations: many keys", key = node)]
    fn keyed(node: u64) -> Result<u8, CircuitOpen> {
        Ok(1)
    }

    #[circuit_breaker(identifier = "allocations: long keys", key = format_args!("{node:064}"))]
    fn long(node: u64) -> Result<u8, CircuitOpen> {
        Ok(1)
    }

    (0..10_000).for_each(|node| assert!(keyed(node).is_ok() && long(node).is_ok()));
    brama::breaker(Identity::new("allocations: many keys").with_key(7)).open("a test");
    let calls = || {
        (0..10_000).for_each(|node| assert!(keyed(node).is_ok() == (node != 7)));
        (0..10_000).for_each(|node| assert!(long(node).is_ok()));
    };
    assert_eq!(measure(calls).count_total, 0);
}

#[test]
fn a_rejection_under_the_first_dynamic_name_allocates_nothing() {
    #[circuit_breaker(identifier = "allocations: rejected key", key = node, max_attempts = 1)]
    fn rejected(node: u64) -> Result<u8, CircuitOpen> {
        Ok(1)
    }
    assert!(rejected(7).is_ok());
    brama::breaker(Identity::new("allocations: rejected key").with_key(7)).open("a test");
    assert_eq!(allocations(|| assert!(rejected(7).is_err())), 0);
}

#[test]
fn a_rejection_through_the_attribute_allocates_nothing() {
    #[circuit_breaker(identifier = "allocations: rejected sync")]
    fn rejected(right: u8) -> Result<u8, CircuitOpen> {
        Ok(right)
    }

    #[circuit_breaker(identifier = "allocations: rejected async")]
    async fn rejected_later(right: u8) -> Result<u8, CircuitOpen> {
        Ok(right)
    }

    brama::breaker("allocations: rejected sync").open("a test");
    brama::breaker("allocations: rejected async").force_open("a test");
    assert_eq!(allocations(|| assert!(rejected(1).is_err())), 0);
    assert_eq!(allocations(|| assert!(poll(rejected_later(1)).is_err())), 0);
}

#[test]
fn a_call_through_a_handle_allocates_nothing() {
    let breaker = Registry::new().breaker("allocations");
    let call = || breaker.call(|| Ok::<_, ()>(1)).is_ok();
    assert_eq!(allocations(|| assert!(call())), 0);
    assert_eq!(allocations(|| breaker.try_acquire().unwrap().success()), 0);
    breaker.open("a test");
    assert_eq!(allocations(|| assert!(!call())), 0);
}

#[test]
fn a_look_up_of_a_known_name_allocates_nothing() {
    let registry = Registry::new();
    assert_eq!(allocations(|| registry.breaker("allocations").success()), 0);
}

#[test]
fn a_success_in_a_window_of_calls_that_holds_failures_allocates_nothing() {
    let breaker = Registry::new().breaker("allocations");
    let patch = PolicyPatch::new().failure_rate(90).window(Window::calls(10)).minimum_calls(2);
    breaker.configure(patch).unwrap();
    breaker.failure("one");
    assert_eq!(allocations(|| breaker.try_acquire().unwrap().success()), 0);
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("no answer in time")]
    NoAnswer,
    #[error("connection refused")]
    NoConnection,
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

#[test]
fn a_failure_whose_error_has_a_short_text_allocates_nothing() {
    #[circuit_breaker(identifier = "allocations: failure", failure_rate = 100, window = calls(9))]
    fn failing(call: u64) -> Result<u64, Trouble> {
        match call % 3 {
            0 => Err(Trouble::NoAnswer),
            1 => Err(Trouble::NoConnection),
            _ => Ok(call),
        }
    }

    let calls = || (0..1_000).filter(|call| failing(*call).is_err()).count();
    assert_eq!(calls(), 667);
    assert_eq!(measure(|| assert_eq!(calls(), 667)).count_total, 0);
}

#[test]
fn a_call_pays_only_for_subscribers_of_its_own_breaker() {
    let registry = Registry::new();
    let [observed, quiet] = ["observed", "quiet"].map(|name| registry.breaker(name));
    let calls = EventFilter::from(EventKinds::CALLS).identifier("observed");
    let events = registry.subscribe(calls);
    let call = |breaker: &Breaker| {
        let _ = breaker.call(|| Ok::<_, ()>(black_box(1)));
    };
    assert_eq!(allocations(|| call(&quiet)), 0);
    assert!(0 < allocations(|| call(&observed)));
    quiet.force_open("a test");
    assert_eq!(allocations(|| call(&quiet)), 0);
    drop(events);
    assert_eq!(allocations(|| call(&observed)), 0);
}

#[test]
fn statuses_that_are_visited_take_the_memory_of_one() {
    const BREAKERS: u64 = 10_000;
    let registry = Registry::new();
    for number in 0..BREAKERS {
        drop(registry.breaker(format!("dependency {number}")));
    }
    let mut visited = 0;
    let peak = measure(|| registry.for_each_status(&BreakerFilter::new(), |_| visited += 1));
    assert_eq!(visited, BREAKERS);
    // The list of identities grows by doubling, so its last two copies exist at once.
    let identities = 3 * BREAKERS.next_power_of_two() * size_of::<Identity<'_>>() as u64;
    assert!(peak.bytes_max < identities, "{} bytes", peak.bytes_max);

    let all = measure(|| assert_eq!(registry.statuses(BreakerFilter::new()).len(), 10_000));
    assert!(4 * peak.bytes_max < all.bytes_max, "{} bytes", all.bytes_max);
}

#[circuit_breaker(identifier = "allocations: keys", key = (region, node))]
fn answer_by_parts(region: &str, node: u64) -> Result<u64, CircuitOpen> {
    Ok(node)
}

#[test]
fn a_call_with_a_key_of_parts_allocates_nothing() {
    for node in 0..100 {
        assert!((0..2).all(|_| answer_by_parts("eu-central", node).is_ok()));
    }
    assert_eq!(
        allocations(|| (0..100).for_each(|node| drop(answer_by_parts("eu-central", node)))),
        0
    );
}
