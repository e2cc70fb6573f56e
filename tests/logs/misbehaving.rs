//! Subscribers that panic. They harm no call. `tests/log_reentry.rs` has one that calls brama.

use std::{
    pin::pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use brama::{
    Breaker, CircuitOpen, PolicyPatch, Registry, State, circuit_breaker, testing::TestRegistry,
};
use tracing::{
    Event, Id, Metadata, Subscriber,
    field::Empty,
    info_span,
    span::{Attributes, Record},
    subscriber::with_default,
};
use tracing_core::span::Current;

/// A subscriber that runs `code` for each line, and for each field that is recorded in its only
/// span.
struct Runs<F> {
    code: F,
    span: OnceLock<&'static Metadata<'static>>,
}

impl<F: Fn()> Runs<F> {
    fn new(code: F) -> Self {
        Self { code, span: OnceLock::new() }
    }
}

impl<F: Fn() + 'static> Subscriber for Runs<F> {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.span.get_or_init(|| span.metadata());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {
        (self.code)();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        (self.code)();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn current_span(&self) -> Current {
        self.span.get().map_or_else(Current::none, |span| Current::new(Id::from_u64(1), span))
    }
}

fn sensitive_breaker() -> Breaker {
    let breaker = Registry::new().breaker("a");
    breaker.configure(PolicyPatch::new().failure_threshold(1)).unwrap();
    breaker
}

#[test]
fn a_subscriber_that_panics_harms_no_call() {
    let breaker = sensitive_breaker();
    let panics = Arc::new(AtomicUsize::new(0));
    let panicking = Runs::new({
        let panics = Arc::clone(&panics);
        move || {
            panics.fetch_add(1, Ordering::Relaxed);
            std::panic::resume_unwind(Box::new("a subscriber"));
        }
    });
    with_default(panicking, || {
        let _around = info_span!("around", breaker.outcome = Empty).entered();
        assert_eq!(breaker.call(|| Ok::<_, &str>(1)), Ok(1));
        assert!(breaker.call(|| Err::<(), _>("refused")).is_err());
        assert!(breaker.try_acquire().is_err());
    });
    assert_eq!((breaker.state(), breaker.status().totals.successes), (State::Open, 1));
    // Three outcomes, an opening and a rejection.
    assert_eq!(panics.load(Ordering::Relaxed), 5);
}

#[test]
fn a_subscriber_that_panics_while_the_body_unwinds_does_not_abort() {
    let breaker = sensitive_breaker();
    let panicking = Runs::new(|| std::panic::resume_unwind(Box::new("a subscriber")));
    with_default(panicking, || {
        let _around = info_span!("around", breaker.outcome = Empty).entered();
        let body = || -> Result<(), ()> { std::panic::resume_unwind(Box::new("the body")) };
        let called = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| breaker.call(body)));
        assert_eq!(*called.unwrap_err().downcast::<&str>().unwrap(), "the body");
    });
    assert_eq!(breaker.state(), State::Open);
}

/// A subscriber that panics whenever it is called for one purpose.
struct PanicsAt(Purpose);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Purpose {
    New,
    Record,
    Enter,
    Exit,
    Close,
}

impl PanicsAt {
    fn is_called(&self, purpose: Purpose) {
        if self.0 == purpose {
            std::panic::resume_unwind(Box::new("a subscriber"));
        }
    }
}

impl Subscriber for PanicsAt {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "brama::call"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        self.is_called(Purpose::New);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {
        self.is_called(Purpose::Record);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {
        self.is_called(Purpose::Enter);
    }

    fn exit(&self, _: &Id) {
        self.is_called(Purpose::Exit);
    }

    fn try_close(&self, _: Id) -> bool {
        self.is_called(Purpose::Close);
        true
    }
}

#[circuit_breaker(identifier = "misbehaving", span = true)]
fn call(panics: bool) -> Result<u32, CircuitOpen> {
    if panics { std::panic::resume_unwind(Box::new("the body")) } else { Ok(1) }
}

#[circuit_breaker(identifier = "misbehaving", span = true)]
async fn call_async(panics: bool) -> Result<u32, CircuitOpen> {
    if panics { std::panic::resume_unwind(Box::new("the body")) } else { Ok(1) }
}

fn poll(future: impl Future<Output = Result<u32, CircuitOpen>>) -> Result<u32, CircuitOpen> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => unreachable!("it waits for nothing"),
    }
}

#[test]
fn a_subscriber_that_panics_for_a_span_changes_no_answer_and_no_outcome() {
    for purpose in [Purpose::New, Purpose::Record, Purpose::Enter, Purpose::Exit, Purpose::Close] {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        with_default(PanicsAt(purpose), || {
            assert_eq!((call(false), poll(call_async(false))), (Ok(1), Ok(1)), "{purpose:?}");
            for call in [|| call(true), || poll(call_async(true))] {
                let panic = std::panic::catch_unwind(call).unwrap_err();
                assert_eq!(panic.downcast_ref(), Some(&"the body"), "{purpose:?}");
            }
        });
        let totals = registry.breaker("misbehaving").status().totals;
        assert_eq!((totals.successes, totals.failures), (2, 2), "{purpose:?}");
    }
}
