//! The shared that the layers of every breaker stand on: what a registry's breakers share.

use std::{
    fmt,
    sync::{Arc, Weak},
};

use super::{Kinds, effective::PolicyCache};
use crate::{
    circuit::{InvalidPolicy, PolicyPatch},
    connection::ConnectionKind,
    identity::Identity,
};

/// The lowest layers, the kill switch, the policies in force on them, and the way to the registry; made
/// anew when one changes.
pub(crate) struct SharedConfig {
    defaults: PolicyPatch,
    kinds: Kinds,
    shadow_all: bool,
    notice: Option<Arc<str>>,
    store: Option<Weak<dyn ConfigStore>>,
    effective: PolicyCache,
}

/// A registry, as its breakers see it.
pub(crate) trait ConfigStore: Send + Sync {
    /// Keeps a patch for that identity and brings it to every breaker that it concerns.
    fn configure(&self, identity: &Identity<'_>, patch: PolicyPatch) -> Result<(), InvalidPolicy>;

    /// What there is to say of the calls whose keys found no room beside that breaker.
    fn overflowed(&self, identity: &Identity<'_>) -> Option<String>;
}

impl SharedConfig {
    pub(crate) fn new(store: Option<Weak<dyn ConfigStore>>) -> Self {
        Self {
            defaults: PolicyPatch::new(),
            kinds: Kinds::new(),
            shadow_all: false,
            notice: None,
            store,
            effective: PolicyCache::default(),
        }
    }

    pub(crate) fn with_defaults(&self, defaults: PolicyPatch, kinds: Kinds) -> Self {
        Self { defaults, kinds, ..self.anew() }
    }

    pub(crate) fn with_shadow_all(&self, shadow_all: bool) -> Self {
        Self { shadow_all, ..self.anew() }
    }

    /// The same with something to tell everybody who asks for a status.
    pub(crate) fn with_notice(&self, notice: impl Into<Arc<str>>) -> Self {
        Self { notice: Some(notice.into()), ..self.anew() }
    }

    /// The same, on which no policy is in force yet.
    fn anew(&self) -> Self {
        Self {
            defaults: self.defaults,
            kinds: self.kinds.clone(),
            shadow_all: self.shadow_all,
            notice: self.notice.clone(),
            store: self.store.clone(),
            effective: PolicyCache::default(),
        }
    }

    pub(crate) const fn is_shadow_all(&self) -> bool {
        self.shadow_all
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

    pub(super) const fn effective(&self) -> &PolicyCache {
        &self.effective
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
            .field("shadow_all", &self.shadow_all)
            .finish_non_exhaustive()
    }
}
