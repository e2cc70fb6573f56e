//! The part of the configuration that all breakers of a registry share.

use std::{
    fmt,
    sync::{Arc, Weak},
};

use super::{Config, Kinds};
use crate::{
    circuit::{InvalidPolicy, PolicyPatch},
    connection::ConnectionKind,
    identity::Identity,
};

/// The lowest layers, the kill switch, and a reference to the registry.
///
/// It is immutable: a change creates a new value, to which every breaker is then updated.
#[derive(Clone)]
pub(crate) struct SharedConfig {
    defaults: PolicyPatch,
    kinds: Kinds,
    /// The kill switch of the configuration.
    shadow: bool,
    /// The kill switch of the operator and of the environment.
    shadow_all: bool,
    notice: Option<Arc<str>>,
    store: Option<Weak<dyn ConfigStore>>,
}

/// The part of the registry that breakers call.
pub(crate) trait ConfigStore: Send + Sync {
    /// Stores a patch for this identity and updates every breaker that it concerns.
    fn configure(&self, identity: &Identity<'_>, patch: PolicyPatch) -> Result<(), InvalidPolicy>;

    /// A warning about calls of this identifier whose keys found no room; `None` if there were
    /// none.
    fn overflowed(&self, identity: &Identity<'_>) -> Option<String>;

    /// A warning about the last reload, if it failed.
    fn failed_reload(&self) -> Option<String>;
}

impl SharedConfig {
    pub(crate) fn new(store: Option<Weak<dyn ConfigStore>>) -> Self {
        Self {
            defaults: PolicyPatch::new(),
            kinds: Kinds::new(),
            shadow: false,
            shadow_all: false,
            notice: None,
            store,
        }
    }

    pub(crate) fn with_defaults(&self, config: &Config) -> Self {
        let Config { defaults, kinds, .. } = config;
        let (defaults, kinds) = (*defaults, kinds.clone());
        Self { defaults, kinds, shadow: config.is_shadow(), ..self.clone() }
    }

    pub(crate) fn with_shadow_all(&self, shadow_all: bool) -> Self {
        Self { shadow_all, ..self.clone() }
    }

    /// Whether the kill switch of the operator and of the environment is on.
    pub(crate) const fn is_switched_to_shadow(&self) -> bool {
        self.shadow_all
    }

    /// Adds a warning to the status of every breaker.
    pub(crate) fn with_notice(&self, notice: impl Into<Arc<str>>) -> Self {
        Self { notice: Some(notice.into()), ..self.clone() }
    }

    /// Whether one of the kill switches is on.
    pub(crate) const fn is_shadow_all(&self) -> bool {
        self.shadow || self.shadow_all
    }

    pub(super) fn store(&self) -> Option<Arc<dyn ConfigStore>> {
        self.store.as_ref().and_then(Weak::upgrade)
    }

    pub(super) const fn defaults(&self) -> &PolicyPatch {
        &self.defaults
    }

    pub(super) fn kind_defaults(&self, kind: &ConnectionKind) -> Option<&PolicyPatch> {
        self.kinds.get(kind)
    }

    pub(super) fn notice(&self) -> Option<String> {
        self.notice.as_deref().map(str::to_owned)
    }
}

impl fmt::Debug for SharedConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedConfig")
            .field("defaults", &self.defaults)
            .field("kinds", &self.kinds)
            .field("shadow", &self.shadow)
            .field("shadow_all", &self.shadow_all)
            .finish_non_exhaustive()
    }
}
