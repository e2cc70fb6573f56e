//! What a file says: the configuration, and where it says it.

use brama_runtime::api::{
    Config, ConnectionKind, Identity, Policy, PolicyPatch, status::SettingName,
};

use crate::node::SourcePlace;

/// What a file says.
#[derive(Debug, Clone)]
pub(crate) struct Contents {
    pub(crate) config: Config,
    pub(crate) defaults: LayerSettings,
    pub(crate) breakers: Vec<ConfiguredBreaker>,
    pub(crate) kinds: Vec<ConfiguredKind>,
}

/// The settings of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct LayerSettings {
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
        self.kinds.iter().find(|it| Some(&it.kind) == kind).map(|it| &it.settings)
    }

    /// The policy of a breaker of this kind that only the file and this attribute configure.
    pub(crate) fn policy(
        &self,
        breaker: &ConfiguredBreaker,
        attribute: PolicyPatch,
        kind: Option<&ConnectionKind>,
    ) -> Option<Policy> {
        let kind = self.kind(kind).map_or_else(PolicyPatch::new, |settings| settings.patch);
        let patch = breaker.with_identifier.layered_over(attribute);
        patch.layered_over(kind).layered_over(self.defaults.patch).policy().ok()
    }
}

/// An identity that the file configures, for warnings about the code that uses it.
#[derive(Debug, Clone)]
pub(crate) struct ConfiguredBreaker {
    pub(crate) identity: Identity<'static>,
    pub(crate) place: SourcePlace,
    pub(crate) path: String,
    /// Whether another table inherits from this one.
    pub(crate) is_parent: bool,
    pub(crate) settings: LayerSettings,
    /// For a key, its patch over the one of its identifier.
    pub(crate) with_identifier: PolicyPatch,
}
