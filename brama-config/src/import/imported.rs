//! The result of an import.

use std::{collections::BTreeMap, error::Error};

use brama_runtime::api::{Config, Policy, PolicyPatch};
use serde::Deserialize;
use toml::{Table, Value};

use super::{log::ImportLog, note::ImportNote, toml_text::text};
use crate::{errors::ConfigErrors, loaded::Loaded, source::Source};

/// A configuration that was made from a file of another circuit breaker.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Imported {
    /// The configuration. Defaults of the other library that differ from ours are written out.
    pub config: Config,
    /// What brama cannot express exactly, in the order of the file; what concerns the whole file is
    /// first. At most 500 are kept, and one more tells how many are omitted.
    pub notes: Vec<ImportNote>,
    toml: String,
}

impl Imported {
    /// Returns the configuration as a file in TOML. Reading it returns the same configuration.
    #[must_use]
    pub fn toml(&self) -> &str {
        &self.toml
    }
}

/// What an importer found.
#[derive(Debug, Default)]
pub(super) struct ImportedSettings {
    pub(super) defaults: PolicyPatch,
    /// Each identifier with all its settings.
    pub(super) breakers: BTreeMap<String, PolicyPatch>,
    /// Whether all breakers only observe.
    pub(super) shadow: bool,
}

impl ImportedSettings {
    /// The result, if there is no mistake.
    pub(super) fn finished(
        self,
        log: ImportLog,
        source: &Source,
    ) -> Result<Imported, ConfigErrors> {
        if !log.mistakes.is_empty() {
            return Err(ConfigErrors::new(log.mistakes, source));
        }
        let toml = self.toml().map_err(|error| {
            let message = format!("the configuration cannot be written as TOML: {error}");
            ConfigErrors::unreadable(&source.name, message, None)
        })?;
        // The reader has the last word, as it will have for whoever saves the text.
        let config = if toml.is_empty() {
            Config::new()
        } else {
            Loaded::parse_toml(&toml, "the imported configuration")?.into_config()
        };
        let notes = log.into_notes().into_iter().map(|raw| ImportNote::new(raw, source)).collect();
        Ok(Imported { config, notes, toml })
    }

    fn toml(self) -> Result<String, Box<dyn Error>> {
        let defaults = self.defaults;
        let set = Table::try_from(defaults)?;
        let built_in = Table::try_from(Policy::default())?;
        let mut config = Config::new().defaults(defaults).shadow(self.shadow);
        for (identifier, patch) in self.breakers {
            config = config.configure(identifier, difference(patch, &set, &built_in)?);
        }
        Ok(text(&config)?)
    }
}

/// The settings of a patch that differ from the defaults. A setting that only the defaults have
/// becomes the built-in value.
fn difference(
    patch: PolicyPatch,
    defaults: &Table,
    built_in: &Table,
) -> Result<PolicyPatch, Box<dyn Error>> {
    let mut own = Table::try_from(patch)?;
    let unset = defaults.keys().filter(|name| !own.contains_key(*name));
    let unset: Vec<_> = unset.filter_map(|name| built_in.get_key_value(name)).collect();
    own.retain(|name, value| defaults.get(name) != Some(value));
    own.extend(unset.into_iter().map(|(name, value)| (name.clone(), value.clone())));
    Ok(PolicyPatch::deserialize(Value::Table(own))?)
}
