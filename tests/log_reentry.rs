//! A subscriber of the whole process that calls the breaker of which it is told.
//!
//! It has a process of its own: `tracing` shows a line within a line to such a subscriber only
//! while no thread has another one.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{
    cell::{Cell, RefCell},
    sync::OnceLock,
};

use brama::{Breaker, Registry, event::EventKinds};
use tracing::{
    Event, Id, Metadata, Subscriber,
    field::Empty,
    info_span,
    span::{Attributes, Record},
    subscriber::set_global_default,
};
use tracing_core::span::Current;

struct Curious;

thread_local! {
    /// The breaker that the subscriber calls.
    static BREAKER: RefCell<Option<Breaker>> = const { RefCell::new(None) };
    static LINES: Cell<u32> = const { Cell::new(0) };
    static RECORDS: Cell<u32> = const { Cell::new(0) };
    static IS_IN_SPAN: Cell<bool> = const { Cell::new(false) };
}

/// The only span.
static SPAN: OnceLock<&'static Metadata<'static>> = OnceLock::new();

impl Subscriber for Curious {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        SPAN.get_or_init(|| span.metadata());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {
        RECORDS.set(RECORDS.get() + 1);
        with_breaker(|breaker| drop(breaker.call(|| Ok::<_, &str>(1))));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        LINES.set(LINES.get() + 1);
        with_breaker(|breaker| {
            let _ = breaker.status();
            let _ = breaker.call(|| Ok::<_, &str>(1));
        });
    }

    fn enter(&self, _: &Id) {
        IS_IN_SPAN.set(true);
    }

    fn exit(&self, _: &Id) {
        IS_IN_SPAN.set(false);
    }

    fn current_span(&self) -> Current {
        let span = SPAN.get().filter(|_| IS_IN_SPAN.get());
        span.map_or_else(Current::none, |span| Current::new(Id::from_u64(1), span))
    }
}

/// Calls the breaker, once there is one.
fn with_breaker(call: impl FnOnce(&Breaker)) {
    if let Some(breaker) = BREAKER.with_borrow(Option::clone) {
        call(&breaker);
    }
}

static INSTALLED: OnceLock<()> = OnceLock::new();

/// A breaker that the subscriber calls from now on.
fn observed(registry: &Registry) -> Breaker {
    let breaker = registry.breaker("a");
    BREAKER.set(Some(breaker.clone()));
    INSTALLED.get_or_init(|| set_global_default(Curious).unwrap());
    breaker
}

#[test]
fn a_subscriber_may_call_the_breaker_of_which_it_is_told() {
    let registry = Registry::new();
    let breaker = observed(&registry);
    let _subscription = registry.subscribe(EventKinds::ALL);
    let before = LINES.get();
    breaker.open(());
    assert!(breaker.try_acquire().is_err());
    // The line of the opening makes rejection 1, its line rejection 2, its line rejection 3, which
    // has no line. The caller's is rejection 4, and its line makes rejection 5.
    assert_eq!(breaker.status().totals.rejected, 5);
    assert_eq!(LINES.get() - before, 4);
}

#[test]
fn a_subscriber_may_call_the_breaker_whose_outcome_it_is_shown() {
    let breaker = observed(&Registry::new());
    let _around = info_span!("around", breaker.outcome = Empty).entered();
    assert_eq!(breaker.call(|| Ok::<_, &str>(1)), Ok(1));
    assert_eq!((RECORDS.get(), breaker.status().totals.successes), (1, 2));
}
