//! The configuration of a registry: once at `init`, and at run time.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};

use super::{Registry, RegistryInner, SlotEntry, cleanup::clean_up, key_set::Keys};
use crate::{
    breaker::{Slot, Timestamp},
    bus::Wakes,
    circuit::{InvalidPolicy, PolicyPatch},
    config::{Attribute, Config, ConfigStore, Configured, InitError, Layers, SharedConfig},
    error::NoThread,
    identity::Identity,
    sys::interval::Sweeper,
};

impl Registry {
    /// Configures the registry, once.
    ///
    /// Existing breakers use the new settings from their next call on; their state stays. Settings
    /// made by [`configure`](Self::configure) take precedence, even if they were made before.
    ///
    /// A thread then runs the cleanup (see [`sweep`](Self::sweep)) at each
    /// [`cleanup_interval`](Config::cleanup_interval), until the registry is dropped or
    /// [`stop_cleanup`](Self::stop_cleanup) is called. In a forked child, the next event of a
    /// breaker starts it again, and so does [`sweep`](Self::sweep).
    ///
    /// # Errors
    ///
    /// - [`InitError::Invalid`] if the configuration has mistakes; it lists each with its place.
    /// - [`InitError::Already`] if the registry was initialised before.
    /// - [`InitError::NoThread`] if the system cannot start the thread of the cleanup.
    ///
    /// Each hands the configuration back, and nothing changes.
    pub fn init(&self, config: Config) -> Result<(), InitError> {
        let mistakes = config.mistakes();
        if !mistakes.is_empty() {
            return Err(InitError::Invalid { config, mistakes });
        }
        let at = self.inner.context.timestamp();
        let mut writer = self.inner.writer.lock();
        if writer.initialised {
            return Err(InitError::Already(config));
        }
        match self.start_cleanup(config.key_limits().cleanup_interval) {
            Ok(sweeper) => writer.sweeper = sweeper,
            Err(error) => return Err(InitError::NoThread { config, error }),
        }
        writer.initialise(config);
        let slots = self.inner.slots.pin();
        let slots = slots.iter().map(SlotEntry::slot);
        let wakes = merged(slots.map(|slot| writer.configure(slot, at)));
        drop(writer);
        wakes.wake();
        Ok(())
    }

    fn start_cleanup(&self, interval: Option<Duration>) -> Result<Option<Sweeper>, NoThread> {
        let Some(interval) = interval else { return Ok(None) };
        let registry = Arc::downgrade(&self.inner);
        let sweeper = Sweeper::start(interval, move || clean_up(&registry));
        sweeper.map(Some).map_err(|error| NoThread::new(Sweeper::THREAD, ALTERNATIVE, &error))
    }

    /// Changes settings at run time, over all other layers of configuration.
    ///
    /// Settings that the patch does not name stay, except those of a lower layer that contradict
    /// the patch. The state, the window and the deadline of an opening in progress stay too. The
    /// new settings take effect with the next admission or outcome.
    ///
    /// The settings of an identity without a key apply to all its keys; those of an identity with a
    /// key take precedence. The breaker need not exist yet, and is not created: the settings apply
    /// once it is.
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

    /// Turns the kill switch on or off: when it is on, every breaker is in shadow, future ones
    /// included.
    ///
    /// A breaker in shadow decides and counts, but rejects no call. The switch takes precedence
    /// over all layers of configuration; when it is off, each breaker follows its policy again.
    /// [`Status::shadow_all`](crate::status::Status::shadow_all) shows the switch.
    pub fn shadow_all(&self, shadow_all: bool) {
        let mut writer = self.inner.writer.lock();
        writer.shared = Arc::new(writer.shared.with_shadow_all(shadow_all));
        let wakes = self.inner.update_all(&writer);
        drop(writer);
        wakes.wake();
    }

    /// Adds a warning to every status.
    pub(super) fn notice(&self, notice: String) {
        let mut writer = self.inner.writer.lock();
        writer.shared = Arc::new(writer.shared.with_notice(notice));
        let wakes = self.inner.update_all(&writer);
        drop(writer);
        wakes.wake();
    }
}

/// What to do if the system starts no thread for the cleanup.
const ALTERNATIVE: &str = "set `cleanup_interval` to `None` and call `Registry::sweep` yourself";

/// State that is needed only to create or configure breakers.
pub(super) struct Writer {
    shared: Arc<SharedConfig>,
    /// By identity, with or without a key. The breaker need not exist yet.
    configured: HashMap<Identity<'static>, Arc<Configured>>,
    pub(super) keys: Keys,
    initialised: bool,
    sweeper: Option<Sweeper>,
}

impl Writer {
    pub(super) fn new(store: Weak<dyn ConfigStore>) -> Self {
        let shared = Arc::new(SharedConfig::new(Some(store)));
        let (configured, keys) = (HashMap::new(), Keys::default());
        Self { shared, configured, keys, initialised: false, sweeper: None }
    }

    pub(super) const fn take_sweeper(&mut self) -> Option<Sweeper> {
        self.sweeper.take()
    }

    /// The layers of a new breaker.
    pub(super) fn layers(
        &self,
        identity: &Identity<'_>,
        attribute: Option<&'static Attribute>,
    ) -> Layers {
        let mut layers = Layers::new(Arc::clone(&self.shared));
        if let Some(attribute) = attribute {
            layers.set_attribute(attribute);
        }
        self.set_layers(identity, &mut layers);
        layers
    }

    fn set_layers(&self, identity: &Identity<'_>, layers: &mut Layers) {
        layers.set_shared(Arc::clone(&self.shared));
        if let Some(configured) = self.configured.get(&identity.without_key()) {
            layers.set_of_identifier(Arc::clone(configured));
        }
        if identity.key().is_some()
            && let Some(configured) = self.configured.get(identity)
        {
            layers.set_of_key(Arc::clone(configured));
        }
    }

    /// Updates the layers of a breaker without an event.
    fn update(&self, slot: &Slot) -> Wakes {
        slot.update_layers(|layers| self.set_layers(slot.identity(), layers)).1
    }

    /// Updates the layers of a breaker, and sends an event.
    fn configure(&self, slot: &Slot, at: Timestamp) -> Wakes {
        slot.configured(at, |layers| self.set_layers(slot.identity(), layers))
    }

    /// Stores the configuration that `init` takes.
    fn initialise(&mut self, config: Config) {
        self.initialised = true;
        self.keys.set_limits(config.key_limits());
        let (defaults, kinds, breakers) = config.into_parts();
        self.shared = Arc::new(self.shared.with_defaults(defaults, kinds));
        for (identity, patch) in breakers {
            let configured = self.configured_for(&identity).with_init(patch);
            self.configured.insert(identity, Arc::new(configured));
        }
    }

    fn configured_for(&self, identity: &Identity<'_>) -> Configured {
        self.configured.get(identity).map(|configured| **configured).unwrap_or_default()
    }
}

impl RegistryInner {
    fn update_all(&self, writer: &Writer) -> Wakes {
        merged(self.slots.pin().iter().map(|entry| writer.update(entry.slot())))
    }

    /// The breakers that settings of this identity concern: without a key, also those of all its
    /// keys.
    fn slots_of(&self, identity: &Identity<'_>) -> Vec<Arc<Slot>> {
        if identity.key().is_some() {
            return self.peek(identity).into_iter().collect();
        }
        let slots = self.slots.pin();
        let slots = slots.iter().map(SlotEntry::slot);
        let concerned = slots.filter(|slot| slot.identity().without_key() == *identity);
        concerned.map(Arc::clone).collect()
    }
}

impl ConfigStore for RegistryInner {
    fn configure(&self, identity: &Identity<'_>, patch: PolicyPatch) -> Result<(), InvalidPolicy> {
        let patch = patch.validated()?;
        // The overflow breaker shares the configuration of its identifier.
        let identity = if identity.is_overflow() { &identity.without_key() } else { identity };
        let at = self.context.timestamp();
        let mut writer = self.writer.lock();
        let configured = writer.configured_for(identity).with_run_time(patch)?;
        writer.configured.insert(identity.clone().into_owned(), Arc::new(configured));
        let slots = self.slots_of(identity);
        let wakes = merged(slots.iter().map(|slot| writer.configure(slot, at)));
        drop(writer);
        wakes.wake();
        Ok(())
    }

    fn overflowed(&self, identity: &Identity<'_>) -> Option<String> {
        self.overflowed(identity)
    }
}

fn merged(wakes: impl Iterator<Item = Wakes>) -> Wakes {
    wakes.fold(Wakes::default(), |mut merged, wakes| {
        merged.and(wakes);
        merged
    })
}
