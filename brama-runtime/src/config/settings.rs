//! The effective settings, each with the layer it comes from.

use std::{fmt, sync::Arc};

#[cfg(feature = "serde")]
use serde::{Serialize, Serializer};

use crate::circuit::{Policy, SettingName};

/// A layer of configuration, in ascending order: for each setting, the highest layer that contains
/// it wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize), serde(rename_all = "snake_case"))]
pub enum ConfigLayer {
    /// The built-in value, or a value that follows from another setting.
    BuiltIn,
    /// The registry's defaults, from `init`.
    Defaults,
    /// The defaults of the breaker's kind, from `init`.
    Kind,
    /// The attribute of the decorated function.
    Attribute,
    /// The connection that was passed to `register`.
    Register,
    /// The configuration of the identifier, from `init`.
    Init,
    /// The configuration of the identifier, from `configure` at run time.
    Configure,
    /// The configuration of the identifier with this key, from `init`.
    KeyInit,
    /// The configuration of the identifier with this key, from `configure` at run time.
    KeyConfigure,
}

impl ConfigLayer {
    /// Returns the name in text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BuiltIn => "built in",
            Self::Defaults => "defaults",
            Self::Kind => "defaults of the kind",
            Self::Attribute => "attribute",
            Self::Register => "register",
            Self::Init => "init",
            Self::Configure => "configure",
            Self::KeyInit => "init of the key",
            Self::KeyConfigure => "configure of the key",
        }
    }
}

impl fmt::Display for ConfigLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The layer of each setting, in the order of [`SettingName::ALL`].
pub(crate) type Origins = [ConfigLayer; SettingName::ALL.len()];

/// Every setting of a breaker, with the layer it comes from.
///
/// `Display` prints a line per setting: `failure_threshold = 3 (attribute)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    policy: Arc<Policy>,
    origins: Origins,
}

/// One effective setting, with the layer it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Setting {
    /// The name of the setting.
    pub name: SettingName,
    /// The value as text.
    pub value: String,
    /// The layer that the value comes from.
    pub layer: ConfigLayer,
}

impl Settings {
    pub(crate) const fn new(policy: Arc<Policy>, origins: Origins) -> Self {
        Self { policy, origins }
    }

    /// Iterates over the settings in the order of [`SettingName::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Setting> {
        let pairs = SettingName::ALL.into_iter().zip(self.origins);
        pairs.map(|(name, layer)| Setting { name, value: self.policy.display_value(name), layer })
    }

    /// Returns the layer that the value of this setting comes from.
    #[must_use]
    pub fn layer(&self, name: SettingName) -> ConfigLayer {
        let mut pairs = SettingName::ALL.into_iter().zip(self.origins);
        pairs.find(|(other, _)| *other == name).map_or(ConfigLayer::BuiltIn, |(_, layer)| layer)
    }
}

/// Serializes a list of [`Setting`]s in the order of [`SettingName::ALL`].
#[cfg(feature = "serde")]
impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, layer } = self;
        write!(f, "{name} = {value} ({layer})")
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, setting) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{setting}")?;
        }
        Ok(())
    }
}
