//! The effective settings, each with the layer it comes from.

use std::{fmt, sync::Arc};

#[cfg(feature = "serde")]
use serde::{Serialize, Serializer};

use super::{EffectivePolicy, origin::ConfigLayer};
use crate::circuit::SettingName;

/// Every setting of a breaker: its value, the layer it comes from, and what every layer sets.
///
/// `Display` prints a line per setting: `failure_threshold = 3 (attribute)`, and if other layers
/// set it too, `failure_threshold = 6 (configure, over 3 from attribute)`.
#[derive(Clone)]
pub struct Settings(Arc<EffectivePolicy>);

/// One effective setting.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Setting {
    /// The name of the setting.
    pub name: SettingName,
    /// The value as text, with durations as in configuration: `1m 30s`.
    pub value: String,
    /// The layer that the value comes from.
    pub layer: ConfigLayer,
    /// What each layer sets, from the highest down. A layer that does not set it is missing, and so
    /// are the built-in values. The first one applies, unless it contradicts another setting of a
    /// higher layer: see [`Status::warnings`](crate::status::Status::warnings).
    pub layers: Vec<LayerValue>,
}

/// The value that one layer of configuration sets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct LayerValue {
    /// The layer.
    pub layer: ConfigLayer,
    /// The value as text.
    pub value: String,
}

impl EffectivePolicy {
    pub(crate) fn settings(self: &Arc<Self>) -> Settings {
        Settings(Arc::clone(self))
    }
}

impl Settings {
    /// Iterates over the settings in the order of [`SettingName::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Setting> {
        let (policy, layers) = (self.0.configured(), self.0.layers());
        let pairs = SettingName::ALL.into_iter().zip(self.0.origins());
        pairs.map(move |(name, layer)| Setting {
            name,
            value: policy.display_value(name),
            layer,
            layers: layers.values(name).map(|(layer, value)| LayerValue { layer, value }).collect(),
        })
    }

    /// Returns the layer that the value of this setting comes from.
    #[must_use]
    pub fn layer(&self, name: SettingName) -> ConfigLayer {
        let mut pairs = SettingName::ALL.into_iter().zip(self.0.origins());
        pairs.find(|(other, _)| *other == name).map_or(ConfigLayer::BuiltIn, |(_, layer)| layer)
    }
}

impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.iter().eq(other.iter())
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
        let Self { name, value, layer, layers } = self;
        write!(f, "{name} = {value} ({layer}")?;
        let others = layers.iter().filter(|other| other.layer != *layer);
        for (place, LayerValue { layer, value }) in others.enumerate() {
            let separator = if place == 0 { ", over " } else { ", " };
            write!(f, "{separator}{value} from {layer}")?;
        }
        f.write_str(")")
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

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|setting| setting.to_string())).finish()
    }
}
