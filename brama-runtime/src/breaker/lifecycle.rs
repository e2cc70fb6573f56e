//! The life of a breaker: registered, configured, unregistered, registered again.
//!
//! A slot without a key stays allocated for the life of its registry, so that no handle dangles.
//! While it is unregistered, its gate shows a word by which no call passes: the next call takes the
//! lock and registers it again.

use std::ptr;

use super::{
    locked::Locked,
    pending_events::{PendingEvents, Timestamp},
    slot::Slot,
};
use crate::{
    bus::Wakes,
    circuit::{Action, InvalidPolicy, PolicyPatch, Tick},
    config::{Attribute, Layers, PolicyCache},
    connection::Connection,
    event::EventDetail,
};

impl Slot {
    /// Whether look-ups find the breaker.
    #[inline]
    pub(crate) fn is_registered(&self) -> bool {
        !self.gate.load().is_unregistered()
    }

    /// Registers the breaker again with `connection`. If it is registered already, returns the
    /// connection as an error.
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

    /// Pins a breaker that was created by `register`, so that it is never evicted.
    pub(crate) fn pin(&self) {
        self.locked.lock().rare_mut().is_pinned = true;
    }

    /// Registers the breaker again if a look-up by name finds it unregistered.
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

    /// Forgets everything but the totals, the attribute and the configuration. Returns `false` if
    /// the breaker was unregistered already. Outcomes of permits that were given before are late
    /// from now on.
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

    /// Binds an attribute with this identity, for a look-up by name. Subscribers get an event if
    /// the breaker was unregistered, and one if the attribute conflicts with other settings.
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
        let mut pending = PendingEvents::of(self.context.timestamp());
        let locked = self.locked.lock();
        // Checked again: another thread may have bound it meanwhile.
        if self.knows(attribute) {
            return;
        }
        let mut locked = self.begin_step(locked);
        let first = self.attribute.get();
        locked.update_layers(&self.context.policies, |layers| match first {
            None => layers.set_attribute(attribute),
            Some(first) => layers.note_conflict(first, attribute),
        });
        locked.reregister(&mut pending);
        locked.add_warnings(&mut pending);
        locked.publish();
        // The cell is set under the lock, because two threads that race for it would otherwise both
        // change the layers. It is set after the publication, because a thread that finds its
        // attribute in the cell relies on the published policy.
        let cell = if first.is_none() { &self.attribute } else { &self.other_attribute };
        cell.get_or_init(|| attribute);
        let now = pending.now();
        let mut wakes = pending.send(&mut locked, &self.identity, &self.context.bus);
        locked.wake_waiters(now, &mut wakes);
        drop(locked);
        wakes.wake();
    }

    /// Whether an attribute adds nothing new: it agrees with the first one, or another conflict has
    /// been recorded.
    fn knows(&self, attribute: &Attribute) -> bool {
        let first = self.attribute.get();
        first.is_some_and(|it| it.agrees_with(attribute) || self.other_attribute.get().is_some())
    }

    /// Applies a patch to this breaker. If the breaker has no key, the patch also applies to all
    /// keys of its identifier.
    pub(super) fn configure(&self, patch: PolicyPatch) -> Result<(), InvalidPolicy> {
        let store = self.locked.lock().layers().store();
        if let Some(registry) = store {
            return registry.configure(&self.identity, patch);
        }
        let timestamp = self.context.timestamp();
        let (answer, mut wakes) =
            self.update_layers(|layers| layers.configure_alone(&self.identity, patch));
        answer?;
        wakes.and(self.announce_configured(timestamp));
        wakes.wake();
        Ok(())
    }

    /// Applies a change of the configuration. The caller triggers the returned wake-ups, because it
    /// may hold a lock.
    pub(crate) fn configured(
        &self,
        timestamp: Timestamp,
        change: impl FnOnce(&mut Layers),
    ) -> Wakes {
        let ((), mut wakes) = self.update_layers(change);
        wakes.and(self.announce_configured(timestamp));
        wakes
    }

    /// Announces a breaker that was just created. The caller triggers the returned wake-ups,
    /// because it holds the lock of the registry.
    pub(crate) fn announce_created(&self, at: Timestamp) -> Wakes {
        let mut locked = self.locked.lock();
        let mut pending = PendingEvents::of(at);
        if locked.is_registered() {
            pending.add(EventDetail::Registered);
            if self.attribute.get().is_some() {
                locked.add_warnings(&mut pending);
            }
        }
        pending.send(&mut locked, &self.identity, &self.context.bus)
    }

    fn announce_configured(&self, timestamp: Timestamp) -> Wakes {
        let warnings = self.locked.lock().policy.warnings().to_vec();
        self.announce(EventDetail::Configured { warnings }, timestamp)
    }

    /// Changes the layers of this breaker. The new policy applies from the next admission or
    /// outcome on. The caller triggers the returned wake-ups.
    pub(crate) fn update_layers<R>(&self, change: impl FnOnce(&mut Layers) -> R) -> (R, Wakes) {
        let (mut locked, mut wakes) = (self.lock_for_step(), Wakes::default());
        let answer = locked.update_layers(&self.context.policies, change);
        locked.publish();
        locked.wake_waiters(Tick::ORIGIN, &mut wakes);
        (answer, wakes)
    }

    /// Announces an event in the life of a registered breaker. The caller triggers the returned
    /// wake-ups.
    pub(crate) fn announce(&self, detail: EventDetail, timestamp: Timestamp) -> Wakes {
        let mut locked = self.locked.lock();
        let mut pending = PendingEvents::of(timestamp);
        if locked.is_registered() {
            pending.add(detail);
        }
        pending.send(&mut locked, &self.identity, &self.context.bus)
    }
}

impl Locked {
    /// Registers the breaker again, closed, if it is unregistered.
    pub(super) fn reregister(&mut self, pending: &mut PendingEvents) {
        if !self.is_registered() {
            self.rare_mut().is_unregistered = false;
            self.reset_state(pending.now());
            pending.add(EventDetail::Registered);
        }
    }

    /// Adds the warnings that an attribute caused, if there are any.
    fn add_warnings(&self, pending: &mut PendingEvents) {
        let warnings = self.policy.warnings();
        if !warnings.is_empty() {
            pending.add(EventDetail::Configured { warnings: warnings.to_vec() });
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

    /// Begins a new generation, closed. The change itself is no event: the caller announces what
    /// happened to the breaker.
    fn reset_state(&mut self, now: Tick) {
        let Self { circuit, policy, .. } = self;
        let _change = circuit.act(policy, Action::Reset, "registered again".into(), now);
    }
}
