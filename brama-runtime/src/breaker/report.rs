//! Reports: outcomes without a permit, by name or of a health check.

use super::{
    Breaker,
    locked::{Locked, LockedCounts},
    pending_events::PendingEvents,
    slot::Slot,
    step::StepGuard,
};
use crate::circuit::{Reason, State, Verdict};

/// What a health check that passed means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PassMeaning {
    /// Calls may probe before the deadline of the opening.
    Probe,
    /// In addition, the check counts as the success of a probe.
    Success,
}

impl Breaker {
    /// Reports a success without a permit.
    ///
    /// While the circuit is closed or half-open, the success counts like a permit's, but it is
    /// never slow and gives back no probe's place. Once an opening is over, the circuit becomes
    /// half-open first, and the success counts there. Before that, it counts only in the totals.
    pub fn success(&self) {
        self.slot.record_without_permit(Verdict::SUCCESS);
    }

    /// Reports a failure without a permit. [`success`](Self::success) describes when such a report
    /// counts.
    ///
    /// The reason is a text, a reference to an error, or `()` for none.
    pub fn failure(&self, reason: impl Into<Reason>) {
        self.slot.record_without_permit(Verdict::failure(reason));
    }
}

impl Slot {
    /// Records an outcome without a permit.
    pub(super) fn record_without_permit(&self, verdict: Verdict) {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let mut locked = self.lock_for_step();
        locked.reregister(&mut pending);
        locked.step_without_permit(verdict.recorded_as(self.context.reasons()), pending);
    }

    /// Records a health check that passed. An unregistered breaker ignores it, because a check does
    /// not count as use.
    pub(crate) fn record_passed_check(&self, meaning: PassMeaning) {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let locked = self.locked.lock();
        if !locked.is_registered() {
            return;
        }
        let mut locked = self.begin_step(locked);
        let change = locked.circuit.check_passed(pending.now());
        locked.note_changes(change, &mut pending);
        if meaning == PassMeaning::Success && locked.circuit.state() == State::HalfOpen {
            locked.step_without_permit(Verdict::SUCCESS, pending);
        } else {
            locked.finish(pending);
        }
    }

    /// Records a health check that failed. An unregistered breaker ignores it.
    pub(crate) fn record_failed_check(&self, reason: Reason) {
        let pending = PendingEvents::of(self.context.timestamp());
        let locked = self.locked.lock();
        if locked.is_registered() {
            let verdict = Verdict::failure(reason).recorded_as(self.context.reasons());
            self.begin_step(locked).step_without_permit(verdict, pending);
        }
    }
}

impl StepGuard<'_> {
    fn step_without_permit(mut self, verdict: Verdict, mut pending: PendingEvents) {
        let Locked { circuit, policy, counts, .. } = &mut *self;
        LockedCounts::of(counts, circuit).count(&verdict, policy);
        pending.add_outcome(&verdict, policy);
        let (_, changes) = circuit.record_unpermitted(policy, verdict, pending.now());
        self.note_changes(changes, &mut pending);
        self.finish(pending);
    }
}
