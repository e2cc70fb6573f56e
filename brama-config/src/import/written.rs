//! The result of an import: a configuration, its text, and notes.

use std::collections::BTreeMap;

use brama_runtime::api::{Config, Policy, PolicyPatch, text::Escaped};
use serde::Deserialize;
use toml::Value;

use super::{log::ImportLog, note::ImportNote};
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
        let toml = self.toml();
        // The reader has the last word, as it will have for whoever saves the text.
        let config = if toml.is_empty() {
            Config::new()
        } else {
            Loaded::parse_toml(&toml, "the imported configuration")?.into_config()
        };
        let notes = log.into_notes().into_iter().map(|raw| ImportNote::new(raw, source)).collect();
        Ok(Imported { config, notes, toml })
    }

    fn toml(self) -> String {
        let defaults = self.defaults;
        let (set, built_in) = (table(&defaults), table(&Policy::default()));
        let mut config = Config::new().defaults(defaults).shadow(self.shadow);
        for (identifier, patch) in self.breakers {
            config = config.configure(identifier, difference(patch, &set, &built_in));
        }
        text(&config)
    }
}

/// The settings of a patch that differ from the defaults. A setting that only the defaults have
/// becomes the built-in value.
fn difference(patch: PolicyPatch, defaults: &toml::Table, built_in: &toml::Table) -> PolicyPatch {
    let mut own = table(&patch);
    let unset = defaults.keys().filter(|name| !own.contains_key(*name));
    let unset: Vec<_> = unset.filter_map(|name| built_in.get_key_value(name)).collect();
    own.retain(|name, value| defaults.get(name) != Some(value));
    own.extend(unset.into_iter().map(|(name, value)| (name.clone(), value.clone())));
    PolicyPatch::deserialize(Value::Table(own)).unwrap_or(patch)
}

fn table(value: &impl serde::Serialize) -> toml::Table {
    toml::Table::try_from(value).unwrap_or_default()
}

/// The configuration as people write it: a header for each table, and one line for each setting.
fn text(config: &Config) -> String {
    let (tables, built_in) = (table(config), table(&Config::new()));
    let mut sections = Vec::new();
    for (name, value) in tables {
        match (name.as_str(), value) {
            ("registry", Value::Table(mut own)) => {
                let built_in = built_in.get("registry");
                own.retain(|name, value| built_in.and_then(|it| it.get(name)) != Some(value));
                if !own.is_empty() {
                    sections.insert(0, section("registry", &own));
                }
            }
            ("breakers" | "kinds", Value::Table(entries)) => {
                let named = entries.iter().filter_map(|(key, value)| {
                    Some(section(&format!("{name}.{}", quoted(key)), value.as_table()?))
                });
                sections.extend(named);
            }
            (_, Value::Table(settings)) => {
                sections.insert(0, section(&name, &settings));
            }
            (_, _) => {}
        }
    }
    sections.join("\n")
}

fn section(header: &str, settings: &toml::Table) -> String {
    let lines = settings.iter().map(|(name, value)| format!("{name} = {value}\n"));
    std::iter::once(format!("[{header}]\n")).chain(lines).collect()
}

/// A key of TOML, in quotes if it needs them. Hidden characters are escaped, so that whoever reads
/// the text sees them.
fn quoted(key: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    if !key.is_empty() && key.chars().all(is_bare) {
        return key.to_owned();
    }
    let letters = key.chars().map(|letter| match letter {
        '"' | '\\' => format!("\\{letter}"),
        _ if is_hidden(letter) => format!("\\U{:08X}", u32::from(letter)),
        _ => letter.to_string(),
    });
    format!("\"{}\"", letters.collect::<String>())
}

fn is_hidden(letter: char) -> bool {
    let text = letter.to_string();
    Escaped::within(MAX_ESCAPED, &text).to_string() != text
}

/// In bytes, of a character that is escaped.
const MAX_ESCAPED: usize = 12;
