//! What was said for one breaker, in layers, and what that makes.

use std::sync::Arc;

use super::{Attribute, Ground, Home, resolved::Resolved};
use crate::{
    circuit::{InvalidPolicy, Policy, PolicyPatch},
    connection::{Connection, ConnectionKind, Labels},
    identity::Identity,
    settings::{Layer, Settings},
};

/// What was said for one breaker, over what its registry shares.
#[derive(Debug)]
pub(crate) struct Layers {
    ground: Arc<Ground>,
    attribute: Option<&'static Attribute>,
    /// Of most breakers nothing more is said.
    own: Option<Box<Own>>,
}

/// What is said of few breakers.
#[derive(Debug, Default)]
struct Own {
    /// The first attribute with this identity that says something else.
    other: Option<&'static Attribute>,
    registered: Connection,
    of_identifier: Option<Arc<Configured>>,
    of_key: Option<Arc<Configured>>,
    /// Whether it is in shadow whatever its policy says.
    only_observes: bool,
}

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
    pub(crate) const fn new(ground: Arc<Ground>) -> Self {
        Self { ground, attribute: None, own: None }
    }

    /// The same for a breaker that refuses nobody.
    pub(crate) fn observing(mut self) -> Self {
        self.own().only_observes = true;
        self
    }

    /// The registry that keeps what is configured; `None` once it is gone.
    pub(crate) fn home(&self) -> Option<Arc<dyn Home>> {
        self.ground.home()
    }

    pub(crate) fn is_shadow_all(&self) -> bool {
        self.ground.is_shadow_all()
    }

    pub(crate) fn set_ground(&mut self, ground: Arc<Ground>) {
        self.ground = ground;
    }

    /// Takes what an attribute with this identity says: of those that differ the first met wins.
    pub(crate) fn meet(&mut self, attribute: &'static Attribute) {
        match self.attribute {
            None => self.attribute = Some(attribute),
            Some(first) if first.agrees_with(attribute) => {}
            Some(_) => {
                self.own().other.get_or_insert(attribute);
            }
        }
    }

    /// Takes what `register` says.
    pub(crate) fn register(&mut self, connection: Connection) {
        if connection != Connection::new() {
            self.own().registered = connection;
        }
    }

    /// Forgets what `register` said.
    pub(crate) fn unregister(&mut self) {
        if let Some(own) = &mut self.own {
            own.registered = Connection::new();
        }
    }

    pub(crate) fn set_of_identifier(&mut self, configured: Arc<Configured>) {
        self.own().of_identifier = Some(configured);
    }

    pub(crate) fn set_of_key(&mut self, configured: Arc<Configured>) {
        self.own().of_key = Some(configured);
    }

    /// Whether something was configured for its key.
    pub(crate) fn is_configured_by_key(&self) -> bool {
        self.own.as_ref().is_some_and(|own| own.of_key.is_some())
    }

    /// Takes a patch for this breaker alone, whose registry is gone.
    pub(crate) fn configure_alone(
        &mut self,
        identity: &Identity<'_>,
        patch: PolicyPatch,
    ) -> Result<(), InvalidPolicy> {
        let own = self.own();
        let layer = if identity.key().is_some() { &mut own.of_key } else { &mut own.of_identifier };
        let before = layer.as_deref().copied().unwrap_or_default();
        *layer = Some(Arc::new(before.with_run_time(patch)?));
        Ok(())
    }

    fn own(&mut self) -> &mut Own {
        self.own.get_or_insert_default()
    }

    /// What kind of dependency it is: in `register`'s word, else in the attribute's.
    pub(crate) fn kind(&self) -> Option<ConnectionKind> {
        let registered = self.own.as_ref().and_then(|own| own.registered.kind.clone());
        registered.or_else(|| self.attribute.and_then(Attribute::kind))
    }

    pub(crate) fn labels(&self) -> Labels {
        self.own.as_ref().map_or_else(Labels::new, |own| own.registered.labels.clone())
    }

    /// The policy that the layers make; shared by all breakers of which nothing was said.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        if self.is_plain() { self.ground.policy() } else { Arc::new(self.resolved().policy()) }
    }

    /// The policy in force: in shadow where the kill switch says so, or the breaker only observes.
    pub(crate) fn policy_in_force(&self) -> Arc<Policy> {
        let only_observes = self.own.as_ref().is_some_and(|own| own.only_observes);
        match (self.ground.is_shadow_all() || only_observes, self.is_plain()) {
            (false, _) => self.policy(),
            (true, true) => self.ground.shadowed(),
            (true, false) => Arc::new(self.resolved().shadowed()),
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        let resolved = self.resolved();
        Settings::new(Arc::new(resolved.policy()), resolved.origins())
    }

    /// What was said and does nothing, or contradicts itself.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let resolved = self.resolved();
        let policy = resolved.policy();
        let mut warnings = resolved.dropped(&policy);
        warnings.extend(resolved.idle(&policy));
        warnings.extend(policy.lint());
        warnings.extend(self.attributes_differ());
        warnings.extend(self.kinds_differ());
        warnings.extend(self.ground.notice());
        warnings
    }

    fn attributes_differ(&self) -> Option<String> {
        let (first, other) = (self.attribute?.place(), self.own.as_ref()?.other?.place());
        Some(format!(
            "the attributes at {first} and {other} have this identity and differ: that at {first} is \
             in force"
        ))
    }

    fn kinds_differ(&self) -> Option<String> {
        let (attribute, registered) =
            (self.attribute?, self.own.as_ref()?.registered.kind.as_ref()?);
        let said = attribute.kind().filter(|kind| kind != registered)?;
        Some(format!(
            "the attribute at {} says type {said}, `register` says {registered}: {registered} is in \
             force",
            attribute.place()
        ))
    }

    /// Whether nothing is said over the defaults.
    fn is_plain(&self) -> bool {
        let is_empty = |patch: &PolicyPatch| *patch == PolicyPatch::new();
        self.said().all(|(layer, patch)| layer == Layer::Defaults || is_empty(patch))
    }

    /// Every patch, from the last word down.
    fn said(&self) -> impl Iterator<Item = (Layer, &PolicyPatch)> {
        let own = self.own.as_deref();
        let key = own.and_then(|own| own.of_key.as_deref());
        let identifier = own.and_then(|own| own.of_identifier.as_deref());
        let kind = self.kind().and_then(|kind| self.ground.kind_defaults(&kind));
        let said = [
            (Layer::KeyConfigure, key.map(|key| &key.run_time)),
            (Layer::KeyInit, key.map(|key| &key.init)),
            (Layer::Configure, identifier.map(|identifier| &identifier.run_time)),
            (Layer::Init, identifier.map(|identifier| &identifier.init)),
            (Layer::Register, own.map(|own| &own.registered.policy)),
            (Layer::Attribute, self.attribute.map(Attribute::policy)),
            (Layer::Kind, kind),
            (Layer::Defaults, Some(self.ground.defaults())),
        ];
        said.into_iter().filter_map(|(layer, patch)| Some((layer, patch?)))
    }

    fn resolved(&self) -> Resolved {
        self.said().fold(Resolved::default(), Resolved::over)
    }
}
