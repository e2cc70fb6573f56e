//! The layers of configuration of one breaker.

use std::{ptr, sync::Arc};

use super::{Attribute, ConfigStore, SharedConfig, resolve::Resolved, settings::ConfigLayer};
use crate::{
    circuit::{InvalidPolicy, PolicyPatch},
    connection::{Connection, ConnectionKind, Labels},
    identity::Identity,
};

/// The layers of one breaker, above the part that its registry shares.
///
/// The keys of one identifier usually have equal layers and then share one
/// [`EffectivePolicy`](super::EffectivePolicy).
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    shared: Arc<SharedConfig>,
    /// The first attribute bound to the breaker.
    attribute: Option<&'static Attribute>,
    of_identifier: Option<Arc<Configured>>,
    /// `None` for most breakers.
    overrides: Option<Box<Overrides>>,
}

/// The configuration of one breaker alone. Boxed, since few breakers have any.
#[derive(Debug, Clone, Default)]
struct Overrides {
    conflict: Option<AttributeConflict>,
    registered: Connection,
    of_key: Option<Arc<Configured>>,
    /// Puts the breaker into shadow, whatever its policy.
    only_observes: bool,
}

/// Two attributes with one identity that differ.
#[derive(Debug, Clone, Copy)]
struct AttributeConflict {
    /// The first one bound, which is effective.
    first: &'static Attribute,
    other: &'static Attribute,
}

/// The addresses of the shared configuration, the attribute and the identifier's configuration;
/// zero for one that is missing. Equal keys resolve to the same policy.
pub(super) type CacheKey = [usize; 3];

/// The configuration of one identity: from `init`, and from run time above it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Configured {
    init: PolicyPatch,
    run_time: PolicyPatch,
}

impl Configured {
    pub(crate) const fn with_init(self, patch: PolicyPatch) -> Self {
        Self { init: patch, ..self }
    }

    /// Layers a patch over the earlier ones.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] if they are not valid together.
    pub(crate) fn with_run_time(self, patch: PolicyPatch) -> Result<Self, InvalidPolicy> {
        Ok(Self { run_time: patch.or_else(self.run_time).validated()?, ..self })
    }
}

impl Layers {
    pub(crate) const fn new(shared: Arc<SharedConfig>) -> Self {
        Self { shared, attribute: None, of_identifier: None, overrides: None }
    }

    /// Makes the breaker only observe: it rejects no call.
    pub(crate) fn observing(mut self) -> Self {
        self.overrides().only_observes = true;
        self
    }

    /// The registry that stores configuration; `None` once it was dropped.
    pub(crate) fn store(&self) -> Option<Arc<dyn ConfigStore>> {
        self.shared.store()
    }

    pub(crate) fn is_shadow_all(&self) -> bool {
        self.shared.is_shadow_all()
    }

    pub(crate) fn set_shared(&mut self, shared: Arc<SharedConfig>) {
        self.shared = shared;
    }

    /// The first attribute bound to the breaker.
    pub(crate) const fn attribute(&self) -> Option<&'static Attribute> {
        self.attribute
    }

    /// Sets the first attribute bound to the breaker.
    pub(crate) const fn set_attribute(&mut self, attribute: &'static Attribute) {
        self.attribute = Some(attribute);
    }

    /// Notes another attribute that differs from the first. The first one stays effective.
    pub(crate) fn note_conflict(&mut self, first: &'static Attribute, other: &'static Attribute) {
        self.overrides().conflict = Some(AttributeConflict { first, other });
    }

    /// Sets the layer of `register`.
    pub(crate) fn register(&mut self, connection: Connection) {
        if connection != Connection::new() {
            self.overrides().registered = connection;
        }
    }

    /// Clears the layer of `register`.
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

    /// Whether the breaker's own key has a configuration.
    pub(crate) fn is_configured_by_key(&self) -> bool {
        self.overrides.as_ref().is_some_and(|overrides| overrides.of_key.is_some())
    }

    /// Layers a patch for this breaker alone, after its registry is dropped.
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

    /// The kind of dependency: from `register`, else from the attribute.
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

    /// Whether the kill switch, or its role as an observer, puts the breaker into shadow.
    pub(super) fn is_shadowed(&self) -> bool {
        self.is_shadow_all()
            || self.overrides.as_ref().is_some_and(|overrides| overrides.only_observes)
    }

    /// Identifies equal layers; `None` if a part of them is for this breaker alone.
    pub(super) fn cache_key(&self) -> Option<CacheKey> {
        // An attribute that only names the breaker does not affect the policy.
        let attribute = self.attribute.filter(|attribute| !attribute.is_plain());
        let attribute = attribute.map_or(0, |attribute| ptr::from_ref(attribute).addr());
        let identifier = self.of_identifier.as_ref().map_or(0, |it| Arc::as_ptr(it).addr());
        let shared = Arc::as_ptr(&self.shared).addr();
        self.overrides.is_none().then_some([shared, attribute, identifier])
    }

    /// Settings that have no effect, and settings that contradict each other.
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
            "the attributes at {first} and {other} have this identity and differ: the one at {first} \
             applies"
        ))
    }

    fn kinds_differ(&self) -> Option<String> {
        let (attribute, registered) =
            (self.attribute?, self.overrides.as_ref()?.registered.kind.as_ref()?);
        let kind = attribute.kind().filter(|kind| kind != registered)?;
        Some(format!(
            "the attribute at {} has type {kind}, `register` has {registered}: {registered} \
             applies",
            attribute.place()
        ))
    }

    /// Every patch, from the highest layer down.
    fn patches(&self) -> impl Iterator<Item = (ConfigLayer, &PolicyPatch)> {
        let overrides = self.overrides.as_deref();
        let key = overrides.and_then(|overrides| overrides.of_key.as_deref());
        let identifier = self.of_identifier.as_deref();
        let kind = self.kind().and_then(|kind| self.shared.kind_defaults(&kind));
        let patches = [
            (ConfigLayer::KeyConfigure, key.map(|key| &key.run_time)),
            (ConfigLayer::KeyInit, key.map(|key| &key.init)),
            (ConfigLayer::Configure, identifier.map(|identifier| &identifier.run_time)),
            (ConfigLayer::Init, identifier.map(|identifier| &identifier.init)),
            (ConfigLayer::Register, overrides.map(|overrides| &overrides.registered.policy)),
            (ConfigLayer::Attribute, self.attribute.map(Attribute::policy)),
            (ConfigLayer::Kind, kind),
            (ConfigLayer::Defaults, Some(self.shared.defaults())),
        ];
        patches.into_iter().filter_map(|(layer, patch)| Some((layer, patch?)))
    }

    pub(super) fn resolved(&self) -> Resolved {
        self.patches().fold(Resolved::default(), Resolved::layered_over)
    }
}
