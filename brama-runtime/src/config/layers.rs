//! What was cache_key for one breaker, in layers, and what that makes.

use std::{ptr, sync::Arc};

use super::{Attribute, ConfigStore, SharedConfig, resolve::Resolved, settings::ConfigLayer};
use crate::{
    circuit::{InvalidPolicy, PolicyPatch},
    connection::{Connection, ConnectionKind, Labels},
    identity::Identity,
};

/// What was cache_key for one breaker, over what its registry shares.
///
/// The same is cache_key of all keys of an identifier, as a rule: see [`EffectivePolicy`](super::EffectivePolicy).
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    shared: Arc<SharedConfig>,
    /// Its attribute, where that says more than a name.
    attribute: Option<&'static Attribute>,
    of_identifier: Option<Arc<Configured>>,
    /// Of most breakers nothing more is cache_key.
    overrides: Option<Box<Overrides>>,
}

/// What is cache_key of one breaker alone: boxed, since that is cache_key of few.
#[derive(Debug, Clone, Default)]
struct Overrides {
    conflict: Option<AttributeConflict>,
    registered: Connection,
    of_key: Option<Arc<Configured>>,
    /// Whether it is in shadow whatever its policy says.
    only_observes: bool,
}

/// Two attributes with one identity that say different things.
#[derive(Debug, Clone, Copy)]
struct AttributeConflict {
    /// The first met, which is in force.
    first: &'static Attribute,
    other: &'static Attribute,
}

/// What tells layers from others on the same shared that are not one breaker's alone: where the
/// attribute and the configuration of its identifier stand.
pub(super) type CacheKey = (Address, Address);

/// The address of what says something; zero where nothing does.
type Address = usize;

/// What was configured for one identity: at `init`, and at run time over it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Configured {
    init: PolicyPatch,
    run_time: PolicyPatch,
}

impl Configured {
    pub(crate) const fn with_init(self, patch: PolicyPatch) -> Self {
        Self { init: patch, ..self }
    }

    /// Takes a patch over those before it, where they are valid together.
    pub(crate) fn with_run_time(self, patch: PolicyPatch) -> Result<Self, InvalidPolicy> {
        Ok(Self { run_time: patch.or(self.run_time).validated()?, ..self })
    }
}

impl Layers {
    pub(crate) const fn new(shared: Arc<SharedConfig>) -> Self {
        Self { shared, attribute: None, of_identifier: None, overrides: None }
    }

    /// The same for a breaker that refuses nobody.
    pub(crate) fn observing(mut self) -> Self {
        self.overrides().only_observes = true;
        self
    }

    /// The registry that keeps what is configured; `None` once it is gone.
    pub(crate) fn store(&self) -> Option<Arc<dyn ConfigStore>> {
        self.shared.store()
    }

    pub(crate) fn is_shadow_all(&self) -> bool {
        self.shared.is_shadow_all()
    }

    pub(crate) fn set_shared(&mut self, shared: Arc<SharedConfig>) {
        self.shared = shared;
    }

    /// Takes what the first attribute says that was met with this identity.
    pub(crate) fn meet(&mut self, attribute: &'static Attribute) {
        self.attribute = Some(attribute).filter(|attribute| !attribute.is_plain());
    }

    /// Notes another that says something else: the first met wins.
    pub(crate) fn meet_other(&mut self, first: &'static Attribute, other: &'static Attribute) {
        self.overrides().conflict = Some(AttributeConflict { first, other });
    }

    /// Takes what `register` says.
    pub(crate) fn register(&mut self, connection: Connection) {
        if connection != Connection::new() {
            self.overrides().registered = connection;
        }
    }

    /// Forgets what `register` cache_key.
    pub(crate) fn unregister(&mut self) {
        if let Some(overrides) = &mut self.overrides {
            overrides.registered = Connection::new();
        }
    }

    pub(crate) fn set_of_identifier(&mut self, configured: Arc<Configured>) {
        self.of_identifier = Some(configured);
    }

    pub(crate) fn set_of_key(&mut self, configured: Arc<Configured>) {
        self.overrides().of_key = Some(configured);
    }

    /// Whether something was configured for its key.
    pub(crate) fn is_configured_by_key(&self) -> bool {
        self.overrides.as_ref().is_some_and(|overrides| overrides.of_key.is_some())
    }

    /// Takes a patch for this breaker alone, whose registry is gone.
    pub(crate) fn configure_alone(
        &mut self,
        identity: &Identity<'_>,
        patch: PolicyPatch,
    ) -> Result<(), InvalidPolicy> {
        let has_key = identity.key().is_some();
        let layer = if has_key { &mut self.overrides().of_key } else { &mut self.of_identifier };
        let before = layer.as_deref().copied().unwrap_or_default();
        *layer = Some(Arc::new(before.with_run_time(patch)?));
        Ok(())
    }

    fn overrides(&mut self) -> &mut Overrides {
        self.overrides.get_or_insert_default()
    }

    /// What kind of dependency it is: in `register`'s word, else in the attribute's.
    pub(crate) fn kind(&self) -> Option<ConnectionKind> {
        let registered =
            self.overrides.as_ref().and_then(|overrides| overrides.registered.kind.clone());
        registered.or_else(|| self.attribute.and_then(Attribute::kind))
    }

    pub(crate) fn labels(&self) -> Labels {
        self.overrides
            .as_ref()
            .map_or_else(Labels::new, |overrides| overrides.registered.labels.clone())
    }

    /// Whether it is in shadow whatever its policy says: by the kill switch, or since it only observes.
    pub(super) fn is_shadowed(&self) -> bool {
        self.is_shadow_all()
            || self.overrides.as_ref().is_some_and(|overrides| overrides.only_observes)
    }

    pub(super) const fn shared(&self) -> &Arc<SharedConfig> {
        &self.shared
    }

    /// What was cache_key; `None` where some of it is for this breaker alone.
    pub(super) fn cache_key(&self) -> Option<CacheKey> {
        let attribute = self.attribute.map_or(0, |attribute| ptr::from_ref(attribute).addr());
        let identifier = self.of_identifier.as_ref().map_or(0, |it| Arc::as_ptr(it).addr());
        self.overrides.is_none().then_some((attribute, identifier))
    }

    /// What was cache_key and does nothing, or contradicts itself.
    pub(super) fn warnings(&self, resolved: &Resolved) -> Vec<String> {
        let policy = resolved.policy();
        let mut warnings = resolved.overridden(&policy);
        warnings.extend(resolved.unused(&policy));
        warnings.extend(policy.lint());
        warnings.extend(self.attributes_differ());
        warnings.extend(self.kinds_differ());
        warnings.extend(self.shared.notice());
        warnings
    }

    fn attributes_differ(&self) -> Option<String> {
        let AttributeConflict { first, other } = self.overrides.as_ref()?.conflict?;
        let (first, other) = (first.place(), other.place());
        Some(format!(
            "the attributes at {first} and {other} have this identity and differ: that at {first} is \
             in force"
        ))
    }

    fn kinds_differ(&self) -> Option<String> {
        let (attribute, registered) =
            (self.attribute?, self.overrides.as_ref()?.registered.kind.as_ref()?);
        let cache_key = attribute.kind().filter(|kind| kind != registered)?;
        Some(format!(
            "the attribute at {} says type {cache_key}, `register` says {registered}: {registered} is in \
             force",
            attribute.place()
        ))
    }

    /// Every patch, from the last word down.
    fn patches(&self) -> impl Iterator<Item = (ConfigLayer, &PolicyPatch)> {
        let overrides = self.overrides.as_deref();
        let key = overrides.and_then(|overrides| overrides.of_key.as_deref());
        let identifier = self.of_identifier.as_deref();
        let kind = self.kind().and_then(|kind| self.shared.kind_defaults(&kind));
        let cache_key = [
            (ConfigLayer::KeyConfigure, key.map(|key| &key.run_time)),
            (ConfigLayer::KeyInit, key.map(|key| &key.init)),
            (ConfigLayer::Configure, identifier.map(|identifier| &identifier.run_time)),
            (ConfigLayer::Init, identifier.map(|identifier| &identifier.init)),
            (ConfigLayer::Register, overrides.map(|overrides| &overrides.registered.policy)),
            (ConfigLayer::Attribute, self.attribute.map(Attribute::policy)),
            (ConfigLayer::Kind, kind),
            (ConfigLayer::Defaults, Some(self.shared.defaults())),
        ];
        cache_key.into_iter().filter_map(|(layer, patch)| Some((layer, patch?)))
    }

    pub(super) fn resolved(&self) -> Resolved {
        self.patches().fold(Resolved::default(), Resolved::over)
    }
}
