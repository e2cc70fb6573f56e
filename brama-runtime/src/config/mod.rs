//! Settings in layers: what is cache_key for a registry, for a kind, and for one breaker.

mod attribute;
mod effective;
mod layers;
mod resolve;
mod settings;
mod shared;

use std::{collections::BTreeMap, fmt, io, num::NonZeroUsize, time::Duration};

#[cfg(test)]
pub(crate) use self::effective::RESOLUTIONS;
pub use self::{
    attribute::Attribute,
    settings::{ConfigLayer, Setting, Settings},
};
pub(crate) use self::{
    effective::{EffectivePolicy, PolicyCache},
    layers::{Configured, Layers},
    shared::{ConfigStore, SharedConfig},
};
use crate::{
    circuit::{InvalidSetting, PolicyPatch},
    connection::ConnectionKind,
    error::InvalidLength,
    identity::Identity,
};

/// The settings of a whole registry, given once to `init`.
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
}

impl Config {
    /// A configuration that says nothing: everything is as built in.
    pub const fn new() -> Self {
        Self {
            defaults: PolicyPatch::new(),
            kinds: BTreeMap::new(),
            breakers: BTreeMap::new(),
            key_limits: KeyLimits::BUILT_IN,
        }
    }

    /// What differs from the built-in policy for every breaker.
    pub const fn defaults(mut self, patch: PolicyPatch) -> Self {
        self.defaults = patch;
        self
    }

    /// What differs from the defaults for breakers of that kind. An attribute's options and
    /// `register`'s go over it. CacheKey twice of one kind, the later patch names over the earlier.
    pub fn kind_defaults(mut self, kind: ConnectionKind, patch: PolicyPatch) -> Self {
        add(self.kinds.entry(kind).or_default(), patch);
        self
    }

    /// What differs for one identifier, over its attribute and `register`: the operator has the last
    /// word. An identity without a key speaks for all its keys; one with a key goes over that. CacheKey
    /// twice of one identity, the later patch names over the earlier.
    pub fn configure<'a>(mut self, identity: impl Into<Identity<'a>>, patch: PolicyPatch) -> Self {
        add(self.breakers.entry(identity.into().into_owned()).or_default(), patch);
        self
    }

    /// How many breakers of keys each identifier has at most. Default: 10 000.
    ///
    /// Where one more is needed, one that has nothing to remember but counts is forgotten: it is closed (or
    /// half-open without a probe), no failure is in its run or window and no slow call in its window,
    /// nothing was registered or configured for its key, and nobody holds it: no permit, no handle, no
    /// refusal, and it is not the first that a decorated function met. Sixteen are looked at, drawn at
    /// random. If none of them can go, the call is counted on the identifier's overflow breaker, which only observes: see
    /// [`Identity::is_overflow`]. So a breaker that is open stays, and no key is refused for the
    /// failures of others.
    ///
    /// Lowered at `init`, the bound makes those go that are too many as others come.
    pub const fn max_keys(mut self, max_keys: NonZeroUsize) -> Self {
        self.key_limits.max_keys = max_keys;
        self
    }

    /// For how long a breaker of a key must have counted nothing until the cleanup forgets it, if it may go
    /// (see [`max_keys`](Self::max_keys)). Default: 24 h. Zero: at the first cleanup at which it has
    /// counted nothing since the one before, or since it was made.
    pub const fn inactive_threshold(mut self, inactive_threshold: Duration) -> Self {
        self.key_limits.inactive_threshold = inactive_threshold;
        self
    }

    /// How often a thread cleans up, which `init` then starts: see
    /// [`Registry::sweep`](crate::registry::Registry::sweep). Default: every 10 s, in the system's time. At least 1 ms,
    /// whole milliseconds; `None` starts no thread.
    pub fn cleanup_interval(mut self, cleanup_interval: impl Into<Option<Duration>>) -> Self {
        self.key_limits.cleanup_interval = cleanup_interval.into();
        self
    }

    /// Every mistake, with its place.
    pub(crate) fn mistakes(&self) -> Vec<ConfigMistake> {
        let kinds = self.kinds.iter().map(|(kind, patch)| (format!("kind {kind}"), patch));
        let breakers = self.breakers.iter().map(|(identity, patch)| (identity.to_string(), patch));
        let places = [("defaults".to_owned(), &self.defaults)].into_iter();
        let settings = places.chain(kinds).chain(breakers).flat_map(mistakes_in);
        settings.chain(self.key_limits.mistake()).collect()
    }

    pub(crate) const fn key_limits(&self) -> KeyLimits {
        self.key_limits
    }

    /// The defaults, those of each kind, and the patches of breakers.
    pub(crate) fn into_parts(self) -> (PolicyPatch, Kinds, Breakers) {
        (self.defaults, self.kinds, self.breakers)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

/// The defaults of each kind.
pub(crate) type Kinds = BTreeMap<ConnectionKind, PolicyPatch>;

/// What was cache_key for breakers.
pub(crate) type Breakers = BTreeMap<Identity<'static>, PolicyPatch>;

fn add(cache_key: &mut PolicyPatch, patch: PolicyPatch) {
    *cache_key = patch.or_else(*cache_key);
}

fn mistakes_in((place, patch): (String, &PolicyPatch)) -> impl Iterator<Item = ConfigMistake> {
    let mistakes = patch.mistakes().into_iter();
    mistakes
        .map(move |mistake| ConfigMistake { place: place.clone(), what: What::Setting(mistake) })
}

/// A mistake in a configuration, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigMistake {
    place: String,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Setting(InvalidSetting),
    OpenDuration(InvalidLength),
}

impl ConfigMistake {
    /// Where: `defaults`, `kind http`, the breaker's identity, or the name of a setting of the registry.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The policy's setting, its value and its limit; `None` where it is a setting of the registry.
    #[must_use]
    pub const fn mistake(&self) -> Option<&InvalidSetting> {
        match &self.what {
            What::Setting(mistake) => Some(mistake),
            What::OpenDuration(_) => None,
        }
    }
}

impl fmt::Display for ConfigMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        match &self.what {
            What::Setting(mistake) => mistake.fmt(f),
            What::OpenDuration(mistake) => mistake.fmt(f),
        }
    }
}

/// A registry was not initialised.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum InitError {
    /// It was before; the refused configuration is handed back.
    Already(Config),
    /// It has mistakes; it is handed back likewise.
    Invalid {
        /// The refused configuration.
        config: Config,
        /// Every mistake; at least one.
        mistakes: Vec<ConfigMistake>,
    },
    /// The system gives no thread for the cleanup; the configuration is handed back likewise, and may be
    /// tried again with no [`cleanup_interval`](Config::cleanup_interval).
    NoThread {
        /// The refused configuration.
        config: Config,
        /// What the system says.
        kind: io::ErrorKind,
    },
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Already(_) => {
                f.write_str("this registry is configured already; configure it once")
            }
            Self::Invalid { mistakes, .. } => {
                f.write_str("invalid configuration")?;
                mistakes.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
            }
            Self::NoThread { kind, .. } => write!(f, "no thread for the cleanup: {kind}"),
        }
    }
}

impl std::error::Error for InitError {}

/// The bound on keys and the terms of the cleanup.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct KeyLimits {
    pub(crate) max_keys: NonZeroUsize,
    pub(crate) inactive_threshold: Duration,
    /// `None` where no thread is started.
    pub(crate) cleanup_interval: Option<Duration>,
}

impl KeyLimits {
    pub(super) const BUILT_IN: Self = Self {
        max_keys: NonZeroUsize::MIN.saturating_add(9_999),
        inactive_threshold: Duration::from_secs(24 * 60 * 60),
        cleanup_interval: Some(Duration::from_secs(10)),
    };

    pub(super) fn mistake(&self) -> Option<ConfigMistake> {
        let refused = InvalidLength::check(self.cleanup_interval?).err()?;
        let place = "cleanup_interval".to_owned();
        Some(ConfigMistake { place, what: What::OpenDuration(refused) })
    }
}

impl Default for KeyLimits {
    fn default() -> Self {
        Self::BUILT_IN
    }
}
