//! Configuration in layers: for a registry, for a kind of dependency, and for one breaker.

mod attribute;
mod configured;
mod declaration;
mod effective;
mod last_reload;
mod layers;
mod mistake;
mod origin;
mod problem;
mod reloaded;
mod resolve;
#[cfg(feature = "serde")]
mod serde_impls;
mod settings;
mod shared;

use std::{collections::BTreeMap, num::NonZeroUsize, time::Duration};

#[cfg(test)]
pub(crate) use self::effective::RESOLUTIONS;
pub use self::{
    attribute::Attribute,
    declaration::Declaration,
    last_reload::LastReload,
    mistake::{ConfigMistake, InitError, InvalidConfig},
    origin::ConfigLayer,
    problem::ConfigProblem,
    reloaded::{ConfigChange, Reconfigured, Reloaded, Unused},
    settings::{LayerValue, Setting, Settings},
};
pub(crate) use self::{
    configured::Configured,
    effective::{EffectivePolicy, PolicyCache},
    layers::Layers,
    shared::{ConfigStore, SharedConfig},
};
use crate::{
    circuit::{PolicyPatch, Reasons},
    connection::ConnectionKind,
    error::InvalidLength,
    identity::Identity,
};

/// The configuration of a registry, which [`Registry::init`](crate::registry::Registry::init) takes
/// once, and [`Registry::reload`](crate::registry::Registry::reload) at any time.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Config, ConnectionKind, PolicyPatch, Registry};
/// use std::time::Duration;
///
/// let registry = Registry::new();
/// let config = Config::new()
///     .defaults(PolicyPatch::new().failure_threshold(5))
///     .kind_defaults(ConnectionKind::DATABASE, PolicyPatch::new().success_threshold(3))
///     .configure("payment_api", PolicyPatch::new().failure_threshold(3));
/// registry.init(config)?;
/// assert_eq!(registry.breaker("payment_api").status().policy.failure_threshold(), Some(3));
/// # Ok::<(), brama::error::InitError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a configuration does nothing until `init` takes it"]
pub struct Config {
    defaults: PolicyPatch,
    kinds: BTreeMap<ConnectionKind, PolicyPatch>,
    breakers: BTreeMap<Identity<'static>, PolicyPatch>,
    key_limits: KeyLimits,
    reasons: Reasons,
    shadow: bool,
}

impl Config {
    /// Creates a configuration in which everything has its built-in default.
    pub const fn new() -> Self {
        Self {
            defaults: PolicyPatch::new(),
            kinds: BTreeMap::new(),
            breakers: BTreeMap::new(),
            key_limits: KeyLimits::BUILT_IN,
            reasons: Reasons::Text,
            shadow: false,
        }
    }

    /// Overrides settings of the built-in policy, for every breaker.
    pub const fn defaults(mut self, patch: PolicyPatch) -> Self {
        self.defaults = patch;
        self
    }

    /// Overrides settings of the defaults, for breakers of this kind.
    ///
    /// The options of an attribute and of `register` take precedence over them. If called twice for
    /// one kind, the settings of the later patch take precedence.
    pub fn kind_defaults(mut self, kind: ConnectionKind, patch: PolicyPatch) -> Self {
        add(self.kinds.entry(kind).or_default(), patch);
        self
    }

    /// Overrides settings of one identity, above its attribute and `register`, and below
    /// [`Registry::configure`](crate::registry::Registry::configure), so that an operator can
    /// override it.
    ///
    /// The settings of an identity without a key apply to all its keys; those of an identity with a
    /// key take precedence. If called twice for one identity, the settings of the later patch take
    /// precedence.
    pub fn configure<'a>(mut self, identity: impl Into<Identity<'a>>, patch: PolicyPatch) -> Self {
        add(self.breakers.entry(identity.into().into_owned()).or_default(), patch);
        self
    }

    /// Sets how many breakers with a key each identifier has at most. Default: 10 000.
    ///
    /// If another one is needed, a breaker is evicted that has no state worth keeping:
    ///
    /// - It is closed, with no failure in its run or window and no slow call in its window.
    /// - Or it is closed and has counted nothing for
    ///   [`inactive_threshold`](Self::inactive_threshold), so what it remembers is stale.
    /// - Or its opening is over, no probe is in flight, and it has counted nothing for as long as
    ///   that opening lasted. So a key that opens again and again keeps its progressive waits.
    ///
    /// A breaker is never evicted if something is registered or configured for its key, if a
    /// `Permit`, `Breaker` or `CircuitOpen` refers to it, if a call of its key is in flight, or if
    /// it is the first one that a decorated function used.
    ///
    /// Up to sixteen breakers, drawn at random, are examined. If none can be evicted, the call is
    /// counted on the identifier's overflow breaker, which only observes: see
    /// [`Identity::is_overflow`]. So a breaker is never evicted before the deadline of its opening
    /// or in a ramp, and no key is rejected because of the failures of others.
    ///
    /// If `init` or `reload` lowers the limit, surplus breakers are evicted as new keys arrive.
    pub const fn max_keys(mut self, max_keys: NonZeroUsize) -> Self {
        self.key_limits.max_keys = max_keys;
        self
    }

    /// Sets for how long a breaker with a key must have counted nothing before it is evicted: by
    /// the cleanup, or to make room (see [`max_keys`](Self::max_keys)). Default: 24 h.
    ///
    /// After this time, the failures that a closed breaker remembers are stale. If zero, a breaker
    /// is evicted once it has counted nothing since it was last examined, or since its creation.
    pub const fn inactive_threshold(mut self, inactive_threshold: Duration) -> Self {
        self.key_limits.inactive_threshold = inactive_threshold;
        self
    }

    /// Sets how many keys of an identifier have series of their own in metrics. Default: 1 000.
    ///
    /// A key that is first used when there is no room is part of the sum `other` for as long as its
    /// breaker exists, so that the sum never goes backwards. With 0, all keys are. The limit
    /// applies to keys that are used from then on, and to each identifier by itself. See
    /// [`Registry::for_each_series`](crate::registry::Registry::for_each_series).
    pub const fn max_series(mut self, max_series: usize) -> Self {
        self.key_limits.max_series = max_series;
        self
    }

    /// Sets how often the thread that `init` starts runs the cleanup: see
    /// [`Registry::sweep`](crate::registry::Registry::sweep). Default: every 10 s.
    ///
    /// A whole number of milliseconds, at least 1 ms, on the system's clock. With `None`, `init`
    /// starts no thread, and `reload` pauses the one that runs.
    pub fn cleanup_interval(mut self, cleanup_interval: impl Into<Option<Duration>>) -> Self {
        self.key_limits.cleanup_interval = cleanup_interval.into();
        self
    }

    /// Sets how the reasons of failures are recorded: as texts, as the types of errors, or not at
    /// all. Default: as texts.
    ///
    /// It applies to failures from then on, whatever the attribute's `error_handler` answers. The
    /// caller whose call failed gets its own error in any case. Reasons of actions by hand are
    /// always recorded.
    pub const fn reasons(mut self, reasons: Reasons) -> Self {
        self.reasons = reasons;
        self
    }

    /// Puts every breaker into shadow, future ones included: the kill switch of the configuration.
    /// Default: false.
    ///
    /// It is on if this, [`shadow_all`](crate::registry::Registry::shadow_all) or the environment
    /// variable `BRAMA_SHADOW` turns it on. A `reload` changes only what the configuration says.
    pub const fn shadow(mut self, shadow: bool) -> Self {
        self.shadow = shadow;
        self
    }

    /// Every mistake, with its place.
    pub(crate) fn mistakes(&self) -> Vec<ConfigMistake> {
        let kinds = self.kinds.iter().map(|(kind, patch)| (format!("kind {kind}"), patch));
        let breakers = self.breakers.iter().map(|(identity, patch)| (identity.to_string(), patch));
        let places = [("defaults".to_owned(), &self.defaults)].into_iter();
        let settings = places
            .chain(kinds)
            .chain(breakers)
            .flat_map(|(place, patch)| ConfigMistake::in_patch(place, patch));
        settings.chain(self.key_limits.mistake()).collect()
    }

    pub(crate) const fn key_limits(&self) -> KeyLimits {
        self.key_limits
    }

    pub(crate) const fn recorded_reasons(&self) -> Reasons {
        self.reasons
    }

    pub(super) const fn is_shadow(&self) -> bool {
        self.shadow
    }

    /// The patch of this identity.
    pub(crate) fn breaker(&self, identity: &Identity<'static>) -> Option<PolicyPatch> {
        self.breakers.get(identity).copied()
    }

    /// The kinds that have defaults.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &ConnectionKind> {
        self.kinds.keys()
    }

    /// Whether the layers that all breakers share are equal.
    pub(crate) fn shares_layers_with(&self, other: &Self) -> bool {
        self.defaults == other.defaults && self.kinds == other.kinds && self.shadow == other.shadow
    }

    /// The identities whose patches differ, sorted.
    pub(crate) fn differing_breakers(&self, other: &Self) -> Vec<Identity<'static>> {
        let only_there = other.breakers.keys().filter(|it| !self.breakers.contains_key(it));
        let here = self.breakers.iter();
        let differing = here.filter(|(it, patch)| other.breakers.get(it) != Some(patch));
        let mut all: Vec<_> = differing.map(|(it, _)| it).chain(only_there).cloned().collect();
        all.sort_unstable();
        all
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

/// The defaults of each kind.
pub(crate) type Kinds = BTreeMap<ConnectionKind, PolicyPatch>;

fn add(earlier: &mut PolicyPatch, patch: PolicyPatch) {
    *earlier = patch.or(*earlier);
}

/// The limit of keys, and the settings of the cleanup.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct KeyLimits {
    pub(crate) max_keys: NonZeroUsize,
    pub(crate) inactive_threshold: Duration,
    /// How many keys of an identifier have series of their own.
    pub(crate) max_series: usize,
    /// `None` if no thread is started.
    pub(crate) cleanup_interval: Option<Duration>,
}

impl KeyLimits {
    pub(super) const BUILT_IN: Self = Self {
        max_keys: NonZeroUsize::MIN.saturating_add(9_999),
        inactive_threshold: Duration::from_secs(24 * 60 * 60),
        max_series: 1_000,
        cleanup_interval: Some(Duration::from_secs(10)),
    };

    pub(super) fn mistake(&self) -> Option<ConfigMistake> {
        let mistake = InvalidLength::check(self.cleanup_interval?).err()?;
        Some(ConfigMistake::in_duration("cleanup_interval", mistake))
    }
}

impl Default for KeyLimits {
    fn default() -> Self {
        Self::BUILT_IN
    }
}
