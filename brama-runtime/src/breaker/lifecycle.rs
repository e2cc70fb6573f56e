//! The life of a breaker: registered, unregistered, registered again.
//!
//! A slot without a key stays allocated for the life of its registry, so that no handle dangles.
//! While it is unregistered, its gate shows a word by which no call passes: the next call takes the
//! lock and registers it again.

use std::{ptr, sync::Arc};

use super::{
    locked::Locked,
    pending_events::{PendingEvents, Timestamp},
    reconfigure::Deadlines,
    slot::Slot,
};
use crate::{
    bus::Wakes,
    circuit::{Action, Tick},
    config::{Attribute, Layers},
    event::EventDetail,
};

impl Slot {
    /// Whether look-ups find the breaker.
    #[inline]
    pub(crate) fn is_registered(&self) -> bool {
        !self.gate.load().is_unregistered()
    }

    /// Registers the breaker again, with the layers that `change` sets. The caller triggers the
    /// returned wake-ups, because it holds the lock of the registry. Returns `None` if the breaker
    /// is registered already.
    pub(crate) fn register(
        &self,
        at: Timestamp,
        change: impl FnOnce(&mut Layers),
    ) -> Option<Wakes> {
        let mut pending = PendingEvents::of(at);
        let locked = self.locked.lock();
        if locked.is_registered() {
            return None;
        }
        let mut locked = self.begin_step(locked);
        locked.update_layers(&self.context.policies, change);
        locked.rare_mut().is_pinned = true;
        locked.reregister(&mut pending);
        Some(locked.finish_without_waking(pending))
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

    /// Forgets everything but the totals, the attribute and the configuration, and takes the layers
    /// that `change` sets. Outcomes of permits that were given before are late from now on. The
    /// caller triggers the returned wake-ups, because it holds the lock of the registry. Returns
    /// `None` if the breaker was unregistered already.
    pub(crate) fn unregister(
        &self,
        at: Timestamp,
        change: impl FnOnce(&mut Layers),
    ) -> Option<Wakes> {
        let mut pending = PendingEvents::of(at);
        let locked = self.locked.lock();
        if !locked.is_registered() {
            return None;
        }
        let mut locked = self.begin_step(locked);
        locked.forget(pending.now());
        locked.update_layers(&self.context.policies, change);
        pending.add(EventDetail::Unregistered);
        Some(locked.finish_without_waking(pending))
    }

    /// Binds an attribute with this identity, for a look-up by name. Subscribers get an event if
    /// the breaker was unregistered, and one if the attribute changes a setting or a warning.
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
        locked.reregister(&mut pending);
        locked.reconfigure(self, &mut pending, Deadlines::Keep, |layers| match first {
            None => layers.set_attribute(attribute),
            Some(first) => layers.note_other(first, attribute),
        });
        locked.publish();
        // The cell is set under the lock, because two threads that race for it would otherwise both
        // change the layers. It is set after the publication, because a thread that finds its
        // attribute in the cell relies on the published policy.
        let cell = if first.is_none() { &self.attribute } else { &self.extras().other_attribute };
        cell.get_or_init(|| attribute);
        let now = pending.now();
        let mut wakes =
            pending.send(&mut locked, &self.identity, &self.context.bus, &self.context.time);
        self.wake_waiters(&mut locked, now, &mut wakes);
        drop(locked);
        wakes.wake();
    }

    /// Whether an attribute adds nothing new: it agrees with the first one, or another that does
    /// not has been recorded.
    fn knows(&self, attribute: &Attribute) -> bool {
        let adds_nothing = |first: &Attribute| {
            first.agrees_with(attribute) && (first.is_timed() || !attribute.is_timed())
        };
        let first = self.attribute.get();
        first.is_some_and(|first| adds_nothing(first) || self.knows_another())
    }

    /// Whether an attribute that differs from the first one has been recorded.
    fn knows_another(&self) -> bool {
        self.extras.get().is_some_and(|extras| extras.other_attribute.get().is_some())
    }

    /// Announces a breaker that was just created. The caller triggers the returned wake-ups,
    /// because it holds the lock of the registry.
    pub(crate) fn announce_created(&self, at: Timestamp) -> Wakes {
        let mut locked = self.locked.lock();
        let mut pending = PendingEvents::of_creation(at);
        if self.attribute.get().is_some() {
            locked.add_warnings(&mut pending);
        }
        pending.send(&mut locked, &self.identity, &self.context.bus, &self.context.time)
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
            pending.add(EventDetail::Configured {
                changes: Arc::default(),
                lost_window: None,
                shortened: None,
                warnings: warnings.to_vec(),
            });
        }
    }

    fn forget(&mut self, now: Tick) {
        let rare = self.rare_mut();
        rare.openings.clear();
        rare.is_unregistered = true;
        rare.is_pinned = false;
        self.reset_state(now);
    }

    /// Begins a new generation, closed. The change itself is no event: the caller announces what
    /// happened to the breaker.
    fn reset_state(&mut self, now: Tick) {
        let Self { circuit, policy, .. } = self;
        let _change = circuit.act(policy, Action::Reset, "registered again".into(), now);
    }
}
