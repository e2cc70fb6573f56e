//! The ground that the layers of every breaker stand on: what a registry's breakers share.

use std::{
    fmt,
    sync::{Arc, Weak},
};

use super::Kinds;
use crate::{
    circuit::{InvalidPolicy, Policy, PolicyPatch},
    connection::ConnectionKind,
    identity::Identity,
};

/// The lowest layers, the kill switch, and the way to the registry; made anew when one changes.
#[derive(Clone)]
pub(crate) struct Ground {
    defaults: PolicyPatch,
    kinds: Kinds,
    shadow_all: bool,
    notice: Option<Arc<str>>,
    home: Option<Weak<dyn Home>>,
    /// What the defaults make by themselves; shared by all breakers of which nothing is said.
    policy: Arc<Policy>,
    /// The same in shadow.
    shadowed: Arc<Policy>,
}

/// A registry, as its breakers see it.
pub(crate) trait Home: Send + Sync {
    /// Keeps a patch for that identity and brings it to every breaker that it concerns.
    fn configure(&self, identity: &Identity<'_>, patch: PolicyPatch) -> Result<(), InvalidPolicy>;

    /// What there is to say of the calls whose keys found no room beside that breaker.
    fn overflowed(&self, identity: &Identity<'_>) -> Option<String>;
}

impl Ground {
    pub(crate) fn new(home: Option<Weak<dyn Home>>) -> Self {
        let (policy, shadowed) = policies(PolicyPatch::new());
        let (defaults, kinds) = (PolicyPatch::new(), Kinds::new());
        Self { defaults, kinds, shadow_all: false, notice: None, home, policy, shadowed }
    }

    pub(crate) fn with_defaults(&self, defaults: PolicyPatch, kinds: Kinds) -> Self {
        let (policy, shadowed) = policies(defaults);
        Self { defaults, kinds, policy, shadowed, ..self.clone() }
    }

    pub(crate) fn with_shadow_all(&self, shadow_all: bool) -> Self {
        Self { shadow_all, ..self.clone() }
    }

    /// The same with something to tell everybody who asks for a status.
    pub(crate) fn with_notice(&self, notice: impl Into<Arc<str>>) -> Self {
        Self { notice: Some(notice.into()), ..self.clone() }
    }

    pub(crate) const fn is_shadow_all(&self) -> bool {
        self.shadow_all
    }

    pub(super) fn home(&self) -> Option<Arc<dyn Home>> {
        self.home.as_ref().and_then(Weak::upgrade)
    }

    pub(super) const fn defaults(&self) -> &PolicyPatch {
        &self.defaults
    }

    pub(super) fn kind_defaults(&self, kind: &ConnectionKind) -> Option<&PolicyPatch> {
        self.kinds.get(kind)
    }

    pub(super) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy)
    }

    pub(super) fn shadowed(&self) -> Arc<Policy> {
        Arc::clone(&self.shadowed)
    }

    pub(super) fn notice(&self) -> Option<String> {
        self.notice.as_deref().map(str::to_owned)
    }
}

fn policies(defaults: PolicyPatch) -> (Arc<Policy>, Arc<Policy>) {
    (Arc::new(defaults.applied()), Arc::new(defaults.shadow(true).applied()))
}

impl fmt::Debug for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ground")
            .field("defaults", &self.defaults)
            .field("kinds", &self.kinds)
            .field("shadow_all", &self.shadow_all)
            .finish_non_exhaustive()
    }
}
