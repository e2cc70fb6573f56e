//! What a file says: the configuration, and where it says it.

use std::{collections::HashSet, sync::Arc};

use brama_runtime::api::{
    Config, ConnectionKind, Identity, Policy, PolicyPatch, status::SettingName,
};

#[cfg(feature = "fleet")]
use crate::fleet_section::FleetSection;
use crate::node::SourcePlace;

/// What a file says.
#[derive(Debug, Clone)]
pub(crate) struct Contents {
    pub(crate) config: Config,
    pub(crate) defaults: LayerSettings,
    pub(crate) breakers: Vec<ConfiguredBreaker>,
    pub(crate) kinds: Vec<ConfiguredKind>,
    #[cfg(feature = "fleet")]
    pub(crate) fleet: Option<FleetSection>,
}

/// The settings of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct LayerSettings {
    pub(crate) path: String,
    pub(crate) patch: PolicyPatch,
    pub(crate) places: Vec<(SettingName, SourcePlace)>,
}

impl LayerSettings {
    pub(crate) fn place(&self, setting: SettingName) -> Option<&SourcePlace> {
        self.places.iter().find(|(name, _)| *name == setting).map(|(_, place)| place)
    }
}

/// A kind that the file configures.
#[derive(Debug, Clone)]
pub(crate) struct ConfiguredKind {
    pub(crate) kind: ConnectionKind,
    pub(crate) place: SourcePlace,
    pub(crate) settings: LayerSettings,
}

impl Contents {
    /// The settings of a kind, if the file has them.
    pub(crate) fn kind(&self, kind: Option<&ConnectionKind>) -> Option<&LayerSettings> {
        let kind = kind?;
        self.kinds.iter().find(|it| it.kind == *kind).map(|it| &it.settings)
    }

    /// The settings that a kind sets.
    pub(crate) fn set_by_kinds(&self) -> HashSet<SettingName> {
        let set = self.kinds.iter().flat_map(|kind| &kind.settings.places);
        set.map(|(name, _)| *name).collect()
    }

    /// The policy of a breaker of this kind that only the file and this attribute configure.
    pub(crate) fn policy(
        &self,
        breaker: &ConfiguredBreaker,
        attribute: PolicyPatch,
        kind: Option<&ConnectionKind>,
    ) -> Option<Policy> {
        let kind = self.kind(kind).map_or_else(PolicyPatch::new, |settings| settings.patch);
        let patch = breaker.patch().layered_over(attribute);
        effective(patch.layered_over(kind).layered_over(self.defaults.patch))
    }
}

/// An identity that the file configures, for warnings about the code that uses it.
#[derive(Debug, Clone)]
pub(crate) struct ConfiguredBreaker {
    pub(crate) identity: Identity<'static>,
    pub(crate) place: SourcePlace,
    /// Whether another table inherits from this one.
    pub(crate) is_parent: bool,
    pub(crate) settings: LayerSettings,
    /// For a key, the settings of its identifier.
    pub(crate) of_identifier: Option<Arc<LayerSettings>>,
}

impl ConfiguredBreaker {
    /// The settings, with those of the identifier below those of a key.
    pub(crate) fn patch(&self) -> PolicyPatch {
        let lower = self.of_identifier.as_ref().map_or_else(PolicyPatch::new, |it| it.patch);
        self.settings.patch.layered_over(lower)
    }
}

/// The policy of a patch. A number of calls above the built-in window does not apply.
pub(crate) fn effective(patch: PolicyPatch) -> Option<Policy> {
    let built_in = PolicyPatch::new().window(Policy::DEFAULT.window());
    patch.policy().or_else(|_| built_in.layered_over(patch).policy()).ok()
}
