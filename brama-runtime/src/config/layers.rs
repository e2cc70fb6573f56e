//! The layers of configuration of one breaker.

use std::{ptr, sync::Arc};

use super::{
    Attribute, ConfigStore, Configured, SharedConfig, origin::ConfigLayer, resolve::Resolved,
};
use crate::{
    circuit::{InvalidPolicy, PolicyPatch, SettingName},
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
    attributes: Option<AttributePair>,
    of_key: Option<Arc<Configured>>,
    /// Puts the breaker into shadow, whatever its policy.
    only_observes: bool,
}

impl Overrides {
    const fn is_empty(&self) -> bool {
        self.attributes.is_none() && self.of_key.is_none() && !self.only_observes
    }
}

/// Two attributes with one identity that differ, if only in that the second has a `timeout`.
#[derive(Debug, Clone, Copy)]
struct AttributePair {
    /// The first one bound, which is effective.
    first: &'static Attribute,
    other: &'static Attribute,
}

/// The addresses of the shared configuration, the attribute and the identifier's configuration;
/// zero for one that is missing. Equal keys resolve to the same policy.
pub(super) type CacheKey = [usize; 3];

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
    pub(crate) fn note_other(&mut self, first: &'static Attribute, other: &'static Attribute) {
        self.overrides().attributes = Some(AttributePair { first, other });
    }

    /// Whether a function of the breaker has a `timeout`, or a layer around a service.
    fn is_timed(&self) -> bool {
        let configured = [self.of_key(), self.of_identifier.as_deref()];
        if configured.into_iter().flatten().any(Configured::is_timed) {
            return true;
        }
        let other = self.overrides.as_ref().and_then(|overrides| overrides.attributes);
        let attributes = [self.attribute, other.map(|pair| pair.other)];
        attributes.into_iter().flatten().any(Attribute::is_timed)
    }

    /// Sets what is configured for the identity without its key.
    pub(crate) fn set_of_identifier(&mut self, configured: Option<Arc<Configured>>) {
        self.of_identifier = configured;
    }

    /// Sets what is configured for the identity with its key.
    pub(crate) fn set_of_key(&mut self, configured: Option<Arc<Configured>>) {
        if configured.is_some() || self.overrides.is_some() {
            self.overrides().of_key = configured;
        }
        // Without overrides, a breaker shares its policy with the other keys again.
        self.overrides.take_if(|overrides| overrides.is_empty());
    }

    /// Whether a `Config` or the operator names the breaker's own key.
    pub(crate) fn is_configured_by_key(&self) -> bool {
        self.of_key().is_some_and(Configured::is_named)
    }

    fn of_key(&self) -> Option<&Configured> {
        self.overrides.as_ref()?.of_key.as_deref()
    }

    /// Layers a patch for this breaker alone, after its registry is dropped.
    pub(crate) fn configure_alone(
        &mut self,
        identity: &Identity<'_>,
        patch: PolicyPatch,
    ) -> Result<(), InvalidPolicy> {
        let has_key = identity.key().is_some();
        let layer = if has_key { &mut self.overrides().of_key } else { &mut self.of_identifier };
        let before = layer.as_deref().cloned().unwrap_or_default();
        *layer = Some(Arc::new(before.with_run_time(patch)?));
        Ok(())
    }

    fn overrides(&mut self) -> &mut Overrides {
        self.overrides.get_or_insert_default()
    }

    /// The kind of dependency: from `register`, else from the attribute.
    pub(crate) fn kind(&self) -> Option<ConnectionKind> {
        let registered = self.registered_kind().cloned();
        registered.or_else(|| self.attribute.and_then(Attribute::kind))
    }

    fn registered_kind(&self) -> Option<&ConnectionKind> {
        self.registered().find_map(|connection| connection.kind.as_ref())
    }

    /// The labels from `register`: those of the key over those of the identifier.
    pub(crate) fn labels(&self) -> Labels {
        let labels = self.registered().map(|connection| connection.labels.clone());
        labels.reduce(|of_key, of_identifier| of_key.over(&of_identifier)).unwrap_or_default()
    }

    /// What was registered for the key, then for the identifier.
    fn registered(&self) -> impl Iterator<Item = &Connection> {
        let configured = [self.of_key(), self.of_identifier.as_deref()];
        configured.into_iter().flatten().filter_map(Configured::registered)
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
        warnings.extend(resolved.unused(&policy, self.is_timed()));
        warnings.extend(policy.lint());
        warnings.extend(self.attributes_differ());
        warnings.extend(self.kinds_differ());
        warnings.extend(self.shared.notice());
        warnings
    }

    fn attributes_differ(&self) -> Option<String> {
        let pair = self.overrides.as_ref()?.attributes;
        let AttributePair { first, other } =
            pair.filter(|pair| !pair.first.agrees_with(pair.other))?;
        let (first, other) = (first.place(), other.place());
        Some(format!(
            "the attributes at {first} and {other} have this identity and differ: the one at {first} \
             applies"
        ))
    }

    fn kinds_differ(&self) -> Option<String> {
        let (attribute, registered) = (self.attribute?, self.registered_kind()?);
        let kind = attribute.kind().filter(|kind| kind != registered)?;
        Some(format!(
            "the attribute at {} has type {kind}, `register` has {registered}: {registered} \
             applies",
            attribute.place()
        ))
    }

    /// Every patch, from the highest layer down.
    pub(super) fn patches(&self) -> impl Iterator<Item = (ConfigLayer, &PolicyPatch)> {
        let (key, identifier) = (self.of_key(), self.of_identifier.as_deref());
        let kind = self.kind().and_then(|kind| self.shared.kind_defaults(&kind));
        let patches = [
            (ConfigLayer::KeyConfigure, key.and_then(Configured::run_time)),
            (ConfigLayer::Configure, identifier.and_then(Configured::run_time)),
            (ConfigLayer::KeyInit, key.and_then(Configured::init)),
            (ConfigLayer::Init, identifier.and_then(Configured::init)),
            (ConfigLayer::KeyRegister, key.and_then(Configured::registered_policy)),
            (ConfigLayer::Register, identifier.and_then(Configured::registered_policy)),
            (ConfigLayer::Attribute, self.attribute.map(Attribute::policy)),
            (ConfigLayer::Kind, kind),
            (ConfigLayer::Defaults, Some(self.shared.defaults())),
        ];
        patches.into_iter().filter_map(|(layer, patch)| Some((layer, patch?)))
    }

    /// What each layer sets for `name`, from the highest down.
    pub(super) fn values(&self, name: SettingName) -> impl Iterator<Item = (ConfigLayer, String)> {
        let set = self.patches().filter(move |(_, patch)| patch.sets(name));
        set.map(move |(layer, patch)| (layer, patch.display_value(name)))
    }

    /// If the attribute's `timeout` is an expression, it takes precedence over the layers below,
    /// although no patch contains it.
    pub(super) fn resolved(&self) -> Resolved {
        let is_timed = self.attribute.is_some_and(Attribute::is_timed);
        self.patches().fold(Resolved::default(), |resolved, (layer, patch)| {
            let is_hidden = is_timed && layer < ConfigLayer::Attribute;
            let patch = if is_hidden { patch.without(SettingName::Timeout) } else { *patch };
            resolved.layered_over((layer, &patch))
        })
    }
}
