//! The slot of a call whose identifier or key is an expression. The call may have passed a
//! turnstile.

use std::{fmt, sync::Arc};

use super::{
    circuit_open::CircuitOpen,
    entry::Entry,
    raw_permit::{RawPermit, Runs, SlotRef},
    slot::{SharedSlot, Slot},
    turnstile::{Arena, Passage, Passed, Turnstile, TurnstilePlace},
};
use crate::{circuit::Tick, identity::InlineKey, logs};

/// The turnstiles of the global registry's breakers.
#[cfg(not(brama_loom))]
static TURNSTILES: Arena<Slot> = Arena::new();
#[cfg(brama_loom)]
loom::lazy_static! {
    static ref TURNSTILES: Arena<Slot> = Arena::new();
}

/// How the permit of such a call reaches its breaker.
pub enum KeyedSlot {
    /// The call has passed the turnstile of the breaker.
    Passed(Passage<Slot>),
    /// The call borrows the breaker from a call site.
    Static(&'static Slot),
    /// The call refers to the breaker.
    Counted(Arc<Slot>),
}

/// Lets a call with this key pass the turnstile at this place, if it is open and has this key.
#[inline]
pub(crate) fn pass(place: TurnstilePlace, key: InlineKey) -> Option<Passed<Slot>> {
    TURNSTILES.get(place)?.pass(place, key)
}

impl RawPermit<KeyedSlot> {
    /// The permit of a call that has passed a turnstile.
    #[inline]
    pub(crate) fn of_passed(passed: Passed<Slot>) -> Self {
        let (passage, word) = Passage::of(passed);
        Self { slot: KeyedSlot::Passed(passage), entry: Entry::new(word, Tick::NEVER) }
    }

    /// Acquires the right to a call that has passed no turnstile.
    pub(crate) fn acquire_shared(slot: SharedSlot, runs: Runs) -> Result<Self, CircuitOpen> {
        let admitted = slot.gate.admit_at_once().or_else(|seen| slot.admit_in(seen, runs));
        match admitted {
            Ok(entry) => Ok(Self { slot: slot.into(), entry }),
            Err(rejection) => Err(CircuitOpen::logged(slot, rejection)),
        }
    }
}

impl From<SharedSlot> for KeyedSlot {
    fn from(slot: SharedSlot) -> Self {
        match slot {
            SharedSlot::Static(slot) => Self::Static(slot),
            SharedSlot::Counted(slot) => Self::Counted(slot),
        }
    }
}

impl SlotRef for KeyedSlot {
    #[inline]
    fn record_success(&mut self, entry: Option<Entry>) {
        let Some(entry) = entry else { return };
        let has_ended = !logs::takes_outcomes()
            && match self {
                Self::Passed(passage) => passage.end_in_success(entry.word()),
                Self::Static(_) | Self::Counted(_) => false,
            };
        if !has_ended {
            self.record_success_in_slot(entry);
        }
    }

    fn with_slot<R>(&self, then: impl FnOnce(&Slot) -> R) -> Option<R> {
        match self {
            Self::Passed(passage) => passage.slot().map(|slot| then(&slot)),
            Self::Static(slot) => Some(then(slot)),
            Self::Counted(slot) => Some(then(slot)),
        }
    }
}

impl KeyedSlot {
    #[inline(never)]
    fn record_success_in_slot(&self, entry: Entry) {
        self.with_slot(|slot| slot.record_success(Some(entry)));
    }
}

impl Slot {
    /// Whether calls could pass a turnstile now: the breaker has one or can get one, its circuit is
    /// closed, and its successes need neither a clock nor the lock.
    pub(crate) fn opens_turnstile(&self) -> bool {
        self.gate.load().passes_turnstile()
            && (self.whereabouts.turnstile().is_some()
                || TURNSTILES.has_room()
                || self.context.free_turnstiles.are_there())
    }

    /// Gives the breaker of this key a turnstile, unless it has one. Returns its place; `None` if
    /// there are none left.
    pub(crate) fn make_turnstile(self: &Arc<Self>, key: InlineKey) -> Option<TurnstilePlace> {
        let mut locked = self.lock_for_step();
        self.take_successes_of_turnstile();
        if self.turnstile().is_none() {
            self.assign_turnstile(key);
        }
        // Also if there was none left: the step has switched the fast path off.
        locked.publish();
        self.whereabouts.turnstile()
    }

    /// Assigns a free turnstile or a new one, if there is any. Call it with the lock held.
    fn assign_turnstile(self: &Arc<Self>, key: InlineKey) {
        let free = self.context.free_turnstiles.take();
        let Some(place) = free.or_else(|| TURNSTILES.make()) else { return };
        let Some(turnstile) = TURNSTILES.get(place) else { return };
        turnstile.assign(key, Arc::downgrade(self));
        self.whereabouts.set_turnstile(place);
    }

    /// The turnstile of the breaker, if it has one.
    pub(super) fn turnstile(&self) -> Option<&'static Turnstile<Self>> {
        TURNSTILES.get(self.whereabouts.turnstile()?)
    }

    /// Gives the turnstile of an evicted breaker back: no call has passed, and none can. Call it
    /// with the lock held.
    pub(super) fn give_turnstile_back(&self) {
        self.take_successes_of_turnstile();
        // What another breaker counts there is not among the successes of this one.
        let Some(place) = self.whereabouts.take_turnstile() else { return };
        if let Some(turnstile) = TURNSTILES.get(place) {
            self.context.free_turnstiles.add(turnstile.end_tenancy(place));
        }
    }

    /// Moves what was counted at the turnstile to the gate. Call it with the lock held.
    fn take_successes_of_turnstile(&self) {
        if let Some(turnstile) = self.turnstile() {
            self.gate.add_successes(turnstile.take_successes());
        }
    }
}

/// The key of the turnstile at this place, as far as can be seen without passing it.
pub(crate) fn key_of_turnstile(place: TurnstilePlace) -> Option<InlineKey> {
    TURNSTILES.get(place)?.key(place)
}

impl fmt::Debug for KeyedSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_slot(|slot| slot.fmt(f)).unwrap_or(Ok(()))
    }
}
