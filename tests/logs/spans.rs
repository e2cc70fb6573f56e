//! The option `span`: a span for each call.

use std::{
    cell::Cell,
    future::{Future, pending, poll_fn},
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use brama::{CircuitOpen, Registry, circuit_breaker, testing::TestRegistry};
use futures_util::{Stream, StreamExt, stream};
use tracing::{Level, info, info_span};

use crate::recorder::{Recorder, SpanRecord};

#[derive(Debug, thiserror::Error)]
enum TestError {
    #[error("refused")]
    Refused,
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

/// The spans that `test` leaves behind, which runs in a registry of its own.
fn spans(test: impl FnOnce(&TestRegistry)) -> Vec<SpanRecord> {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    Recorder::spans(Level::INFO, || test(&registry))
}

fn shown(spans: &[SpanRecord]) -> Vec<String> {
    spans.iter().map(SpanRecord::shown).collect()
}

/// Asserts that each span was left as often as it was entered, `times`.
fn assert_entered(spans: &[SpanRecord], times: usize) {
    let entries = spans.iter().map(|span| (span.entries, span.exits));
    assert_eq!(entries.collect::<Vec<_>>(), vec![(times, times); spans.len()]);
}

#[circuit_breaker(identifier = "spans", span = true)]
fn call(answer: Result<u32, TestError>) -> Result<u32, TestError> {
    info!("in the body");
    answer
}

#[test]
fn a_call_has_a_span_with_its_breaker_and_its_outcome() {
    let spans = spans(|registry| {
        let _ = call(Ok(1));
        let _ = call(Err(TestError::Refused));
        registry.breaker("spans").open(());
        let _ = call(Ok(1));
    });
    let expected = ["success", "failure", "rejected"].map(|outcome| {
        format!("INFO brama::call: brama.call breaker=spans breaker.outcome={outcome}")
    });
    assert_eq!(shown(&spans), expected);
    assert_entered(&spans, 1);
}

#[test]
fn body_and_opening_are_in_the_span_of_the_call_within_the_span_of_the_caller() {
    let registry = TestRegistry::new();
    let entered = registry.enter();
    let lines = Recorder::lines(Level::INFO, || {
        let _request = info_span!("request").entered();
        (0..10).for_each(|_| drop(call(Err(TestError::Refused))));
    });
    drop(entered);
    assert_eq!(lines.len(), 11);
    assert!(lines.iter().all(|line| line.spans == ["request", "brama.call"]), "{lines:?}");
}

#[test]
fn a_panic_leaves_the_span() {
    #[circuit_breaker(identifier = "spans_panic", span = true)]
    fn panics() -> Result<(), TestError> {
        std::panic::resume_unwind(Box::new("a test"))
    }
    let spans = spans(|_| assert!(std::panic::catch_unwind(panics).is_err()));
    let expected = "INFO brama::call: brama.call breaker=spans_panic breaker.outcome=panicked";
    assert_eq!(shown(&spans), [expected]);
    assert_entered(&spans, 1);
}

/// A future that is ready at its second poll.
async fn yield_once() {
    let mut polls = 0;
    poll_fn(|_| {
        polls += 1;
        if polls == 2 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Polls until the future is ready, at most `times`.
fn poll<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let (mut future, mut context) = (pin!(future), Context::from_waker(Waker::noop()));
    (0..times).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

#[circuit_breaker(identifier = "spans_async", key = node, span = true, on_open = |_| Ok(node.len()))]
async fn call_async(node: &str, hangs: bool) -> Result<usize, TestError> {
    yield_once().await;
    if hangs {
        pending::<()>().await;
    }
    Ok(node.len())
}

#[test]
fn the_span_of_a_future_is_entered_for_each_poll() {
    let spans = spans(|_| assert!(matches!(poll(call_async("n7", false), 2), Some(Ok(2)))));
    let expected =
        "INFO brama::call: brama.call breaker=spans_async key=n7 breaker.outcome=success";
    assert_eq!(shown(&spans), [expected]);
    assert_entered(&spans, 2);
}

#[test]
fn between_two_polls_no_span_is_current() {
    let recorder = Recorder::new(Level::INFO);
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let mut future = Box::pin(call_async("n7", false));
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
    info!("between two polls");
    assert!(recorder.take_lines()[0].spans.is_empty());
}

#[test]
fn a_call_that_is_dropped_is_abandoned_in_its_span() {
    let spans = spans(|_| assert!(poll(call_async("n7", true), 3).is_none()));
    let expected =
        "INFO brama::call: brama.call breaker=spans_async key=n7 breaker.outcome=abandoned";
    assert_eq!(shown(&spans), [expected]);
    // Three polls, and the drop.
    assert_entered(&spans, 4);
}

#[test]
fn a_rejected_future_answers_by_its_handler_and_has_a_span() {
    let spans = spans(|registry| {
        registry.breaker(brama::Identity::new("spans_async").with_key("n7")).open(());
        assert!(matches!(poll(call_async("n7", false), 1), Some(Ok(2))));
    });
    assert!(shown(&spans)[0].ends_with(" breaker.outcome=rejected"), "{spans:?}");
}

/// A value that can be sent and not shared.
struct Cents(Cell<u32>);

fn assert_send<F: Future + Send>(future: F) -> F {
    future
}

#[circuit_breaker(identifier = "spans_send", span = true, fallback = Ok(cents.0.get()))]
async fn add(cents: Cents) -> Result<u32, TestError> {
    yield_once().await;
    cents.0.set(cents.0.get() + 1);
    Ok(cents.0.get())
}

#[circuit_breaker(identifier = "spans_future", span = true)]
fn returned(text: &str) -> impl Future<Output = Result<usize, TestError>> + Send {
    let length = text.len();
    async move { Ok(length) }
}

#[circuit_breaker(identifier = name, span = true)]
fn boxed<'a>(
    name: &'a str,
    text: &'a str,
) -> Pin<Box<dyn Future<Output = Result<usize, TestError>> + Send + 'a>> {
    Box::pin(async move { Ok(text.len()) })
}

#[test]
fn each_shape_of_a_future_has_its_span() {
    let spans = spans(|_| {
        assert!(matches!(poll(assert_send(add(Cents(Cell::new(1)))), 2), Some(Ok(2))));
        assert!(matches!(poll(assert_send(returned("ab")), 1), Some(Ok(2))));
        assert!(matches!(poll(assert_send(boxed("spans_boxed", "ab")), 1), Some(Ok(2))));
    });
    let names = ["spans_send", "spans_future", "spans_boxed"]
        .map(|name| format!("INFO brama::call: brama.call breaker={name} breaker.outcome=success"));
    assert_eq!(shown(&spans), names);
}

struct Bank {
    registry: Registry,
}

#[circuit_breaker(scope = "eu", registry = &self.registry, span = true)]
impl Bank {
    #[circuit_breaker(identifier = "charge")]
    fn charge(&self) -> Result<u32, TestError> {
        self.audit()
    }

    #[circuit_breaker(identifier = "audit", span = false)]
    fn audit(&self) -> Result<u32, TestError> {
        Ok(1)
    }

    #[circuit_breaker(identifier = "outer")]
    #[circuit_breaker(identifier = "inner")]
    async fn pay<T: Send>(&self, value: T) -> Result<T, TestError> {
        yield_once().await;
        Ok(value)
    }
}

#[test]
fn a_block_hands_its_span_down_and_a_function_takes_it_back() {
    let bank = Bank { registry: Registry::new() };
    let spans = spans(|_| assert!(bank.charge().is_ok()));
    // The call within has no span of its own, and its outcome is not that of this one.
    let expected = "INFO brama::call: brama.call breaker=charge scope=eu breaker.outcome=success";
    assert_eq!(shown(&spans), [expected]);
}

#[test]
fn stacked_breakers_have_a_span_each() {
    let bank = Bank { registry: Registry::new() };
    let open = |name| bank.registry.breaker(brama::Identity::new(name).in_scope("eu")).open(());
    let spans = spans(|_| {
        assert!(matches!(poll(bank.pay("ok"), 2), Some(Ok("ok"))));
        open("inner");
        assert!(matches!(poll(bank.pay("ok"), 2), Some(Err(_))));
    });
    let names =
        [("outer", "success"), ("inner", "success"), ("outer", "rejected"), ("inner", "rejected")]
            .map(|(name, outcome)| {
                format!(
                    "INFO brama::call: brama.call breaker={name} scope=eu breaker.outcome={outcome}"
                )
            });
    assert_eq!(shown(&spans), names);
}

#[test]
fn the_span_of_a_call_takes_the_outcome_of_that_call_alone() {
    #[circuit_breaker(identifier = "spans_outer", span = true)]
    fn outer(inner: &brama::Breaker, asleep: bool) -> Result<u32, TestError> {
        let _ = inner.call(|| Err::<(), _>("refused"));
        if asleep { Err(TestError::Refused) } else { Ok(1) }
    }
    let spans = spans(|registry| {
        let inner = registry.breaker("inner");
        assert!(outer(&inner, false).is_ok());
        inner.open(());
        assert!(outer(&inner, true).is_err());
    });
    let expected = ["success", "failure"].map(|outcome| {
        format!("INFO brama::call: brama.call breaker=spans_outer breaker.outcome={outcome}")
    });
    assert_eq!(shown(&spans), expected);
}

#[test]
fn a_span_of_the_users_within_a_call_takes_the_outcomes_in_it() {
    #[circuit_breaker(identifier = "spans_around", span = true)]
    fn outer(inner: &brama::Breaker) -> Result<u32, TestError> {
        let _around = info_span!("around", breaker.outcome = tracing::field::Empty).entered();
        let _ = inner.call(|| Err::<(), _>("refused"));
        Ok(1)
    }
    let spans = spans(|registry| assert!(outer(&registry.breaker("inner")).is_ok()));
    let fields: Vec<_> = spans.iter().filter_map(|span| span.fields.last()).collect();
    assert_eq!(fields, ["breaker.outcome=success", "breaker.outcome=failure"]);
}

#[test]
fn a_probe_that_calls_its_own_breaker_is_one_probe() {
    #[circuit_breaker(identifier = "spans_nested", span = true)]
    fn nested(depth: u32) -> Result<u32, TestError> {
        if depth == 0 { Ok(0) } else { nested(depth - 1) }
    }
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    registry.breaker("spans_nested").open(());
    registry.clock().advance(std::time::Duration::from_secs(60));
    assert!(nested(3).is_ok());
    assert_eq!(registry.breaker("spans_nested").status().totals.nested, 3);
}

#[circuit_breaker(identifier = "spans_stream", span = true, stream = "end")]
fn rows(hangs: bool) -> impl Stream<Item = Result<u32, TestError>> {
    info!("at the call");
    stream::iter([Ok(1), Ok(2)]).chain(stream::poll_fn(move |_| {
        info!("in the stream");
        if hangs { Poll::Pending } else { Poll::Ready(None) }
    }))
}

#[test]
fn the_span_of_a_stream_is_entered_for_each_poll_and_while_it_is_dropped() {
    let spans = spans(|registry| {
        poll(rows(false).collect::<Vec<_>>(), 1);
        poll(rows(true).collect::<Vec<_>>(), 1);
        drop(rows(true));
        registry.breaker("spans_stream").open(());
        poll(rows(false).collect::<Vec<_>>(), 1);
    });
    let expected = ["success", "abandoned", "rejected"].map(|outcome| {
        format!("INFO brama::call: brama.call breaker=spans_stream breaker.outcome={outcome}")
    });
    assert_eq!(shown(&spans), expected);
    let entries: Vec<_> = spans.iter().map(|span| (span.entries, span.exits)).collect();
    assert_eq!(entries, [(3, 3), (4, 4), (2, 2)]);
}
