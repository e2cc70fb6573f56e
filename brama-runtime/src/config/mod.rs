//! Settings in layers: what is said for a registry, for a kind, and for one breaker.

mod attribute;
mod ground;
mod layers;
mod resolved;

use std::{collections::BTreeMap, fmt};

pub use self::attribute::Attribute;
pub(crate) use self::{
    ground::{Ground, Home},
    layers::{Configured, Layers},
};
use crate::{
    circuit::{Mistake, PolicyPatch},
    connection::ConnectionKind,
    identity::Identity,
};

/// The settings of a whole registry, given once to `init`.
///
/// ```
/// # use brama_runtime as brama;
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
/// # Ok::<(), brama::InitError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use = "a configuration does nothing until `init` takes it"]
pub struct Config {
    defaults: PolicyPatch,
    kinds: BTreeMap<ConnectionKind, PolicyPatch>,
    breakers: BTreeMap<Identity<'static>, PolicyPatch>,
}

impl Config {
    /// A configuration that says nothing: everything is as built in.
    pub const fn new() -> Self {
        Self { defaults: PolicyPatch::new(), kinds: BTreeMap::new(), breakers: BTreeMap::new() }
    }

    /// What differs from the built-in policy for every breaker.
    pub const fn defaults(mut self, patch: PolicyPatch) -> Self {
        self.defaults = patch;
        self
    }

    /// What differs from the defaults for breakers of that kind. An attribute's options and
    /// `register`'s go over it. Said twice of one kind, the later patch names over the earlier.
    pub fn kind_defaults(mut self, kind: ConnectionKind, patch: PolicyPatch) -> Self {
        add(self.kinds.entry(kind).or_default(), patch);
        self
    }

    /// What differs for one identifier, over its attribute and `register`: the operator has the last
    /// word. An identity without a key speaks for all its keys; one with a key goes over that. Said
    /// twice of one identity, the later patch names over the earlier.
    pub fn configure<'a>(mut self, identity: impl Into<Identity<'a>>, patch: PolicyPatch) -> Self {
        add(self.breakers.entry(identity.into().into_owned()).or_default(), patch);
        self
    }

    /// Every mistake, with its place.
    pub(crate) fn mistakes(&self) -> Vec<ConfigMistake> {
        let kinds = self.kinds.iter().map(|(kind, patch)| (format!("kind {kind}"), patch));
        let breakers = self.breakers.iter().map(|(identity, patch)| (identity.to_string(), patch));
        let places = [("defaults".to_owned(), &self.defaults)].into_iter();
        places.chain(kinds).chain(breakers).flat_map(mistakes_in).collect()
    }

    /// The defaults, those of each kind, and the patches of breakers.
    pub(crate) fn into_parts(self) -> (PolicyPatch, Kinds, Breakers) {
        (self.defaults, self.kinds, self.breakers)
    }
}

/// The defaults of each kind.
pub(crate) type Kinds = BTreeMap<ConnectionKind, PolicyPatch>;

/// What was said for breakers.
pub(crate) type Breakers = BTreeMap<Identity<'static>, PolicyPatch>;

fn add(said: &mut PolicyPatch, patch: PolicyPatch) {
    *said = patch.or(*said);
}

fn mistakes_in((place, patch): (String, &PolicyPatch)) -> impl Iterator<Item = ConfigMistake> {
    let mistakes = patch.mistakes().into_iter();
    mistakes.map(move |mistake| ConfigMistake { place: place.clone(), mistake })
}

/// A mistake in a configuration, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigMistake {
    place: String,
    mistake: Mistake,
}

impl ConfigMistake {
    /// Where: `defaults`, `kind http`, or the breaker's identity.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The setting, its value and its limit.
    #[must_use]
    pub const fn mistake(&self) -> &Mistake {
        &self.mistake
    }
}

impl fmt::Display for ConfigMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.mistake)
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
        }
    }
}

impl std::error::Error for InitError {}
