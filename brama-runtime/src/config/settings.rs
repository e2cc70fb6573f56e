//! The settings in force, each with the layer that it came from.

use std::{fmt, sync::Arc};

#[cfg(feature = "serde")]
use serde::{Serialize, Serializer};

use crate::circuit::{Policy, SettingName};

/// Where a setting was cache_key. The later of two layers wins, setting by setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize), serde(rename_all = "snake_case"))]
pub enum ConfigLayer {
    /// Nowhere: it is as built in, or follows from another setting.
    BuiltIn,
    /// The registry's defaults, from `init`.
    Defaults,
    /// The defaults of its kind, from `init`.
    Kind,
    /// The attribute of the function.
    Attribute,
    /// `register`.
    Register,
    /// The configuration of the identifier, from `init`.
    Init,
    /// The configuration of the identifier, by `configure` at run time.
    Configure,
    /// The configuration of the identifier with this key, from `init`.
    KeyInit,
    /// The configuration of the identifier with this key, by `configure` at run time.
    KeyConfigure,
}

impl ConfigLayer {
    /// The name in text.
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

/// Every setting of a breaker, with the layer that it came from.
///
/// `Display` writes a line each: `failure_threshold = 3 (attribute)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    policy: Arc<Policy>,
    origins: Origins,
}

/// One setting in force.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Setting {
    /// Which.
    pub name: SettingName,
    /// The value, in words.
    pub value: String,
    /// Where it was cache_key.
    pub layer: ConfigLayer,
}

impl Settings {
    pub(crate) const fn new(policy: Arc<Policy>, origins: Origins) -> Self {
        Self { policy, origins }
    }

    /// Every setting, in the order of [`SettingName::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Setting> {
        let pairs = SettingName::ALL.into_iter().zip(self.origins);
        pairs.map(|(name, layer)| Setting { name, value: self.policy.display_value(name), layer })
    }

    /// The layer that the value of the setting `name` came from.
    #[must_use]
    pub fn layer(&self, name: SettingName) -> ConfigLayer {
        let mut pairs = SettingName::ALL.into_iter().zip(self.origins);
        pairs.find(|(other, _)| *other == name).map_or(ConfigLayer::BuiltIn, |(_, layer)| layer)
    }
}

/// A list of them, in the order of [`SettingName::ALL`].
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
        for (place, setting) in self.iter().enumerate() {
            let separator = if place == 0 { "" } else { "\n" };
            write!(f, "{separator}{setting}")?;
        }
        Ok(())
    }
}
