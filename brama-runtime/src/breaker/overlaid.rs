//! The overlay of a fleet over a breaker: what it adds to admission, and what becomes of the calls
//! that it lets through.
//!
//! It is asked before the circuit and never changes it. While it rejects every call, the gate says
//! so, out of line. While it lets some through, each call asks under the lock, where its permit and
//! the circuit's place are taken together or neither.

use std::{num::NonZeroU64, sync::Arc, time::Duration};

use super::{
    Breaker, CircuitOpen,
    entry::Entry,
    flags::{ADMITS, OVERLAID, REJECTS, REJECTS_OUT_OF_LINE},
    locked::Locked,
    pending_events::PendingEvents,
    published::GateFields,
    rejection::Rejection,
    slot::Slot,
    step::StepGuard,
    word::Word,
};
use crate::{
    circuit::{By, Policy, Tick, Verdict, nanos},
    event::{EventDetail, ProbeVerdict},
    overlay::{self, LaidOverlay, Overlay, Ruling, StaleEpoch},
    sys::sync::Ordering,
};

impl Breaker {
    /// Lays an overlay over the breaker, in the place of an older one.
    ///
    /// The circuit does not change. A `close` or `reset` by hand lifts the overlay; while the
    /// circuit is disabled, or in shadow, it rejects nobody.
    ///
    /// # Errors
    ///
    /// [`StaleEpoch`] unless the epoch is greater than each that the breaker has seen. Nothing is
    /// changed then.
    pub fn overlay(&self, overlay: Overlay) -> Result<(), StaleEpoch> {
        self.slot.lay(overlay)
    }

    /// Lifts the overlay of this epoch or an older one. From then on the epoch is one that the
    /// breaker has seen.
    ///
    /// # Errors
    ///
    /// [`StaleEpoch`] if the breaker has seen a greater epoch. Nothing is changed then.
    pub fn lift(&self, epoch: u64, by: impl Into<By>) -> Result<(), StaleEpoch> {
        self.slot.lift(epoch, by.into())
    }

    pub(crate) fn is_awaited(&self) -> bool {
        self.slot.is_awaited()
    }
}

impl Slot {
    pub(super) fn lay(&self, overlay: Overlay) -> Result<(), StaleEpoch> {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let mut locked = self.lock_for_step();
        let (permits, admitting) = overlay.lets();
        let laid = EventDetail::Overlaid {
            epoch: overlay.epoch(),
            length: overlay.length(),
            by: Arc::new(overlay.by().clone()),
            permits,
            admitting,
        };
        // Allocated before the overlay is published, so that no rejection allocates the count.
        self.extras();
        let answer = locked.overlay_mut().lay(overlay, pending.now());
        if answer.is_ok() {
            locked.reregister(&mut pending);
            pending.add(laid);
        }
        locked.finish(pending);
        answer
    }

    pub(super) fn lift(&self, epoch: u64, by: By) -> Result<(), StaleEpoch> {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let mut locked = self.lock_for_step();
        let answer = locked.overlay_mut().lift(epoch, pending.now());
        if let Ok(true) = answer {
            pending.add(EventDetail::Lifted { epoch, by: Some(Arc::new(by)) });
        }
        locked.finish(pending);
        answer.map(drop)
    }

    /// Rejects a call at the gate that an overlay rejects, unless its deadline has passed.
    ///
    /// The gate does not show when an overlay was laid, so the clock must not lag behind that.
    pub(super) fn reject_overlaid_at_gate(&self) -> Option<Rejection> {
        let now = self.context.time.now();
        let published = self.gate.published();
        let left = NonZeroU64::new(published.rejects_until().nanos_since(now))?;
        self.extras().overlaid.fetch_add(1, Ordering::Relaxed);
        Some(Rejection::by_overlay(published.overlay(), published.opening(), left.get()))
    }

    /// How many calls overlays have rejected.
    pub(super) fn overlaid_calls(&self) -> u64 {
        self.extras.get().map_or(0, |extras| extras.overlaid.load(Ordering::Relaxed))
    }

    pub(super) fn log_overlaid(&self, rejected: &CircuitOpen) {
        let minute = self.present_minute();
        let retry_after = rejected.retry_after();
        self.gate.published().log.add_of_minute(
            self.identity(),
            None,
            retry_after,
            minute,
            rejected,
        );
    }

    /// Whether a task waits for the end of an overlay, and of nothing else.
    pub(super) fn is_awaited(&self) -> bool {
        let now = self.context.time.now();
        let locked = self.locked.lock();
        let waiters = locked.rare().and_then(|rare| rare.waiters.as_ref());
        waiters.is_some_and(|waiters| !waiters.is_empty())
            && locked.overlay_rejects_until(now).is_some()
            && locked.circuit.rejects_until(&locked.policy) <= Some(now)
    }

    /// Who has laid the overlay of this number, and why; `None` once it was replaced or lifted, or
    /// forgotten by a call after its end.
    pub(super) fn author_of_overlay(&self, number: u8) -> Option<By> {
        self.locked.lock().overlay()?.author_of(number).cloned()
    }
}

impl StepGuard<'_> {
    /// Asks the overlay about a call, and forgets one that is over.
    #[inline]
    pub(super) fn rule_of_overlay(&mut self, pending: &mut PendingEvents) -> Ruling {
        if self.is_overlaid() { self.rule_of_laid_overlay(pending) } else { Ruling::Silent }
    }

    #[cold]
    fn rule_of_laid_overlay(&mut self, pending: &mut PendingEvents) -> Ruling {
        let now = pending.now();
        let (seed, is_heard) = (self.circuit.seed(), self.hears_overlay());
        let Some(overlay) = self.overlay_if_laid() else { return Ruling::Silent };
        if let Some(epoch) = overlay.end(now) {
            pending.add(EventDetail::Lifted { epoch, by: None });
        }
        if is_heard { overlay.rule(seed, now) } else { Ruling::Silent }
    }

    /// Rejects a call that an overlay rejects, when the gate could not tell.
    pub(super) fn reject_overlaid(
        mut self,
        left: Duration,
        mut pending: PendingEvents,
    ) -> Rejection {
        self.count_overlaid();
        pending.add_call(|| EventDetail::Rejected);
        let number = self.overlay().map_or(0, LaidOverlay::number);
        let rejection = Rejection::by_overlay(number, self.circuit.opening(), nanos(left));
        self.finish(pending);
        rejection
    }

    /// Tells what became of a call that the overlay in force has let through.
    pub(super) fn tell_overlay(
        &mut self,
        entry: Entry,
        verdict: ProbeVerdict,
        pending: &mut PendingEvents,
    ) {
        let overlay = entry.word().overlay().zip(self.overlay());
        if let Some(epoch) = overlay.and_then(|(number, laid)| laid.epoch_of(number)) {
            pending.add(EventDetail::Probed { epoch, verdict });
        }
    }

    /// Lifts the overlay after a `close` or `reset` by hand.
    pub(super) fn lift_by_hand(&mut self, by: &By, pending: &mut PendingEvents) {
        let now = pending.now();
        let Some(overlay) = self.overlay_if_laid() else { return };
        let epoch = overlay.epoch();
        if overlay.lift_locally(now) {
            pending.add(EventDetail::Lifted { epoch, by: Some(Arc::new(by.clone())) });
        }
    }
}

impl Locked {
    pub(super) fn overlay(&self) -> Option<&LaidOverlay> {
        self.rare()?.overlay.as_deref()
    }

    /// The overlay, without allocating one.
    fn overlay_if_laid(&mut self) -> Option<&mut LaidOverlay> {
        self.counts.as_mut()?.rare_if_any()?.overlay.as_deref_mut()
    }

    pub(super) fn overlay_mut(&mut self) -> &mut LaidOverlay {
        self.rare_mut().overlay.get_or_insert_default()
    }

    fn hears_overlay(&self) -> bool {
        overlay::is_heard(self.circuit.state(), self.policy.shadow())
    }

    /// Until when an overlay rejects every call; `None` if it may let one through.
    pub(super) fn overlay_rejects_until(&self, now: Tick) -> Option<Tick> {
        self.overlay().filter(|_| self.hears_overlay())?.rejects_until(now)
    }

    /// Whether there is an overlay, over or not: a call after its deadline takes the lock, where an
    /// overlay that is over is forgotten.
    #[inline]
    pub(super) fn is_overlaid(&self) -> bool {
        self.overlay().is_some_and(LaidOverlay::is_laid)
    }

    /// Marks what the circuit publishes with the overlay. The deadline is that of the overlay, if
    /// it rejects every call for longer than the circuit.
    #[cold]
    pub(super) fn mark_overlay(&self, word: Word, fields: &mut GateFields) -> Word {
        let Some(overlay) = self.overlay().filter(|_| self.hears_overlay()) else { return word };
        match overlay.rejects_until(Tick::ORIGIN) {
            Some(until) if self.circuit.rejects_until(&self.policy) <= Some(until) => {
                (fields.rejects_until, fields.overlay) = (Some(until), Some(overlay.number()));
                word.rejected_by_overlay()
            }
            None if overlay.is_laid() => word.letting_some_through(),
            Some(_) | None => word,
        }
    }
}

impl Word {
    /// Rejects every call until the deadline: an overlay rejects it.
    pub(super) const fn rejected_by_overlay(self) -> Self {
        self.with(ADMITS | REJECTS, false).with(REJECTS_OUT_OF_LINE | OVERLAID, true)
    }

    /// Sends calls that the circuit would admit to the lock: an overlay lets some of them through.
    /// What the circuit rejects is its own rejection.
    pub(super) const fn letting_some_through(self) -> Self {
        let rejects = self.has(REJECTS | REJECTS_OUT_OF_LINE);
        self.with(ADMITS, false).with(OVERLAID, !rejects)
    }

    /// Whether an overlay rejects calls, or lets some through.
    pub(super) const fn is_overlaid(self) -> bool {
        self.has(OVERLAID)
    }
}

impl ProbeVerdict {
    pub(super) fn of(verdict: &Verdict, policy: &Policy) -> Self {
        match verdict {
            Verdict::Success { took } if policy.is_slow(*took) => Self::Failure,
            Verdict::Success { .. } => Self::Success,
            Verdict::Failure { .. } | Verdict::Trip { .. } => Self::Failure,
            Verdict::Ignore | Verdict::InnerRejection | Verdict::Abandoned { .. } => {
                Self::Inconclusive
            }
        }
    }
}
