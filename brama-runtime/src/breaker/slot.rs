//! The slot of a breaker: one circuit behind a lock, with a gate in front.

use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use super::{
    context::SlotContext, extras::Extras, gate::Gate, locked::Locked,
    pending_events::PendingEvents, rare_state::Opened, turnstile::Turnstile,
    whereabouts::Whereabouts, word::Word,
};
use crate::{
    circuit::{Abandoned, Action, By, Reasons, State, Tick},
    config::{Attribute, Layers},
    connection::ConnectionKind,
    counters::{Contention, Counter, Totals},
    identity::Identity,
    status::Rejections,
    sys::sync::{Mutex, OnceBox, OnceRef},
};

/// The state that a breaker's handles, permits and call sites share.
///
/// A call of one breaker among ten thousand waits for memory once per cache line. The fields that
/// it reads therefore stand together at the beginning, next to the reference count. They are 64
/// bytes or more away from the lock, which failures on other threads write, so that they share no
/// cache line with it.
#[repr(C)]
pub struct Slot {
    pub(super) gate: Gate,
    /// The attribute in effect: the first one bound to this breaker. Call sites with a dynamic
    /// identifier pass theirs on every call, so the usual case is one pointer comparison.
    pub(super) attribute: OnceRef<'static, Attribute>,
    pub(super) context: Arc<SlotContext>,
    pub(super) identity: Identity<'static>,
    pub(super) extras: OnceBox<Extras>,
    pub(super) whereabouts: Whereabouts,
    pub(super) locked: Mutex<Locked>,
}

impl Slot {
    pub(crate) fn new(
        identity: Identity<'static>,
        layers: Layers,
        seed: u64,
        context: Arc<SlotContext>,
        created: Tick,
    ) -> Self {
        let (gate, attribute, extras) = (Gate::default(), OnceRef::new(), OnceBox::default());
        if let Some(first) = layers.attribute() {
            attribute.get_or_init(|| first);
        }
        let locked = Mutex::new(Locked::new(seed, context.policies.policy_of(layers), created));
        let whereabouts = Whereabouts::default();
        let this = Self { gate, attribute, context, identity, extras, whereabouts, locked };
        this.lock_for_step().publish();
        this
    }

    pub(super) fn extras(&self) -> &Extras {
        self.extras.get_or_init(Box::default)
    }

    pub(crate) fn identity(&self) -> &Identity<'static> {
        &self.identity
    }

    /// Changes the circuit by hand.
    pub(super) fn act(&self, action: Action, by: By) {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let mut locked = self.lock_for_step();
        locked.reregister(&mut pending);
        match action {
            Action::Close | Action::Reset => locked.lift_by_hand(&by, &mut pending),
            Action::Open(_) | Action::ForceOpen | Action::Disable => {}
        }
        // Allocated before the action ends the run of successes.
        locked.counts_mut();
        let Locked { circuit, policy, .. } = &mut *locked;
        let change = circuit.act(policy, action, by, pending.now());
        locked.note_changes([change], &mut pending);
        locked.finish(pending);
    }

    /// Makes the change that is due: ends an opening past its deadline, or a ramp.
    pub(crate) fn sweep(&self) {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let mut locked = self.lock_for_step();
        let change = locked.circuit.sweep(pending.now());
        locked.note_changes(change, &mut pending);
        locked.finish(pending);
    }

    /// Replaces the reasons of past failures by what is recorded of them from now on.
    pub(crate) fn redact(&self, reasons: Reasons) {
        let mut locked = self.locked.lock();
        locked.circuit.redact(reasons);
        locked.redact_openings(reasons);
    }

    /// Publishes again, so that the gate takes a new subscriber to calls into account.
    pub(crate) fn republish(&self) {
        #[cfg(test)]
        REPUBLISHED.set(REPUBLISHED.get() + 1);
        self.lock_for_step().publish();
    }

    /// The kind of dependency, from `register` or else the attribute.
    pub(crate) fn kind(&self) -> Option<ConnectionKind> {
        self.locked.lock().layers().kind()
    }

    pub(crate) fn state(&self) -> State {
        self.gate.load().state()
    }

    pub(super) fn is_available(&self) -> bool {
        let word = self.gate.load();
        if self.is_saturated(word) {
            return false;
        }
        word.admits() || {
            let now = self.context.time.now();
            let locked = self.locked.lock();
            locked.overlay_rejects_until(now).is_none()
                && (locked.would_be_held_back(self.context.share(), now)
                    || locked.circuit.would_admit(&locked.policy, now))
        }
    }

    pub(super) fn opened(&self, number: u64) -> Option<Opened> {
        let locked = self.locked.lock();
        let mut openings = locked.rare()?.openings.iter();
        openings.find(|opened| opened.number == number).cloned()
    }

    /// The time limit of a call; `None` if there is none. `own` is that of the called function's
    /// attribute, which applies unless a layer above the attribute sets one.
    #[must_use]
    pub fn time_limit(&self, own: Duration) -> Option<Duration> {
        if !self.context.policies.limits_time() {
            return Some(own);
        }
        self.locked.lock().policy.timeout_source().over(own)
    }

    pub(super) fn time_now(&self) -> Tick {
        self.context.time.now()
    }

    /// Reads the clock that is precise enough for the durations in effect.
    #[inline]
    pub(super) fn now(&self, word: Word) -> Tick {
        if word.is_precise() { self.context.time.now() } else { self.context.time.coarse() }
    }

    /// Brings the circuit up to date for a reader. A relaxed sum is enough: the next step includes
    /// what it misses.
    pub(super) fn sync_counters_relaxed(&self, locked: &mut Locked) {
        locked.sync_counters(self.gate.load(), self.sum_successes());
    }

    /// Returns the totals.
    pub(crate) fn counted(&self) -> Totals {
        let mut locked = self.locked.lock();
        self.sync_counters_relaxed(&mut locked);
        self.totals(&locked)
    }

    /// Returns the number of calls that were rejected or have ended.
    pub(crate) fn calls(&self) -> u64 {
        let Totals { successes, failures, ignored, abandoned, rejected, .. } = self.counted();
        let abandoned = match self.locked.lock().policy.abandoned() {
            Abandoned::Ignore => abandoned,
            // Abandoned calls are among the failures.
            Abandoned::Failure => 0,
        };
        successes + failures + ignored + abandoned + rejected
    }

    /// Returns the totals, and the rejections by cause.
    pub(super) fn totals_and_rejections(&self, locked: &Locked) -> (Totals, Rejections) {
        let (saturated, gate) = (self.saturated(), self.gate.sum(Counter::Rejected));
        let overlaid = self.overlaid_calls();
        let counted = locked.totals().rejected;
        let mut rejections = Rejections { saturated, ..locked.rejections(counted + gate) };
        rejections.fleet += overlaid;
        let rejected = counted + gate + saturated + overlaid;
        (Totals { rejected, ..self.totals(locked) }, rejections)
    }

    pub(super) fn totals(&self, locked: &Locked) -> Totals {
        let mut totals = locked.totals();
        totals.successes += self.sum_successes();
        totals.ignored += self.gate.sum(Counter::Ignored);
        totals.rejected +=
            self.gate.sum(Counter::Rejected) + self.saturated() + self.overlaid_calls();
        totals
    }

    /// The successes, for a holder of the lock that has disabled the fast path.
    pub(super) fn successes(&self) -> u64 {
        let in_place = self.extras.get().map_or(0, |extras| extras.in_flight.successes());
        let passed = self.turnstile().map_or(0, Turnstile::successes);
        self.gate.successes() + in_place + passed
    }

    /// The successes, without excluding calls that are being counted. Call it with the lock held.
    pub(super) fn sum_successes(&self) -> u64 {
        let in_place = self.extras.get().map_or(0, |extras| extras.in_flight.sum_successes());
        let passed = self.turnstile().map_or(0, Turnstile::sum);
        self.gate.sum(Counter::Success) + in_place + passed
    }

    /// Adds stripes to the counters once threads have contended there.
    #[inline]
    pub(super) fn note_contention(&self, contention: Contention) {
        match contention {
            Contention::None => {}
            Contention::Seen => self.inflate(),
        }
    }

    #[cold]
    pub(super) fn inflate(&self) {
        let mut locked = self.lock_for_step();
        self.gate.inflate();
        locked.publish();
    }
}

/// A slot that is held for as long as it is needed.
#[derive(Debug, Clone)]
pub enum SharedSlot {
    /// Held by a call site, which is never evicted.
    Static(&'static Slot),
    /// Held by a reference count.
    Counted(Arc<Slot>),
}

impl Deref for SharedSlot {
    type Target = Slot;

    fn deref(&self) -> &Slot {
        match self {
            Self::Static(slot) => slot,
            Self::Counted(slot) => slot,
        }
    }
}

/// Names the public type, as users print slots through handles and permits. Takes no lock.
impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker")
            .field("identity", &self.identity)
            .field("gate", &self.gate.load())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
thread_local! {
    /// How many breakers this thread has published again.
    pub(crate) static REPUBLISHED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}
