//! Settings in layers: what is said for a registry and for one breaker of it.

use std::{fmt, sync::Arc};

use crate::circuit::{InvalidPolicy, Mistake, Policy, PolicyPatch};

/// The settings of a whole registry, given once to `init`.
///
/// ```
/// # use brama_runtime as brama;
/// use brama::{Config, PolicyPatch, Registry};
///
/// let registry = Registry::new();
/// let config = Config::new().defaults(PolicyPatch::new().failure_threshold(5));
/// registry.init(config)?;
/// assert_eq!(registry.breaker("payment_api").status().policy.failure_threshold(), Some(5));
/// # Ok::<(), brama::InitError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use = "a configuration does nothing until `init` takes it"]
pub struct Config {
    defaults: PolicyPatch,
}

impl Config {
    /// A configuration that says nothing: everything is as built in.
    pub const fn new() -> Self {
        Self { defaults: PolicyPatch::new() }
    }

    /// What differs from the built-in policy for every breaker. An attribute's options and
    /// configuration of one breaker go over it, wherever they were said first.
    pub const fn defaults(mut self, patch: PolicyPatch) -> Self {
        self.defaults = patch;
        self
    }

    pub(crate) fn mistakes(&self) -> Vec<Mistake> {
        self.defaults.mistakes()
    }

    pub(crate) const fn default_patch(&self) -> PolicyPatch {
        self.defaults
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
        mistakes: Vec<Mistake>,
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
                mistakes.iter().try_for_each(|mistake| write!(f, "\n  defaults: {mistake}"))
            }
        }
    }
}

impl std::error::Error for InitError {}

/// The defaults of a registry, and the policy they make by themselves.
#[derive(Debug)]
pub(crate) struct Defaults {
    patch: PolicyPatch,
    policy: Arc<Policy>,
}

impl Defaults {
    pub(crate) fn new(patch: PolicyPatch) -> Arc<Self> {
        Arc::new(Self { patch, policy: Arc::new(patch.applied()) })
    }
}

/// What was said for one breaker, over the defaults of its registry. Later over earlier: the
/// attribute, then configuration at run time.
#[derive(Debug)]
pub(crate) struct Layers {
    defaults: Arc<Defaults>,
    site: Option<Box<PolicyPatch>>,
    configured: Option<Box<PolicyPatch>>,
}

impl Layers {
    pub(crate) const fn new(defaults: Arc<Defaults>) -> Self {
        Self { defaults, site: None, configured: None }
    }

    pub(crate) fn set_defaults(&mut self, defaults: Arc<Defaults>) {
        self.defaults = defaults;
    }

    /// Takes an attribute's options: the first met of those with one identity.
    pub(crate) fn meet_site(&mut self, patch: PolicyPatch) {
        self.site = Some(Box::new(patch));
    }

    /// Takes a patch over those before it, where they are valid together.
    pub(crate) fn configure(&mut self, patch: PolicyPatch) -> Result<(), InvalidPolicy> {
        let before = self.configured.as_deref().copied().unwrap_or_default();
        self.configured = Some(Box::new(patch.or(before).validated()?));
        Ok(())
    }

    /// What a layer names and a later one, or what is built in, sets aside.
    pub(crate) fn warnings(&self, policy: &Policy) -> Vec<String> {
        let said = [Some(&self.defaults.patch), self.site.as_deref(), self.configured.as_deref()];
        let said = || said.into_iter().flatten().rev();
        let minimum = said().find_map(PolicyPatch::named_minimum_calls);
        let window = said().find_map(PolicyPatch::named_window);
        let (in_force, calls) = (policy.window(), policy.minimum_calls());
        let minimum = minimum.filter(|named| *named != calls);
        let window = window.filter(|named| *named != in_force);
        let minimum = minimum.map(|named| {
            format!("`minimum_calls` {named} is above the window ({in_force}): {calls} is in force")
        });
        let window = window.map(|named| {
            format!("`window` ({named}) is below `minimum_calls` {calls}: {in_force} are in force")
        });
        minimum.into_iter().chain(window).collect()
    }

    /// The policy in force; shared by all breakers for which nothing was said.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        let said = [&self.site, &self.configured];
        let empty = |patch: &Option<Box<PolicyPatch>>| {
            patch.as_deref().is_none_or(|patch| *patch == PolicyPatch::new())
        };
        if said.into_iter().all(empty) {
            return Arc::clone(&self.defaults.policy);
        }
        let said = said.into_iter().flatten();
        Arc::new(said.fold(self.defaults.patch, |lower, patch| patch.over(lower)).applied())
    }
}
