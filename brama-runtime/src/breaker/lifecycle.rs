//! The life of a breaker: registered, configured, unregistered, revived.
//!
//! A slot stays where it is for the life of its registry, so that no handle dangles. Unregistered,
//! its gate shows a word by which no call can go: the next one comes to the lock and revives it.

use std::ptr;

use super::{
    locked::Locked,
    pending_events::{PendingEvents, Timestamp},
    slot::Slot,
    step::StepGuard,
};
use crate::{
    bus::Wakes,
    circuit::{Action, InvalidPolicy, PolicyPatch, Tick},
    config::{Attribute, Layers, PolicyCache},
    connection::Connection,
    event::EventDetail,
};

impl Slot {
    /// Whether look-ups find it.
    #[inline]
    pub(crate) fn is_registered(&self) -> bool {
        !self.gate.load().is_unregistered()
    }

    /// Registers it anew with what is said of it; where it is registered, that is handed back.
    pub(crate) fn register(&self, connection: Connection) -> Result<(), Connection> {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let locked = self.locked.lock();
        if locked.is_registered() {
            return Err(connection);
        }
        let mut locked = self.begin_step(locked);
        locked.update_layers(&self.context.policies, |layers| layers.register(connection));
        locked.rare_mut().is_pinned = true;
        locked.reregister(&mut pending);
        locked.finish(pending);
        Ok(())
    }

    /// Keeps one that was made by `register`.
    pub(crate) fn keep(&self) {
        self.locked.lock().rare_mut().is_pinned = true;
    }

    /// Registers it anew where it is unregistered: somebody asked for it by name.
    #[inline]
    pub(crate) fn ensure_registered(&self, attribute: Option<&'static Attribute>) {
        if let Some(attribute) = attribute {
            self.bind_attribute(attribute);
        }
        if !self.is_registered() {
            self.reregister_by_name();
        }
    }

    #[cold]
    fn reregister_by_name(&self) {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let mut locked = self.lock_for_step();
        locked.reregister(&mut pending);
        locked.finish(pending);
    }

    /// Forgets all but the totals, the attribute and what was configured; `false` where that is so
    /// already. Permits given before are late from now on.
    pub(crate) fn unregister(&self) -> bool {
        let mut pending = PendingEvents::of(self.context.timestamp());
        let mut locked = self.lock_for_step();
        let was_registered = locked.is_registered();
        if was_registered {
            locked.forget(&self.context.policies, pending.now());
            pending.add(EventDetail::Unregistered);
        }
        locked.finish(pending);
        was_registered
    }

    /// Takes what an attribute with this identity says; it is synced only where it is at odds with
    /// something.
    #[inline]
    pub(crate) fn bind_attribute(&self, attribute: &'static Attribute) {
        if !self.attribute.get().is_some_and(|bound| ptr::eq(bound, attribute)) {
            self.bind_another_attribute(attribute);
        }
    }

    #[cold]
    fn bind_another_attribute(&self, attribute: &'static Attribute) {
        if self.knows(attribute) {
            return;
        }
        let locked = self.locked.lock();
        // Checked again: another thread may have brought it meanwhile.
        if self.knows(attribute) {
            return;
        }
        let mut locked = self.begin_step(locked);
        let first = self.attribute.get();
        let ((), mut wakes) = self.update_layers_locked(&mut locked, |layers| match first {
            None => layers.set_attribute(attribute),
            Some(first) => layers.note_conflict(first, attribute),
        });
        // Set under the lock: two threads that race for the cell would both change the layers. Set
        // last: a thread that finds its attribute in the cell relies on its policy being in force.
        let cell = if first.is_none() { &self.attribute } else { &self.other_attribute };
        cell.get_or_init(|| attribute);
        drop(locked);
        wakes.and(self.announce_warnings(self.context.timestamp()));
        wakes.wake();
    }

    /// Whether there is nothing to note of an attribute: it agrees with the first, or another that
    /// differs has been noted.
    fn knows(&self, attribute: &Attribute) -> bool {
        let first = self.attribute.get();
        first.is_some_and(|it| it.agrees_with(attribute) || self.other_attribute.get().is_some())
    }

    /// Takes a patch, for itself and where it has no key for all keys of its identifier.
    pub(super) fn configure(&self, patch: PolicyPatch) -> Result<(), InvalidPolicy> {
        let store = self.locked.lock().layers().store();
        if let Some(registry) = store {
            return registry.configure(&self.identity, patch);
        }
        let moment = self.context.timestamp();
        let (answer, mut wakes) =
            self.update_layers(|layers| layers.configure_alone(&self.identity, patch));
        answer?;
        wakes.and(self.announce_configured(moment));
        wakes.wake();
        Ok(())
    }

    /// Takes what was configured for it; whom to wake is for the caller, who may hold a lock.
    pub(crate) fn configured(&self, moment: Timestamp, change: impl FnOnce(&mut Layers)) -> Wakes {
        let ((), mut wakes) = self.update_layers(change);
        wakes.and(self.announce_configured(moment));
        wakes
    }

    /// Announces a slot that was just created. Whom to wake is for the caller, who holds the
    /// registry's lock.
    pub(crate) fn announce_created(&self, at: Timestamp) -> Wakes {
        let mut wakes = self.announce(EventDetail::Registered, at);
        if self.attribute.get().is_some() {
            wakes.and(self.announce_warnings(at));
        }
        wakes
    }

    /// Announces the warnings that an attribute brought, if there are any.
    fn announce_warnings(&self, at: Timestamp) -> Wakes {
        let is_well = self.locked.lock().policy.warnings().is_empty();
        if is_well { Wakes::default() } else { self.announce_configured(at) }
    }

    fn announce_configured(&self, moment: Timestamp) -> Wakes {
        let warnings = self.locked.lock().policy.warnings().to_vec();
        self.announce(EventDetail::Configured { warnings }, moment)
    }

    /// Changes what was said for this breaker; from the next admission or outcome on that is in
    /// force. Whom to wake is for the caller likewise.
    pub(crate) fn update_layers<R>(&self, change: impl FnOnce(&mut Layers) -> R) -> (R, Wakes) {
        self.update_layers_locked(&mut self.lock_for_step(), change)
    }

    /// The same for a caller who has the lock.
    fn update_layers_locked<R>(
        &self,
        locked: &mut StepGuard<'_>,
        change: impl FnOnce(&mut Layers) -> R,
    ) -> (R, Wakes) {
        let (answer, mut wakes) =
            (locked.update_layers(&self.context.policies, change), Wakes::default());
        locked.publish();
        locked.wake_waiters(&mut wakes);
        (answer, wakes)
    }

    /// Tells of a step of a registered breaker's life; whom to wake is for the caller likewise.
    pub(crate) fn announce(&self, step: EventDetail, moment: Timestamp) -> Wakes {
        let mut locked = self.locked.lock();
        let mut pending = PendingEvents::of(moment);
        if locked.is_registered() {
            pending.add(step);
        }
        self.send(&mut locked, pending)
    }
}

impl Locked {
    /// Registers it anew, closed, where it is unregistered.
    pub(super) fn reregister(&mut self, pending: &mut PendingEvents) {
        if !self.is_registered() {
            self.rare_mut().is_unregistered = false;
            self.reset_state(pending.now());
            pending.add(EventDetail::Registered);
        }
    }

    fn forget(&mut self, policies: &PolicyCache, now: Tick) {
        let rare = self.rare_mut();
        rare.openings.clear();
        rare.is_unregistered = true;
        rare.is_pinned = false;
        self.reset_state(now);
        self.update_layers(policies, Layers::unregister);
    }

    /// A new generation, closed. The change is no pending: whoever forgets or revives announces that.
    fn reset_state(&mut self, now: Tick) {
        let Self { circuit, policy, .. } = self;
        let _change = circuit.act(policy, Action::Reset, "registered anew".into(), now);
    }
}
