//! Panic guards: a panic that unwinds through the frame of a call is recorded as a failure.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use super::{
    entry::Entry,
    nested::Scope,
    raw_permit::{RawPermit, SlotRef},
};
use crate::outcome::{Judgement, Outcome};

/// The permit of a call whose frame contains no `await` from here on. Nothing can cancel such a
/// call, so whatever ends it before the verdict is a panic.
#[must_use = "dropped before the verdict it records a panic"]
pub struct PanicGuard<S: SlotRef>(RawPermit<S>);

impl<S: SlotRef> RawPermit<S> {
    /// Guards a call that cannot be cancelled from here on.
    #[inline]
    pub const fn guard_panics(self) -> PanicGuard<S> {
        PanicGuard(self)
    }
}

impl<S: SlotRef> PanicGuard<S> {
    /// Runs `body` under the permit.
    #[expect(clippy::unused_self, reason = "it is the permit under which the body runs")]
    #[inline]
    pub fn run<R>(&self, body: impl FnOnce() -> R) -> R {
        body()
    }

    /// Records the judgement. A success is deferred.
    #[inline]
    pub fn judge(&mut self, judgement: impl Into<Judgement>) -> DeferredSuccess<'_, S> {
        match judgement.into() {
            Judgement::Outcome(Outcome::Success) => self.succeed(),
            judgement @ (Judgement::Outcome(_) | Judgement::InnerRejection) => self.fail(judgement),
        }
    }

    /// Defers a success until the answer has been moved.
    #[inline]
    pub(crate) fn succeed(&mut self) -> DeferredSuccess<'_, S> {
        DeferredSuccess { entry: self.0.entry.take(), slot: &mut self.0.slot }
    }

    /// Records a judgement other than a success, at once.
    #[inline]
    pub(crate) fn fail(&mut self, judgement: Judgement) -> DeferredSuccess<'_, S> {
        self.0.fail(judgement);
        DeferredSuccess { entry: None, slot: &mut self.0.slot }
    }
}

impl<S: SlotRef> Drop for PanicGuard<S> {
    #[inline]
    fn drop(&mut self) {
        self.0.record_panic();
    }
}

/// The end of a judged call. A success is recorded when this is dropped.
///
/// By then the answer has been moved to its place. A locked addition waits for every store before
/// it, and would otherwise wait for half of the answer to be moved.
#[must_use = "it is to be dropped once the answer has been moved"]
pub struct DeferredSuccess<'a, S: SlotRef> {
    slot: &'a mut S,
    /// `None` if the outcome is recorded already.
    entry: Option<Entry>,
}

impl<S: SlotRef> Drop for DeferredSuccess<'_, S> {
    #[inline]
    fn drop(&mut self) {
        self.slot.record_success(self.entry);
    }
}

impl<S: SlotRef> fmt::Debug for PanicGuard<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PanicGuard").field(&self.0).finish()
    }
}

impl<S: SlotRef> fmt::Debug for DeferredSuccess<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("DeferredSuccess");
        self.slot.with_slot(|slot| {
            fields.field("identity", slot.identity());
        });
        fields.finish_non_exhaustive()
    }
}

/// A future that runs a body under a permit. It resolves to the output of the body.
///
/// Body and permit are borrowed and stay where the caller has put them. This costs two pointers and
/// saves a layer of types: the compiler computes layouts only to a limited depth, and in a chain of
/// decorated functions each layer counts once per function.
///
/// # Cancellation
///
/// The caller declares the permit before the body. If the caller's future is dropped before it is
/// ready, the body is therefore dropped first and the call is abandoned after it. This is true even
/// if the future is dropped because of a panic elsewhere. A panic inside the body is recorded as a
/// failure at once.
#[must_use = "futures do nothing unless polled"]
pub struct ProtectedFuture<'a, F, S: SlotRef> {
    body: Pin<&'a mut F>,
    permit: &'a mut RawPermit<S>,
}

impl<S: SlotRef> RawPermit<S> {
    /// Returns the future that runs `body` under this permit.
    #[inline]
    pub const fn protect<'a, F>(&'a mut self, body: Pin<&'a mut F>) -> ProtectedFuture<'a, F, S> {
        ProtectedFuture { body, permit: self }
    }
}

impl<F: Future, S: SlotRef> Future for ProtectedFuture<'_, F, S> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { body, permit } = &mut *self;
        permit.run_under(|| body.as_mut().poll(context))
    }
}

impl<S: SlotRef> RawPermit<S> {
    /// Runs a part of the body, which other parts may follow. A panic is recorded as a failure. If
    /// the call may be a probe, the part runs in the scope of its breaker.
    #[inline]
    pub(super) fn run_under<R>(&mut self, part: impl FnOnce() -> R) -> R {
        let running = Running(self);
        let word = running.0.word();
        let answer = if word.admits() { part() } else { running.0.run_in_scope(part) };
        running.disarm();
        answer
    }
}

impl<S: SlotRef> RawPermit<S> {
    /// Runs a part of a call that may be a probe: the gate has not admitted it.
    #[cold]
    fn run_in_scope<R>(&self, part: impl FnOnce() -> R) -> R {
        let _entered = self.slot.with_slot(|slot| Scope::of(slot, self.word()).enter());
        part()
    }
}

/// A permit while a part of the body runs. A panic unwinds through it and is recorded.
struct Running<'a, S: SlotRef>(&'a mut RawPermit<S>);

impl<S: SlotRef> Running<'_, S> {
    #[inline]
    const fn disarm(self) {
        mem::forget(self);
    }
}

impl<S: SlotRef> Drop for Running<'_, S> {
    #[inline]
    fn drop(&mut self) {
        self.0.record_panic();
    }
}

impl<F, S: SlotRef> fmt::Debug for ProtectedFuture<'_, F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProtectedFuture").field("permit", &self.permit).finish_non_exhaustive()
    }
}
