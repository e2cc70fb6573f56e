//! The outcome of a call, as a field of the span around it.

use tracing::{Span, dispatcher, level_filters::LevelFilter};

use crate::sys::panic::catch_panic;

/// Whether there may be a span that takes the outcome of a call: one load and one comparison.
#[inline]
pub(crate) fn takes_outcomes() -> bool {
    LevelFilter::current() != LevelFilter::OFF
}

/// Records the outcome of a call in the current span, if that declares the field.
#[inline]
pub(crate) fn note_outcome(outcome: impl FnOnce() -> &'static str) {
    if takes_outcomes() {
        record(outcome());
    }
}

/// The span is looked at before it is cloned, because few spans declare the field. A subscriber may
/// panic, which must not turn a success into a failure.
#[cold]
fn record(outcome: &'static str) {
    let _ = catch_panic(|| {
        let is_declared = dispatcher::get_default(|dispatch| {
            let span = dispatch.current_span();
            span.metadata().is_some_and(|span| span.fields().field(FIELD).is_some())
        });
        if is_declared {
            Span::current().record(FIELD, outcome);
        }
    });
}

const FIELD: &str = "breaker.outcome";
