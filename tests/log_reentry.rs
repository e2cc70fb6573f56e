//! A subscriber of the whole process that calls the breaker of which each line tells.
//!
//! It has a process of its own: `tracing` shows a line within a line to such a subscriber only
//! while no thread has another one.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use brama::{Breaker, Registry, event::EventKinds};
use tracing::{
    Event, Id, Metadata, Subscriber,
    span::{Attributes, Record},
    subscriber::set_global_default,
};

struct Curious;

static BREAKER: OnceLock<Breaker> = OnceLock::new();
static LINES: AtomicUsize = AtomicUsize::new(0);

impl Subscriber for Curious {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        LINES.fetch_add(1, Ordering::Relaxed);
        let breaker = BREAKER.get().unwrap();
        let _ = breaker.status();
        assert!(breaker.call(|| Ok::<_, &str>(1)).is_err());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_subscriber_may_call_the_breaker_of_which_it_is_told() {
    let registry = Registry::new();
    let breaker = BREAKER.get_or_init(|| registry.breaker("a"));
    let _subscription = registry.subscribe(EventKinds::ALL);
    set_global_default(Curious).unwrap();
    breaker.open(());
    assert!(breaker.try_acquire().is_err());
    // The line of the opening makes rejection 1, its line rejection 2, its line rejection 3, which
    // has no line. The caller's is rejection 4, and its line makes rejection 5.
    assert_eq!(breaker.status().totals.rejected, 5);
    assert_eq!(LINES.load(Ordering::Relaxed), 4);
}
