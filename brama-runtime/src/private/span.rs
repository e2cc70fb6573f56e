//! The span of a call, for the attribute's option `span`.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;
use tracing::{
    Level, Span,
    field::Empty,
    span,
    span::{Entered as EnteredRef, EnteredSpan},
};

use crate::{
    breaker::{FoundSlot, Slot},
    logs::{NameFields, address, enter_span_of, is_on, leave_span},
    sys::panic::catch_panic,
};

/// The span `brama.call` of one call, or none if no subscriber takes it.
///
/// It declares the field `breaker.outcome`, so that the outcome of the call is recorded in it like
/// in any span that declares the field. A subscriber is user code: if it panics, the call runs
/// outside of a span.
#[derive(Debug)]
pub struct CallSpan {
    pub(super) span: Span,
    /// The address of the slot.
    pub(super) breaker: usize,
}

impl CallSpan {
    /// Creates the span of a call of the breaker `found`, within the current span.
    #[inline]
    pub fn new<S: FoundSlot>(found: &S) -> Self {
        let span = if is_on(Level::INFO) { create(found) } else { Span::none() };
        Self { span, breaker: address::<Slot>(found) }
    }

    /// Enters the span, for a call that runs on this thread to its end.
    #[inline]
    pub fn enter(self) -> EnteredCall {
        let Self { span, breaker } = self;
        InSpan::by(!span.is_disabled(), breaker, || span.entered())
    }

    /// Runs `call` in the span: it is entered for each poll, and while the future is dropped.
    #[inline]
    pub fn contain<F: Future>(self, call: F) -> SpannedFuture<F> {
        SpannedFuture { call: Some(call), span: self.span, breaker: self.breaker }
    }
}

#[inline(never)]
fn create<S: FoundSlot>(found: &S) -> Span {
    let create = || {
        let NameFields { breaker, scope, key } = NameFields::of(found.identity());
        span!(
            target: "brama::call",
            Level::INFO,
            "brama.call",
            breaker = &*breaker,
            scope = scope.as_deref(),
            key = key.as_deref(),
            breaker.outcome = Empty,
        )
    };
    catch_panic(create).unwrap_or_else(|_| Span::none())
}

/// The span of a call, entered until this is dropped.
pub type EnteredCall = InSpan<EnteredSpan>;

/// The guard of an entered span. To leave the span is to call a subscriber, which may panic, also
/// while a panic of the body unwinds.
#[must_use = "dropping it leaves the span"]
pub struct InSpan<G> {
    guard: Option<G>,
    /// The breaker of the span around it.
    before: usize,
}

impl<G> InSpan<G> {
    #[inline]
    fn by(is_enabled: bool, breaker: usize, enter: impl FnOnce() -> G) -> Self {
        let guard = if is_enabled { catch_panic(enter).ok() } else { None };
        let before = if guard.is_some() { enter_span_of(breaker) } else { 0 };
        Self { guard, before }
    }
}

impl<G> Drop for InSpan<G> {
    #[inline]
    fn drop(&mut self) {
        if let Some(guard) = self.guard.take() {
            leave_span(self.before);
            let _ = catch_panic(|| drop(guard));
        }
    }
}

impl<G> fmt::Debug for InSpan<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InSpan").field("is_entered", &self.guard.is_some()).finish_non_exhaustive()
    }
}

pin_project! {
    /// A call in its span.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the call is dropped in the span, so that the span shows that the
    /// call was abandoned.
    #[must_use = "futures do nothing unless polled"]
    pub struct SpannedFuture<F> {
        #[pin]
        call: Option<F>,
        span: Span,
        breaker: usize,
    }

    impl<F> PinnedDrop for SpannedFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.call.is_some() {
                let _entered = enter(this.span, *this.breaker);
                this.call.set(None);
            }
            let span = mem::replace(this.span, Span::none());
            let _ = catch_panic(|| drop(span));
        }
    }
}

#[inline]
pub(super) fn enter(span: &Span, breaker: usize) -> InSpan<EnteredRef<'_>> {
    InSpan::by(!span.is_disabled(), breaker, || span.enter())
}

impl<F: Future> Future for SpannedFuture<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(call) = this.call.as_mut().as_pin_mut() else { return Poll::Pending };
        let _entered = enter(this.span, *this.breaker);
        let output = ready!(call.poll(context));
        this.call.set(None);
        Poll::Ready(output)
    }
}

impl<F> fmt::Debug for SpannedFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpannedFuture").field("span", &self.span).finish_non_exhaustive()
    }
}
