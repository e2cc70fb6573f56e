//! The writer: the state of a registry that changes under its lock.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Weak},
};

use super::key_set::Keys;
use crate::{
    config::{Attribute, Config, ConfigStore, Configured, Layers, SharedConfig},
    connection::ConnectionKind,
    identity::Identity,
    sys::interval::Sweeper,
};

/// State that is needed only to create or configure breakers.
pub(super) struct Writer {
    pub(super) shared: Arc<SharedConfig>,
    /// What `init` or the last `reload` has set.
    config: Config,
    /// By identity, with or without a key. The breaker need not exist yet.
    configured: HashMap<Identity<'static>, Arc<Configured>>,
    pub(super) keys: Keys,
    pub(super) is_initialized: bool,
    pub(super) sweeper: Option<Sweeper>,
}

/// The breakers that a change of the configuration concerns.
pub(super) enum Concerned {
    All,
    /// The breakers of these identities; of an identity without a key, also those of its keys.
    Of(Vec<Identity<'static>>),
}

impl Writer {
    pub(super) fn new(store: Weak<dyn ConfigStore>) -> Self {
        Self {
            shared: Arc::new(SharedConfig::new(Some(store))),
            config: Config::new(),
            configured: HashMap::new(),
            keys: Keys::default(),
            is_initialized: false,
            sweeper: None,
        }
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

    pub(super) fn set_layers(&self, identity: &Identity<'_>, layers: &mut Layers) {
        layers.set_shared(Arc::clone(&self.shared));
        layers.set_of_identifier(self.configured.get(&identity.without_key()).cloned());
        let of_key = identity.key().and_then(|_| self.configured.get(identity));
        layers.set_of_key(of_key.cloned());
    }

    /// Replaces what `init` and earlier reloads have set. Returns the earlier configuration, and
    /// which breakers to update.
    pub(super) fn adopt(&mut self, config: Config) -> (Config, Concerned) {
        let before = mem::replace(&mut self.config, config);
        self.keys.set_limits(self.config.key_limits());
        let identities = self.config.differing_breakers(&before);
        for identity in &identities {
            let configured = self.configured_for(identity);
            self.store(identity, configured.with_init(self.config.breaker(identity)));
        }
        if self.config.shares_layers_with(&before) {
            return (before, Concerned::Of(identities));
        }
        self.shared = Arc::new(self.shared.with_defaults(&self.config));
        (before, Concerned::All)
    }

    pub(super) const fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn configured_for(&self, identity: &Identity<'_>) -> Configured {
        self.configured.get(identity).map(|it| Configured::clone(it)).unwrap_or_default()
    }

    pub(super) fn store(&mut self, identity: &Identity<'_>, configured: Configured) {
        let identity = identity.clone().into_owned();
        if configured.is_empty() {
            self.configured.remove(&identity);
        } else {
            self.configured.insert(identity, Arc::new(configured));
        }
    }

    /// The identities that a `Config` or the operator names.
    pub(super) fn named(&self) -> impl Iterator<Item = &Identity<'static>> {
        let named = self.configured.iter().filter(|(_, configured)| configured.is_named());
        named.map(|(identity, _)| identity)
    }

    /// The kinds that a `Config` has defaults for.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &ConnectionKind> {
        self.config.kinds()
    }
}
