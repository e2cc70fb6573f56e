//! The lock of a breaker whose gate is unsettled: under it the circuit steps, and is published.

use std::ops::{Deref, DerefMut};

use super::{locked::Locked, pending_events::PendingEvents, slot::Slot, word::Word};
use crate::{event::EventKinds, sys::sync::MutexGuard};

/// What the lock protects, for one before whom the gate was unsettled.
///
/// Only such a one publishes. A success may have shown at the gate that a run of failures has ended:
/// who published without having looked would show it again.
pub(super) struct StepGuard<'s>(MutexGuard<'s, Locked>);

impl Slot {
    /// Locks for a step that may judge or close: nobody counts at the gate meanwhile, and the circuit
    /// knows every success that did before.
    pub(super) fn lock_for_step(&self) -> StepGuard<'_> {
        self.begin_step(self.locked.lock())
    }

    /// The same for one who has the lock.
    pub(super) fn begin_step<'s>(&self, mut locked: MutexGuard<'s, Locked>) -> StepGuard<'s> {
        let shown = self.gate.disable_fast_path();
        locked.sync_counters(shown, self.gate.successes());
        StepGuard(locked)
    }

    /// The same for a step that judges a call.
    ///
    /// Where the gate showed closed and unsettled already, whoever published it so had read the
    /// counters: all that is missing is one success a thread, which the next will find (promise 2). To
    /// read them takes them from every thread; `cargo peers` shows it where calls fail on two threads.
    pub(super) fn begin_judging<'s>(&self, mut locked: MutexGuard<'s, Locked>) -> StepGuard<'s> {
        let shown = self.gate.disable_fast_path();
        if !shown.is_closed_without_fast_path() {
            locked.sync_counters(shown, self.gate.successes());
        }
        StepGuard(locked)
    }

    /// Publishes, tells the pending and unlocks; answers with the word that is shown from now on.
    pub(super) fn finish(&self, mut locked: StepGuard<'_>, pending: PendingEvents) -> Word {
        let word = self.publish(&locked);
        let mut wakes = self.send(&mut locked, pending);
        locked.wake_waiters(&mut wakes);
        drop(locked);
        wakes.wake();
        word
    }

    pub(super) fn publish(&self, locked: &StepGuard<'_>) -> Word {
        let kind = || locked.layers().kind();
        locked.publish(&self.gate, self.context.bus.hears(EventKinds::CALLS, &self.identity, kind))
    }
}

impl Deref for StepGuard<'_> {
    type Target = Locked;

    fn deref(&self) -> &Locked {
        &self.0
    }
}

impl DerefMut for StepGuard<'_> {
    fn deref_mut(&mut self) -> &mut Locked {
        &mut self.0
    }
}
