//! The reader: from the tree of values to a configuration.

use brama_runtime::api::{Config, ConnectionKind, Identity, PolicyPatch, status::SettingName};

use crate::{
    breakers::{self, BreakerSection, NamedSection},
    inherits,
    lint::lint,
    node::{SourcePlace, Table, TableEntry},
    raw_finding::{RawFinding, RawFindings},
    section::{Section, setting, table, twice, unknown},
    setting::{check_registry, read_registry},
    settings::REGISTRY,
    words::{Vocabulary, path},
};

/// What a file says.
#[derive(Debug, Clone)]
pub(crate) struct Contents {
    pub(crate) config: Config,
    pub(crate) defaults: SettingPlaces,
    pub(crate) breakers: Vec<ConfiguredBreaker>,
    pub(crate) kinds: Vec<ConfiguredKind>,
}

/// The settings of a table, each with its place.
pub(crate) type SettingPlaces = Vec<(SettingName, SourcePlace)>;

/// A kind that the file configures.
#[derive(Debug, Clone)]
pub(crate) struct ConfiguredKind {
    pub(crate) kind: ConnectionKind,
    pub(crate) place: SourcePlace,
    pub(crate) settings: SettingPlaces,
}

/// An identity that the file configures, for warnings about the code that uses it.
#[derive(Debug, Clone)]
pub(crate) struct ConfiguredBreaker {
    pub(crate) identity: Identity<'static>,
    pub(crate) place: SourcePlace,
    pub(crate) path: String,
    /// Whether another table inherits from this one.
    pub(crate) is_parent: bool,
    pub(crate) patch: PolicyPatch,
    pub(crate) settings: SettingPlaces,
}

/// Reads a tree. Without mistakes, the contents are valid.
pub(crate) fn read(root: &Table, mistakes: &mut RawFindings) -> (Contents, RawFindings) {
    let mut reader = ConfigReader::default();
    let mut seen: [Option<&TableEntry>; 4] = [None; 4];
    // Behind a header that cannot be read, settings seem to stand in no table.
    let is_broken = !mistakes.is_empty();
    for entry in root {
        let word = entry.word();
        let parts = [entry.key.as_str()];
        let tables = crate::settings::TABLES.iter().zip(&mut seen);
        let Some((_, seen)) = tables.into_iter().find(|(table, _)| **table == word) else {
            if !is_broken || setting(&word).is_none() {
                mistakes.add_with(|| unknown(entry, &parts, Vocabulary::File));
            }
            continue;
        };
        if let Some(first) = seen.replace(entry) {
            mistakes.add_with(|| twice(first, entry, &parts));
        }
    }
    let [registry, defaults, kinds, breakers] = seen;
    reader.read_registry(registry, mistakes);
    reader.defaults =
        defaults.map(|it| Section::of(it, &["defaults"], mistakes)).unwrap_or_default();
    reader.read_kinds(kinds, mistakes);
    reader.breakers = breakers.map(|it| breakers::read(it, mistakes)).unwrap_or_default();
    breakers::check_identities(&reader.breakers, mistakes);
    reader.contents(mistakes)
}

#[derive(Default)]
struct ConfigReader<'a> {
    config: Config,
    defaults: Section<'a>,
    kinds: Vec<(&'a TableEntry, Section<'a>)>,
    breakers: Vec<BreakerSection<'a>>,
}

impl<'a> ConfigReader<'a> {
    fn read_registry(&mut self, entry: Option<&'a TableEntry>, mistakes: &mut RawFindings) {
        let Some(entry) = entry else { return };
        let Some(table) = table(entry, &["registry"], mistakes) else { return };
        let mut valid: Table = Vec::new();
        for entry in table {
            let (word, parts) = (entry.word(), ["registry", entry.key.as_str()]);
            let first = table.iter().find(|other| other.word() == word);
            let row = REGISTRY.iter().find(|row| row.name == word);
            match (first, row) {
                (Some(first), _) if first.key != entry.key => {
                    mistakes.add_with(|| twice(first, entry, &parts));
                }
                (_, None) => mistakes.add_with(|| unknown(entry, &parts, Vocabulary::Registry)),
                (_, Some(row)) => match check_registry(row, entry, &parts) {
                    Ok(()) => valid.push(TableEntry { key: word, ..entry.clone() }),
                    Err(mistake) => mistakes.add(mistake),
                },
            }
        }
        match read_registry(valid) {
            Ok(config) => self.config = config,
            Err(error) => mistakes.add(RawFinding::new(
                entry.node.place.clone(),
                path(&["registry"]),
                error.to_string(),
            )),
        }
    }

    fn read_kinds(&mut self, entry: Option<&'a TableEntry>, mistakes: &mut RawFindings) {
        let table = entry.and_then(|entry| table(entry, &["kinds"], mistakes));
        for entry in table.into_iter().flatten() {
            let settings = Section::of(entry, &["kinds", &entry.key], mistakes);
            self.kinds.push((entry, settings));
        }
    }

    fn contents(mut self, mistakes: &mut RawFindings) -> (Contents, RawFindings) {
        let parents = inherits::resolve(&mut self.breakers, mistakes);
        let (mut warnings, defaults) = (RawFindings::default(), self.defaults.patch);
        lint(&self.defaults, &PolicyPatch::new(), "defaults", &mut warnings);
        let mut config = self.config.defaults(defaults);
        let mut kinds = Vec::new();
        for (entry, settings) in &self.kinds {
            lint(settings, &defaults, &path(&["kinds", &entry.key]), &mut warnings);
            let kind = ConnectionKind::from(entry.key.clone());
            config = config.kind_defaults(kind.clone(), settings.patch);
            let place = entry.key_place.clone();
            kinds.push(ConfiguredKind { kind, place, settings: settings.places() });
        }
        let mut configured = Vec::new();
        for entry in &self.breakers {
            let is_parent = parents.contains(entry.name);
            for section in entry.sections() {
                lint(section.settings, &defaults, &section.path, &mut warnings);
                config = config.configure(section.identity.clone(), section.settings.patch);
                configured.push(ConfiguredBreaker::new(section, is_parent));
            }
        }
        let defaults = self.defaults.places();
        let contents = Contents { config, defaults, breakers: configured, kinds };
        (contents, warnings)
    }
}

impl ConfiguredBreaker {
    fn new(section: NamedSection<'_>, is_parent: bool) -> Self {
        let NamedSection { identity, place, path, settings } = section;
        let (patch, settings) = (settings.patch, settings.places());
        Self { identity, place: place.clone(), path, is_parent, patch, settings }
    }
}
