//! The reader: from the tree of values to a configuration.

use std::{collections::HashMap, sync::Arc};

use brama_runtime::api::{Config, ConnectionKind};

use crate::{
    across::FileLayer,
    breakers::{self, BREAKERS, BreakerSection, NamedSection},
    contents::{ConfiguredBreaker, ConfiguredKind, Contents, LayerSettings},
    inherits,
    lint::{lint, lint_general},
    node::{Table, TableEntry},
    raw_finding::{RawFinding, RawFindings},
    section::{Section, setting, table, twice, unknown},
    setting::{check_registry, read_registry},
    settings::{REGISTRY, TABLES},
    words::{Vocabulary, nearest, path},
};

/// Reads a tree. Without mistakes, the contents are valid.
pub(crate) fn read(root: &Table, mistakes: &mut RawFindings) -> (Contents, RawFindings) {
    let mut reader = ConfigReader::default();
    let mut seen: [Option<&TableEntry>; 4] = [None; 4];
    // Behind a header that cannot be read, settings seem to stand in no table.
    let is_broken = !mistakes.is_empty();
    let mut misnamed = Vec::new();
    for entry in root {
        let word = entry.word();
        let parts = [entry.key.as_str()];
        let tables = TABLES.iter().zip(&mut seen);
        let Some((_, seen)) = tables.into_iter().find(|(table, _)| **table == word) else {
            if !is_broken || setting(&word).is_none() {
                mistakes.add_with(|| unknown(entry, &parts, Vocabulary::File));
            }
            misnamed.push((word, entry));
            continue;
        };
        if let Some(first) = seen.replace(entry) {
            mistakes.add_with(|| twice(first, entry, &parts));
        }
    }
    // The mistakes in a table whose name is misspelt are found too.
    for (word, entry) in misnamed.into_iter().filter(|(_, entry)| entry.node.as_table().is_some()) {
        let meant = nearest(TABLES.into_iter(), &word);
        let mut tables = TABLES.iter().zip(&mut seen);
        if let Some((_, seen)) = tables.find(|(table, _)| Some(**table) == meant) {
            seen.get_or_insert(entry);
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
        let (mut valid, mut words): (Table, _) = (Vec::new(), HashMap::new());
        for entry in table {
            let (word, parts) = (entry.word(), ["registry", entry.key.as_str()]);
            let row = REGISTRY.iter().find(|row| row.name == word);
            match (words.insert(word.clone(), entry), row) {
                (Some(first), _) => mistakes.add_with(|| twice(first, entry, &parts)),
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
        let kinds = self.kinds.iter().map(|(entry, _)| entry.key.as_str()).collect();
        let parents = inherits::resolve(&mut self.breakers, &kinds, mistakes);
        let (mut warnings, defaults) = (RawFindings::default(), self.defaults.patch);
        let of_defaults = self.defaults.layer("defaults".to_owned());
        lint_general(&self.defaults, &[FileLayer::Table(&of_defaults)], &mut warnings);
        let mut config = self.config.defaults(defaults);
        let mut kinds = Vec::new();
        for (entry, settings) in &self.kinds {
            let of_kind = settings.layer(path(&["kinds", &entry.key]));
            let layers = [FileLayer::Table(&of_kind), FileLayer::Table(&of_defaults)];
            lint_general(settings, &layers, &mut warnings);
            let kind = ConnectionKind::from(entry.key.clone());
            config = config.kind_defaults(kind.clone(), settings.patch);
            let place = entry.key_place.clone();
            kinds.push(ConfiguredKind { kind, place, settings: of_kind });
        }
        let mut breakers = Vec::new();
        for entry in &self.breakers {
            let is_parent = parents.contains(entry.name);
            let of_identifier = Arc::new(entry.settings.layer(path(&[BREAKERS, entry.name])));
            for section in entry.sections() {
                lint(section.settings, &defaults, &section.path, &mut warnings);
                config = config.configure(section.identity.clone(), section.settings.patch);
                breakers.push(configured(section, is_parent, &of_identifier));
            }
        }
        let contents = Contents { config, defaults: of_defaults, breakers, kinds };
        (contents, warnings)
    }
}

fn configured(
    section: NamedSection<'_>,
    is_parent: bool,
    of_identifier: &Arc<LayerSettings>,
) -> ConfiguredBreaker {
    let NamedSection { identity, place, path, settings } = section;
    let of_identifier = identity.key().map(|_| Arc::clone(of_identifier));
    let (settings, place) = (settings.layer(path), place.clone());
    ConfiguredBreaker { identity, place, is_parent, settings, of_identifier }
}
