//! The serialized form of a configuration: the shape of a file.
//!
//! ```toml
//! [registry]
//! max_keys = 1000
//!
//! [defaults]
//! failure_threshold = 5
//!
//! [kinds.http]
//! timeout = "5s"
//!
//! [breakers.payment_api]
//! failure_threshold = 3
//! keys."10.0.0.7" = { expiry = "10s" }
//!
//! [breakers.payment_eu]
//! identifier = "payment_api"
//! scope = "eu"
//! inherits = "payment_api"
//! ```

mod inherits;
mod names;
mod registry;
mod table;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use self::{
    names::named_entries,
    registry::RegistrySettings,
    table::{BreakerTable, PatchTable},
};
use super::Config;
use crate::{
    circuit::PolicyPatch, connection::ConnectionKind, identity::Identity, text::ShortErrors,
};

/// A configuration as it is written. Each table may be missing.
#[derive(Deserialize)]
#[serde(rename = "Config", default, deny_unknown_fields)]
#[derive(Default)]
struct WrittenConfig {
    registry: RegistrySettings,
    defaults: PatchTable,
    kinds: BTreeMap<String, PatchTable>,
    breakers: BTreeMap<String, BreakerTable>,
}

/// Kinds and identities with their patches, for formats without names.
type ConfigTuple<N> = (RegistrySettings, PolicyPatch, Vec<(N, PolicyPatch)>, IdentityPatches);

type IdentityPatches = Vec<(Identity<'static>, PolicyPatch)>;

/// Writes the shape of a file, with all settings of the registry and without empty tables.
impl Serialize for Config {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let registry = RegistrySettings::of(self);
        if serializer.is_human_readable() {
            return named_entries(self, registry).serialize(serializer);
        }
        let kinds = self.kinds.iter().map(|(kind, patch)| (kind.as_str(), *patch)).collect();
        let breakers = self.breakers.iter().map(|(name, patch)| (name.clone(), *patch)).collect();
        let positional: ConfigTuple<&str> = (registry, self.defaults, kinds, breakers);
        positional.serialize(serializer)
    }
}

/// Resolves `inherits`, and rejects values outside their limits.
impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let config = ShortErrors::read(deserializer, |deserializer| {
            if deserializer.is_human_readable() {
                let written = WrittenConfig::deserialize(deserializer)?;
                written.into_config().map_err(Error::custom)
            } else {
                ConfigTuple::<String>::deserialize(deserializer).map(of_positional)
            }
        })?;
        match config.mistakes().first() {
            None => Ok(config),
            Some(mistake) => Err(D::Error::custom(mistake)),
        }
    }
}

fn of_positional((registry, defaults, kinds, breakers): ConfigTuple<String>) -> Config {
    let mut config = registry.config().defaults(defaults);
    config.kinds = kinds.into_iter().map(|(kind, patch)| (kind.into(), patch)).collect();
    config.breakers = breakers.into_iter().collect();
    config
}

impl WrittenConfig {
    fn into_config(self) -> Result<Config, String> {
        let Self { registry, defaults, kinds, breakers } = self;
        let mut config = registry.config().defaults(defaults.0);
        for (kind, PatchTable(patch)) in kinds {
            config = config.kind_defaults(ConnectionKind::from(kind), patch);
        }
        let patches = inherits::resolved(&breakers)?;
        for ((name, entry), patch) in breakers.iter().zip(patches) {
            for (identity, patch) in entry.patches(name, patch) {
                if config.breakers.contains_key(&identity) {
                    return Err(format!("`{identity}` has two entries: remove one"));
                }
                config = config.configure(identity, patch);
            }
        }
        Ok(config)
    }
}
