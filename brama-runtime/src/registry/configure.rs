//! What was said for a registry: once at `init`, and at run time.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Weak},
    time::Duration,
};

use super::{Registry, RegistryInner, SlotEntry, cleanup::clean_up, key_set::Keys};
use crate::{
    breaker::{Slot, Timestamp},
    bus::Wakes,
    circuit::{InvalidPolicy, PolicyPatch},
    config::{Attribute, Config, ConfigStore, Configured, InitError, Layers, SharedConfig},
    identity::Identity,
    sys::interval::Sweeper,
};

/// What only those need who make breakers or configure them.
pub(super) struct Writer {
    shared: Arc<SharedConfig>,
    /// By identity, with and without keys, whether there is a breaker yet or not.
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
        self.bring(identity, &mut layers);
        layers
    }

    fn bring(&self, identity: &Identity<'_>, layers: &mut Layers) {
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

    fn bring_to(&self, slot: &Slot) -> Wakes {
        slot.update_layers(|layers| self.bring(slot.identity(), layers)).1
    }

    /// The same, and tells of it.
    fn configure(&self, slot: &Slot, moment: Timestamp) -> Wakes {
        slot.configured(moment, |layers| self.bring(slot.identity(), layers))
    }

    /// Takes what `init` says.
    fn initialise(&mut self, config: Config) {
        self.initialised = true;
        self.keys.keep(config.key_limits());
        let (defaults, kinds, breakers) = config.into_parts();
        self.shared = Arc::new(self.shared.with_defaults(defaults, kinds));
        for (identity, patch) in breakers {
            let configured = self.said_of(&identity).with_init(patch);
            self.configured.insert(identity, Arc::new(configured));
        }
    }

    fn said_of(&self, identity: &Identity<'_>) -> Configured {
        self.configured.get(identity).map(|configured| **configured).unwrap_or_default()
    }
}

impl Registry {
    /// Configures the registry, once. Breakers that are there already take the new settings with
    /// their next call; their state stays. What was said at run time before goes over it.
    ///
    /// It starts a thread that cleans up (see [`sweep`](Self::sweep)) at each
    /// [`cleanup_interval`](Config::cleanup_interval), until the registry goes or
    /// [`stop_cleanup`](Self::stop_cleanup) is called.
    ///
    /// # Errors
    ///
    /// [`InitError::Invalid`] lists every mistake with its place; [`InitError::Already`] is for a
    /// second time; [`InitError::NoThread`] where the system gives none for the cleanup. All hand the
    /// configuration back, and nothing is changed.
    pub fn init(&self, config: Config) -> Result<(), InitError> {
        let mistakes = config.mistakes();
        if !mistakes.is_empty() {
            return Err(InitError::Invalid { config, mistakes });
        }
        let moment = self.inside.context.timestamp();
        let mut writer = self.inside.writer.lock();
        if writer.initialised {
            return Err(InitError::Already(config));
        }
        match self.start_cleanup(config.key_limits().cleanup_interval) {
            Ok(sweeper) => writer.sweeper = sweeper,
            Err(error) => return Err(InitError::NoThread { config, kind: error.kind() }),
        }
        writer.initialise(config);
        let slots = self.inside.slots.pin();
        let slots = slots.iter().map(SlotEntry::slot);
        let wakes = all(slots.map(|slot| writer.configure(slot, moment)));
        drop(writer);
        wakes.wake();
        Ok(())
    }

    fn start_cleanup(&self, interval: Option<Duration>) -> io::Result<Option<Sweeper>> {
        let registry = Arc::downgrade(&self.inside);
        interval.map(|interval| Sweeper::start(interval, move || clean_up(&registry))).transpose()
    }

    /// Changes settings at run time, over all that was said before. Those that the patch does not
    /// name stay, save one of a lower layer that contradicts it. State, window and the deadline of
    /// an opening in progress stay; what changes takes effect with the next admission or outcome.
    ///
    /// An identity without a key speaks for all its keys; one with a key goes over that. The breaker
    /// need not be there yet, and is not made: whoever comes first finds the settings.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] where a value is outside its limits, by itself or together with what was
    /// configured before; nothing is changed.
    pub fn configure<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        patch: PolicyPatch,
    ) -> Result<(), InvalidPolicy> {
        self.inside.configure(&identity.into(), patch)
    }

    /// The kill switch: puts every breaker into shadow, those to come too, or lifts that.
    ///
    /// In shadow a breaker decides and counts, but refuses nobody. The switch stands above all
    /// layers of configuration; lifted, each breaker is again as its policy says.
    /// [`Status::shadow_all`](crate::status::Status::shadow_all) shows it.
    pub fn shadow_all(&self, shadow_all: bool) {
        let mut writer = self.inside.writer.lock();
        writer.shared = Arc::new(writer.shared.with_shadow_all(shadow_all));
        let wakes = self.inside.bring_to_all(&writer);
        drop(writer);
        wakes.wake();
    }

    /// Tells everybody who asks for a status.
    pub(super) fn notice(&self, notice: String) {
        let mut writer = self.inside.writer.lock();
        writer.shared = Arc::new(writer.shared.with_notice(notice));
        let wakes = self.inside.bring_to_all(&writer);
        drop(writer);
        wakes.wake();
    }
}

impl RegistryInner {
    fn bring_to_all(&self, writer: &Writer) -> Wakes {
        all(self.slots.pin().iter().map(|entry| writer.bring_to(entry.slot())))
    }

    /// The breakers of which an identity speaks: without a key, also those of all its keys.
    fn those_of(&self, identity: &Identity<'_>) -> Vec<Arc<Slot>> {
        if identity.key().is_some() {
            return self.peek(identity).into_iter().collect();
        }
        let slots = self.slots.pin();
        let slots = slots.iter().map(SlotEntry::slot);
        let meant = slots.filter(|slot| slot.identity().without_key() == *identity);
        meant.map(Arc::clone).collect()
    }
}

impl ConfigStore for RegistryInner {
    fn configure(&self, identity: &Identity<'_>, patch: PolicyPatch) -> Result<(), InvalidPolicy> {
        let patch = patch.validated()?;
        // The overflow breaker is configured as its identifier is.
        let identity = if identity.is_overflow() { &identity.without_key() } else { identity };
        let moment = self.context.timestamp();
        let mut writer = self.writer.lock();
        let configured = writer.said_of(identity).with_run_time(patch)?;
        writer.configured.insert(identity.clone().into_owned(), Arc::new(configured));
        let slots = self.those_of(identity);
        let wakes = all(slots.iter().map(|slot| writer.configure(slot, moment)));
        drop(writer);
        wakes.wake();
        Ok(())
    }

    fn overflowed(&self, identity: &Identity<'_>) -> Option<String> {
        self.overflowed(identity)
    }
}

fn all(wakes: impl Iterator<Item = Wakes>) -> Wakes {
    wakes.fold(Wakes::default(), |mut all, wakes| {
        all.and(wakes);
        all
    })
}
