//! A change of a breaker's configuration while it is in use.

use std::sync::Arc;

use super::{
    locked::Locked,
    pending_events::{PendingEvents, Timestamp},
    slot::Slot,
    step::StepGuard,
};
use crate::{
    bus::Wakes,
    circuit::{InvalidPolicy, PolicyPatch, Tick},
    config::{Layers, Reconfigured},
    event::EventDetail,
};

/// What a change of configuration does with an opening in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deadlines {
    /// It ends when it would have ended before.
    Keep,
    /// It ends earlier if the new policy's wait is shorter.
    Shorten,
}

impl Deadlines {
    /// Returns what the patch asks for.
    pub(crate) const fn of(patch: &PolicyPatch) -> Self {
        if patch.applies_now { Self::Shorten } else { Self::Keep }
    }
}

impl Slot {
    /// Applies a patch to this breaker. If the breaker has no key, the patch also applies to all
    /// keys of its identifier.
    pub(super) fn configure(&self, patch: PolicyPatch) -> Result<(), InvalidPolicy> {
        let store = self.locked.lock().layers().store();
        if let Some(registry) = store {
            return registry.configure(&self.identity, patch);
        }
        let at = self.context.timestamp();
        let mut step = self.lock_for_step();
        let mut answer = Ok(());
        let change = |layers: &mut Layers| answer = layers.configure_alone(&self.identity, patch);
        let mut pending = PendingEvents::of(at);
        step.reconfigure(self, &mut pending, Deadlines::of(&patch), change);
        step.finish(pending);
        answer
    }

    /// Applies a change of the configuration, and announces it if it changes a setting, a warning
    /// or the state. The caller triggers the returned wake-ups, because it may hold a lock.
    pub(crate) fn reconfigure(
        &self,
        at: Timestamp,
        deadlines: Deadlines,
        change: impl FnOnce(&mut Layers),
    ) -> (Reconfigured, Wakes) {
        let (mut step, mut pending) = (self.lock_for_step(), PendingEvents::of(at));
        let reconfigured = step.reconfigure(self, &mut pending, deadlines, change);
        (reconfigured, step.finish_without_waking(pending))
    }

    /// Changes the layers of this breaker without an event. The caller triggers the returned
    /// wake-ups.
    pub(crate) fn update_layers(&self, change: impl FnOnce(&mut Layers)) -> Wakes {
        let (mut locked, mut wakes) = (self.lock_for_step(), Wakes::default());
        locked.update_layers(&self.context.policies, change);
        locked.publish();
        self.wake_waiters(&mut locked, Tick::ORIGIN, &mut wakes);
        wakes
    }
}

impl StepGuard<'_> {
    /// Changes the layers, and adds an event if the breaker is registered and anything changed.
    pub(super) fn reconfigure(
        &mut self,
        slot: &Slot,
        pending: &mut PendingEvents,
        deadlines: Deadlines,
        change: impl FnOnce(&mut Layers),
    ) -> Reconfigured {
        let before = Arc::clone(&self.policy);
        self.update_layers(&slot.context.policies, change);
        let Locked { circuit, policy, .. } = &mut **self;
        let lost_window = circuit.reshape_window(policy, pending.now());
        let shortened = match deadlines {
            Deadlines::Keep => None,
            Deadlines::Shorten => circuit.shorten(policy, pending.now()),
        };
        let changes: Arc<[_]> = before.configured().changes_to(&policy.configured()).into();
        let warnings = policy.warnings().to_vec();
        let is_silent = changes.is_empty() && lost_window.is_none() && shortened.is_none();
        if self.is_registered() && !(is_silent && before.warnings() == warnings) {
            let changes = Arc::clone(&changes);
            let shortened = shortened.map(|opening| opening.duration);
            pending.add(EventDetail::Configured { changes, lost_window, shortened, warnings });
        }
        Reconfigured { identity: slot.identity.clone(), changes, lost_window }
    }
}
