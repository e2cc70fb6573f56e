//! The settings that an operator changes at run time.

use std::sync::Arc;

use super::{
    Registry, RegistryInner,
    writer::{Concerned, Writer},
};
use crate::{
    breaker::{Deadlines, Slot, Timestamp},
    bus::Wakes,
    circuit::{InvalidPolicy, PolicyPatch, SettingName},
    config::{ConfigStore, Configured, Reconfigured, SharedConfig},
    identity::Identity,
    logs,
};

impl Registry {
    /// Changes settings at run time, over all other layers of configuration.
    ///
    /// Settings that the patch does not name stay, except those of a lower layer that contradict
    /// the patch. The state, the window and the deadline of an opening in progress stay too; see
    /// [`PolicyPatch::apply_now`] for a shorter `expiry`. The new settings take effect with the
    /// next admission or outcome. A window of the same unit, calls or time, keeps the outcomes that
    /// fit in.
    ///
    /// The settings of an identity without a key apply to all its keys; those of an identity with a
    /// key take precedence. The breaker need not exist yet, and is not created: the settings apply
    /// once it is. They stay until [`unconfigure`](Self::unconfigure), also after a
    /// [`reload`](Self::reload).
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] if a value is outside its limits, by itself or combined with the settings
    /// that `configure` has made before. Nothing changes then.
    pub fn configure<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        patch: PolicyPatch,
    ) -> Result<(), InvalidPolicy> {
        self.inner.configure(&identity.into(), patch)
    }

    /// Takes back everything that [`configure`](Self::configure) has set for this identity; returns
    /// whether it had set anything.
    ///
    /// Each setting then has the value of the layer below. What `configure` has set for the keys of
    /// an identifier, each by itself, stays.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{PolicyPatch, Registry};
    ///
    /// let registry = Registry::new();
    /// registry.configure("search", PolicyPatch::new().failure_threshold(3))?;
    /// assert!(registry.unconfigure("search"));
    /// assert_eq!(registry.breaker("search").status().policy.failure_threshold(), Some(10));
    /// assert!(!registry.unconfigure("search"));
    /// # Ok::<(), brama::error::InvalidPolicy>(())
    /// ```
    pub fn unconfigure<'a>(&self, identity: impl Into<Identity<'a>>) -> bool {
        self.inner.take_back(&identity.into(), Configured::without_run_time)
    }

    /// Takes back one setting that [`configure`](Self::configure) has made for this identity;
    /// returns whether it was set. See [`unconfigure`](Self::unconfigure).
    pub fn unconfigure_setting<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        name: SettingName,
    ) -> bool {
        self.inner.take_back(&identity.into(), |configured| configured.without_setting(name))
    }

    /// Turns the kill switch on or off: when it is on, every breaker is in shadow, future ones
    /// included.
    ///
    /// A breaker in shadow decides and counts, but rejects no call. The switch takes precedence
    /// over all layers of configuration; when it is off, each breaker follows its policy again,
    /// unless the [configuration](crate::config::Config::shadow) has turned its own switch on.
    /// [`Status::shadow_all`](crate::status::Status::shadow_all) shows the switch.
    pub fn shadow_all(&self, shadow_all: bool) {
        let mut is_change = false;
        self.inner.change_shared(|shared| {
            is_change = shared.is_switched_to_shadow() != shadow_all;
            shared.with_shadow_all(shadow_all)
        });
        if is_change {
            logs::write_switch(shadow_all);
        }
    }

    /// Adds a warning to every status.
    pub(super) fn notice(&self, notice: String) {
        self.inner.change_shared(|shared| shared.with_notice(notice));
    }

    /// Notes that a layer around a service has a `timeout`, for the keys of the identity too.
    pub(crate) fn note_timeout(&self, identity: &Identity<'_>) {
        self.inner.note_timeout(identity);
    }
}

impl RegistryInner {
    /// Changes what all breakers share, and updates each without an event.
    fn change_shared(&self, change: impl FnOnce(&SharedConfig) -> SharedConfig) {
        let mut writer = self.writer.lock();
        writer.shared = Arc::new(change(&writer.shared));
        let wakes = self.update_all(&writer);
        drop(writer);
        wakes.wake();
    }

    /// Updates every breaker without an event.
    fn update_all(&self, writer: &Writer) -> Wakes {
        let mut wakes = Wakes::default();
        self.slots.with_all(|slots| {
            for slot in slots {
                wakes.and(slot.update_layers(|layers| writer.set_layers(slot.identity(), layers)));
            }
        });
        wakes
    }

    /// Takes back settings of the operator; returns whether there were any.
    fn take_back(
        &self,
        identity: &Identity<'_>,
        change: impl FnOnce(Configured) -> Option<Configured>,
    ) -> bool {
        let identity = configured_as(identity);
        let at = self.context.timestamp();
        let mut writer = self.writer.lock();
        let Some(configured) = change(writer.configured_for(&identity)) else { return false };
        writer.store(&identity, configured);
        let wakes = self.reconfigure_identity(&writer, &identity, at, Deadlines::Keep);
        drop(writer);
        wakes.wake();
        true
    }

    /// Updates the breakers that settings of this identity concern.
    pub(super) fn reconfigure_identity(
        &self,
        writer: &Writer,
        identity: &Identity<'_>,
        at: Timestamp,
        deadlines: Deadlines,
    ) -> Wakes {
        let mut wakes = Wakes::default();
        for slot in self.slots_of(writer, identity) {
            let set = |layers: &mut _| writer.set_layers(slot.identity(), layers);
            wakes.and(slot.reconfigure(at, deadlines, set).1);
        }
        wakes
    }

    /// Notes that a layer around a service has a `timeout`, so that the setting can act there.
    fn note_timeout(&self, identity: &Identity<'_>) {
        let mut writer = self.writer.lock();
        let configured = writer.configured_for(identity);
        if configured.is_timed() {
            return;
        }
        writer.store(identity, configured.timed());
        let at = self.context.timestamp();
        let wakes = self.reconfigure_identity(&writer, identity, at, Deadlines::Keep);
        drop(writer);
        wakes.wake();
    }

    /// Updates the breakers that a new configuration concerns, one after the other. Returns what
    /// changed where.
    pub(super) fn reconfigure(
        &self,
        writer: &Writer,
        concerned: Concerned,
        at: Timestamp,
    ) -> (Vec<Reconfigured>, Wakes) {
        let slots = match concerned {
            Concerned::All => self.slots.with_all(|slots| slots.map(Arc::clone).collect()),
            Concerned::Of(identities) => {
                let slots = identities.iter().flat_map(|it| self.slots_of(writer, it));
                slots.collect::<Vec<_>>()
            }
        };
        let (mut changed, mut wakes) = (Vec::new(), Wakes::default());
        for slot in slots {
            let set = |layers: &mut _| writer.set_layers(slot.identity(), layers);
            let (reconfigured, due) = slot.reconfigure(at, Deadlines::Keep, set);
            wakes.and(due);
            let is_seen = slot.is_registered() && reconfigured.has_changed();
            changed.extend(is_seen.then_some(reconfigured));
        }
        changed.sort_unstable_by(|one, other| one.identity.cmp(&other.identity));
        (changed, wakes)
    }

    /// The breakers that settings of this identity concern: without a key, also the overflow
    /// breaker and those of all keys.
    pub(super) fn slots_of(&self, writer: &Writer, identity: &Identity<'_>) -> Vec<Arc<Slot>> {
        let own = self.slots.find(identity).into_iter();
        if *identity != identity.without_key() {
            return own.collect();
        }
        let overflow = self.slots.find(&identity.overflow());
        own.chain(overflow).chain(writer.keys.slots(identity).map(Arc::clone)).collect()
    }
}

impl ConfigStore for RegistryInner {
    fn configure(&self, identity: &Identity<'_>, patch: PolicyPatch) -> Result<(), InvalidPolicy> {
        let patch = patch.validated()?;
        let identity = configured_as(identity);
        let at = self.context.timestamp();
        let mut writer = self.writer.lock();
        let configured = writer.configured_for(&identity).with_run_time(patch)?;
        writer.store(&identity, configured);
        let deadlines = Deadlines::of(&patch);
        let wakes = self.reconfigure_identity(&writer, &identity, at, deadlines);
        drop(writer);
        wakes.wake();
        Ok(())
    }

    fn overflowed(&self, identity: &Identity<'_>) -> Option<String> {
        self.overflowed(identity)
    }

    fn failed_reload(&self) -> Option<String> {
        self.reload_warning()
    }
}

/// The identity whose settings apply to a breaker of this identity: an overflow breaker shares
/// those of its identifier.
fn configured_as<'a>(identity: &'a Identity<'_>) -> Identity<'a> {
    if identity.is_overflow() { identity.without_key() } else { Identity::from(identity) }
}
