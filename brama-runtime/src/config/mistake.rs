//! The mistakes in a configuration.

use std::fmt;

use super::Config;
use crate::{
    circuit::{InvalidSetting, PolicyPatch},
    error::{InvalidLength, NoThread},
};

/// A mistake in a configuration, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigMistake {
    place: String,
    kind: MistakeKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum MistakeKind {
    Setting(InvalidSetting),
    Duration(InvalidLength),
}

impl ConfigMistake {
    /// Every mistake in a patch.
    pub(super) fn in_patch(place: String, patch: &PolicyPatch) -> impl Iterator<Item = Self> {
        let mistakes = patch.mistakes().into_iter();
        mistakes.map(move |it| Self { place: place.clone(), kind: MistakeKind::Setting(it) })
    }

    pub(super) fn in_duration(place: &str, mistake: InvalidLength) -> Self {
        Self { place: place.to_owned(), kind: MistakeKind::Duration(mistake) }
    }

    /// Returns the place: `defaults`, `kind http`, the identity of a breaker, or the name of a
    /// setting of the registry.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong, without the place.
    pub(crate) fn message(&self) -> String {
        match &self.kind {
            MistakeKind::Setting(mistake) => mistake.to_string(),
            MistakeKind::Duration(mistake) => mistake.to_string(),
        }
    }

    /// Returns the invalid setting of a policy; `None` if the mistake is in a setting of the
    /// registry.
    #[must_use]
    pub const fn mistake(&self) -> Option<&InvalidSetting> {
        match &self.kind {
            MistakeKind::Setting(mistake) => Some(mistake),
            MistakeKind::Duration(_) => None,
        }
    }
}

impl fmt::Display for ConfigMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message())
    }
}

/// The error of [`Registry::init`](crate::registry::Registry::init). It hands the configuration
/// back.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum InitError {
    /// The registry was initialized before.
    Already(Config),
    /// The configuration has mistakes.
    Invalid {
        /// The rejected configuration.
        config: Config,
        /// Every mistake, at least one.
        mistakes: Vec<ConfigMistake>,
    },
    /// The system could not start the thread of the cleanup. `init` can be called again, with a
    /// [`cleanup_interval`](Config::cleanup_interval) of `None`.
    NoThread {
        /// The rejected configuration.
        config: Config,
        /// The error of the system.
        error: NoThread,
    },
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Already(_) => {
                f.write_str("this registry is configured already; configure it once")
            }
            Self::Invalid { mistakes, .. } => list(mistakes, f),
            Self::NoThread { error, .. } => error.fmt(f),
        }
    }
}

impl std::error::Error for InitError {}

/// The error of [`Registry::reload`](crate::registry::Registry::reload): the configuration has
/// mistakes. It hands the configuration back.
#[derive(Debug, Clone, PartialEq)]
pub struct InvalidConfig {
    config: Box<Config>,
    mistakes: Vec<ConfigMistake>,
}

impl InvalidConfig {
    pub(crate) fn new(config: Config, mistakes: Vec<ConfigMistake>) -> Self {
        Self { config: Box::new(config), mistakes }
    }

    /// Returns every mistake, at least one.
    #[must_use]
    pub fn mistakes(&self) -> &[ConfigMistake] {
        &self.mistakes
    }

    /// Returns the rejected configuration.
    pub fn into_config(self) -> Config {
        *self.config
    }
}

impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(&self.mistakes, f)
    }
}

impl std::error::Error for InvalidConfig {}

fn list(mistakes: &[ConfigMistake], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("invalid configuration")?;
    mistakes.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
}
