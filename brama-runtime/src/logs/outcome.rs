//! The outcome of a call, as a field of the span around it.

use std::{cell::Cell, ptr};

use tracing::{Metadata, Span, dispatcher, level_filters::LevelFilter};

use crate::sys::panic::catch_panic;

/// Whether there may be a span that takes the outcome of a call: one load and one comparison.
#[inline]
pub(crate) fn takes_outcomes() -> bool {
    LevelFilter::current() != LevelFilter::OFF
}

/// Records the outcome of a call in the current span, if that declares the field. `breaker` is the
/// slot of the call.
#[inline]
pub(crate) fn note_outcome<B>(breaker: &B, outcome: impl FnOnce() -> &'static str) {
    if takes_outcomes() {
        record(address(breaker), outcome());
    }
}

/// A number that tells a breaker from any other that exists: the address of its slot.
pub(crate) fn address<B>(breaker: &B) -> usize {
    ptr::from_ref(breaker).addr()
}

/// What this thread does for spans.
#[derive(Debug, Clone, Copy)]
struct OnThread {
    /// The breaker of the innermost span of a call that the thread is in, by the address of its
    /// slot; 0 if it is in none.
    breaker: usize,
    /// A subscriber is being shown an outcome. If it calls a breaker, that outcome is not shown, or
    /// there would be no end.
    is_recording: bool,
}

thread_local! {
    static ON_THREAD: Cell<OnThread> =
        const { Cell::new(OnThread { breaker: 0, is_recording: false }) };
}

/// Notes that this thread enters the span of a call. Returns the breaker of the span before, which
/// [`leave_span`] takes.
pub(crate) fn enter_span_of(breaker: usize) -> usize {
    let before = ON_THREAD.get();
    ON_THREAD.set(OnThread { breaker, ..before });
    before.breaker
}

/// Notes that this thread leaves the span of a call.
pub(crate) fn leave_span(before: usize) {
    ON_THREAD.set(OnThread { breaker: before, ..ON_THREAD.get() });
}

/// The span is looked at before it is cloned, because few spans declare the field. A subscriber may
/// panic, which must not turn a success into a failure.
#[cold]
fn record(breaker: usize, outcome: &'static str) {
    let before = ON_THREAD.get();
    if before.is_recording {
        return;
    }
    ON_THREAD.set(OnThread { is_recording: true, ..before });
    let _ = catch_panic(|| {
        let is_taken = dispatcher::get_default(|dispatch| {
            let span = dispatch.current_span();
            span.metadata().is_some_and(|span| takes(span, before.breaker == breaker))
        });
        if is_taken {
            Span::current().record(FIELD, outcome);
        }
    });
    ON_THREAD.set(OnThread { is_recording: false, ..ON_THREAD.get() });
}

/// Whether a span takes an outcome. That of a call takes those of its own breaker alone.
fn takes(span: &Metadata<'_>, is_of_its_breaker: bool) -> bool {
    let is_of_call = span.name() == SPAN && span.target() == TARGET;
    span.fields().field(FIELD).is_some() && (is_of_its_breaker || !is_of_call)
}

const FIELD: &str = "breaker.outcome";

/// The name and the target of the span of a call.
const SPAN: &str = "brama.call";
const TARGET: &str = "brama::call";
