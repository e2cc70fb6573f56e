//! The life of a future that a decorated function returns.

#![expect(
    clippy::large_types_passed_by_value,
    clippy::manual_async_fn,
    reason = "shapes that a user may write"
)]

use std::{
    future::{Future, pending, ready},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::{Pin, pin},
    sync::atomic::{AtomicU8, Ordering},
    task::{Context, Poll, Waker},
};

use brama::{CircuitOpen, Identity, Registry, Totals, circuit_breaker};
use futures_core::future::BoxFuture;

use crate::answer::{Answer, TestError, totals};

/// Rejected calls, then the outcomes of admitted calls: successes, failures, ignored, abandoned.
fn record(totals: &Totals) -> [u64; 5] {
    let Totals { rejected, successes, failures, ignored, abandoned, .. } = *totals;
    [rejected, successes, failures, ignored, abandoned]
}

fn recorded(identifier: &str) -> [u64; 5] {
    record(&totals(identifier))
}

fn poll<T>(future: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[circuit_breaker(identifier = identifier)]
fn never(identifier: &str) -> impl Future<Output = Answer<()>> + use<> {
    pending()
}

#[circuit_breaker(identifier = identifier)]
fn never_boxed(identifier: &str) -> BoxFuture<'static, Answer<()>> {
    Box::pin(pending())
}

#[test]
fn a_permit_is_acquired_at_the_first_poll_and_not_earlier() {
    #[circuit_breaker(identifier = "future: opened between")]
    fn opened_between() -> impl Future<Output = Answer<()>> {
        ready(Ok(()))
    }
    drop((never("future: unpolled"), never_boxed("future: unpolled")));
    assert_eq!(recorded("future: unpolled"), [0; 5]);
    let future = opened_between();
    assert!(brama::find("future: opened between").is_none());
    brama::breaker("future: opened between").force_open("test");
    assert_eq!(poll(pin!(future)), Poll::Ready(Err(TestError::Open)));
    assert_eq!(recorded("future: opened between"), [1, 0, 0, 0, 0]);
}

#[test]
fn a_future_dropped_halfway_is_abandoned() {
    assert!(poll(pin!(never("future: dropped"))).is_pending());
    assert!(poll(pin!(never_boxed("future: dropped"))).is_pending());
    assert_eq!(recorded("future: dropped"), [0, 0, 0, 0, 2]);
}

#[test]
fn a_future_dropped_by_an_unrelated_panic_is_abandoned() {
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let mut future = never_boxed("future: unrelated");
        assert!(poll(future.as_mut()).is_pending());
        resume_unwind(Box::new("unrelated"));
    }));
    assert!(unwound.is_err());
    assert_eq!(recorded("future: unrelated"), [0, 0, 0, 0, 1]);
}

#[test]
fn a_panic_in_poll_is_a_failure_and_propagates() {
    #[circuit_breaker(identifier = "future: panic")]
    fn panics() -> impl Future<Output = Answer<()>> {
        async { panic!("as planned") }
    }
    assert!(catch_unwind(|| poll(pin!(panics()))).is_err());
    assert_eq!(recorded("future: panic"), [0, 0, 1, 0, 0]);
}

#[test]
fn a_panic_while_the_future_is_created_is_not_recorded() {
    #[circuit_breaker(identifier = "future: not made")]
    fn not_made() -> BoxFuture<'static, Answer<()>> {
        panic!("as planned")
    }
    assert!(catch_unwind(|| drop(not_made())).is_err());
    assert_eq!(recorded("future: not made"), [0; 5]);
}

#[test]
fn a_future_polled_after_completion_panics_and_records_nothing_more() {
    #[circuit_breaker(identifier = "future: completed")]
    fn completes() -> impl Future<Output = Answer<()>> {
        ready(Ok(()))
    }
    let mut future = pin!(completes());
    assert_eq!(poll(future.as_mut()), Poll::Ready(Ok(())));
    assert!(catch_unwind(AssertUnwindSafe(|| poll(future.as_mut()))).is_err());
    assert_eq!(recorded("future: completed"), [0, 1, 0, 0, 0]);
}

#[test]
fn while_open_a_future_answers_with_on_open_or_the_fallback() {
    #[circuit_breaker(identifier = "future: on_open", on_open = |open| Ok(open.to_string().len()))]
    fn with_on_open() -> impl Future<Output = Answer<usize>> {
        async { panic!("it is polled") }
    }
    #[circuit_breaker(identifier = "future: fallback", fallback = Ok(other(text).await? + 1))]
    fn with_fallback(text: &str) -> BoxFuture<'_, Answer<u8>> {
        Box::pin(async { panic!("it is polled") })
    }
    async fn other(text: &str) -> Answer<u8> {
        ready(()).await;
        Ok(text.parse()?)
    }
    brama::breaker("future: on_open").force_open("test");
    brama::breaker("future: fallback").force_open("test");
    assert!(matches!(poll(pin!(with_on_open())), Poll::Ready(Ok(1..))));
    assert_eq!(poll(with_fallback("7").as_mut()), Poll::Ready(Ok(8)));
    let rejected = poll(with_fallback("x").as_mut());
    assert_eq!(rejected, Poll::Ready(Err(TestError::Failed("no number"))));
    assert_eq!(recorded("future: fallback"), [2, 0, 0, 0, 0]);
}

struct Node {
    id: String,
    registry: Registry,
}

impl Node {
    #[circuit_breaker(identifier = &self.id, scope = "future: moved")]
    fn into_id(self) -> impl Future<Output = Answer<String>> {
        ready(Ok(self.id))
    }

    #[circuit_breaker(identifier = "future: registry", key = self.id, registry = &self.registry)]
    fn into_id_there(self) -> BoxFuture<'static, Answer<String>> {
        Box::pin(async move { Ok(self.id) })
    }
}

#[test]
fn a_name_may_be_borrowed_from_an_argument_that_the_body_consumes() {
    let node = || Node { id: "n1".to_owned(), registry: Registry::new() };
    let named = Identity::new("n1").in_scope("future: moved");
    for calls in 1..3 {
        assert_eq!(poll(pin!(node().into_id())), Poll::Ready(Ok("n1".to_owned())));
        assert_eq!(record(&brama::status(&named).unwrap().totals), [0, calls, 0, 0, 0]);
    }
    let (node, registry) = (node(), Registry::new());
    let mut future = Node { registry: registry.clone(), ..node }.into_id_there();
    assert_eq!(poll(future.as_mut()), Poll::Ready(Ok("n1".to_owned())));
    let keyed = Identity::new("future: registry").with_key("n1");
    assert_eq!(record(&registry.status(keyed).unwrap().totals), [0, 1, 0, 0, 0]);
}

#[test]
fn a_name_is_evaluated_once_at_the_call_and_before_the_body() {
    static STEP: AtomicU8 = AtomicU8::new(0);
    fn step(expected: u8) {
        assert_eq!(STEP.fetch_add(1, Ordering::Relaxed), expected);
    }
    fn name() -> &'static str {
        step(0);
        "future: steps"
    }
    #[circuit_breaker(identifier = name())]
    fn stepped() -> impl Future<Output = Answer<()>> {
        step(1);
        async {
            step(3);
            Ok(())
        }
    }
    let future = stepped();
    step(2);
    assert_eq!(poll(pin!(future)), Poll::Ready(Ok(())));
    assert_eq!(recorded("future: steps"), [0, 1, 0, 0, 0]);
}

#[tokio::test]
async fn a_future_with_a_name_of_its_own_may_change_threads() {
    #[circuit_breaker(identifier = format!("future: {name}"), key = key)]
    fn sent(name: &str, key: u8) -> impl Future<Output = Result<u8, CircuitOpen>> + Send + use<> {
        async move {
            tokio::task::yield_now().await;
            Ok(key)
        }
    }
    assert_eq!(tokio::spawn(sent("sent", 3)).await.unwrap(), Ok(3));
    assert_eq!(tokio::spawn(sent("sent", 4)).await.unwrap(), Ok(4));
    let keyed = Identity::new("future: sent").with_key(4);
    assert_eq!(record(&brama::status(keyed).unwrap().totals), [0, 1, 0, 0, 0]);
}

#[test]
fn a_decorated_future_grows_by_at_most_56_bytes() {
    fn plain(bytes: [u8; 1024]) -> impl Future<Output = Answer<u8>> {
        async move {
            ready(()).await;
            Ok(bytes[0])
        }
    }
    #[circuit_breaker(identifier = "future: size")]
    fn decorated(bytes: [u8; 1024]) -> impl Future<Output = Answer<u8>> {
        async move {
            ready(()).await;
            Ok(bytes[0])
        }
    }
    let (before, after) = (size_of_val(&plain([0; 1024])), size_of_val(&decorated([0; 1024])));
    assert!(after <= 2 * before + 56, "{before} became {after}");
    assert_eq!(poll(pin!(decorated([1; 1024]))), Poll::Ready(Ok(1)));
}
