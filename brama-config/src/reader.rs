//! The reader: from the tree of values to a configuration.

use std::{collections::HashMap, sync::Arc};

use brama_runtime::api::{Config, ConnectionKind};

use crate::{
    across::FileLayer,
    breakers::{self, BreakerSection, NamedSection},
    contents::{ConfiguredBreaker, ConfiguredKind, Contents, LayerSettings},
    inherits,
    lint::{lint, lint_general},
    node::{Table, TableEntry},
    raw_finding::{RawFinding, RawFindings},
    section::{Section, table, twice, unknown},
    setting::{check_registry, read_registry},
    setting_rows::{
        BREAKERS, DEFAULTS, FLEET, KINDS, REGISTRY, REGISTRY_ROWS, TABLES, setting_named,
    },
    words::{Vocabulary, nearest, path},
};
#[cfg(feature = "fleet")]
use crate::{fleet, fleet_section::FleetSection};

/// Reads a tree. Without mistakes, the contents are valid.
pub(crate) fn read(root: &Table, mistakes: &mut RawFindings) -> (Contents, RawFindings) {
    let mut reader = ConfigReader::default();
    let FileTables { registry, defaults, kinds, breakers, fleet } = FileTables::of(root, mistakes);
    reader.read_registry(registry, mistakes);
    #[cfg(feature = "fleet")]
    {
        reader.fleet = fleet.and_then(|it| fleet::read(it, mistakes));
    }
    #[cfg(not(feature = "fleet"))]
    if let Some(entry) = fleet {
        mistakes.add_with(|| without_fleet(entry));
    }
    reader.defaults = defaults.map(|it| Section::of(it, &[DEFAULTS], mistakes)).unwrap_or_default();
    reader.read_kinds(kinds, mistakes);
    reader.breakers = breakers.map(|it| breakers::read(it, mistakes)).unwrap_or_default();
    breakers::check_identities(&reader.breakers, mistakes);
    reader.contents(mistakes)
}

/// The entries of a file.
#[derive(Default)]
struct FileTables<'a> {
    registry: Option<&'a TableEntry>,
    defaults: Option<&'a TableEntry>,
    kinds: Option<&'a TableEntry>,
    breakers: Option<&'a TableEntry>,
    fleet: Option<&'a TableEntry>,
}

impl<'a> FileTables<'a> {
    fn of(root: &'a Table, mistakes: &mut RawFindings) -> Self {
        let (mut tables, mut misnamed) = (Self::default(), Vec::new());
        // Behind a header that cannot be read, settings seem to be outside every table.
        let is_broken = !mistakes.is_empty();
        for entry in root {
            let (word, parts) = (entry.word(), [entry.key.as_str()]);
            if let Some(table) = tables.named(&word) {
                if let Some(first) = table.replace(entry) {
                    mistakes.add_with(|| twice(first, entry, &parts));
                }
                continue;
            }
            if !is_broken || setting_named(&word).is_none() {
                mistakes.add_with(|| unknown(entry, &parts, Vocabulary::File));
            }
            misnamed.push((word, entry));
        }
        // The mistakes in a table whose name is misspelt are found too.
        misnamed.retain(|(_, entry)| entry.node.as_table().is_some());
        for (word, entry) in misnamed {
            let meant = nearest(TABLES.into_iter(), &word);
            if let Some(table) = meant.and_then(|meant| tables.named(meant)) {
                table.get_or_insert(entry);
            }
        }
        tables
    }

    /// The place for a table of this name.
    fn named(&mut self, word: &str) -> Option<&mut Option<&'a TableEntry>> {
        match word {
            REGISTRY => Some(&mut self.registry),
            DEFAULTS => Some(&mut self.defaults),
            KINDS => Some(&mut self.kinds),
            BREAKERS => Some(&mut self.breakers),
            FLEET => Some(&mut self.fleet),
            _ => None,
        }
    }
}

#[derive(Default)]
struct ConfigReader<'a> {
    config: Config,
    defaults: Section<'a>,
    kinds: Vec<(&'a TableEntry, Section<'a>)>,
    breakers: Vec<BreakerSection<'a>>,
    #[cfg(feature = "fleet")]
    fleet: Option<FleetSection>,
}

impl<'a> ConfigReader<'a> {
    fn read_registry(&mut self, entry: Option<&'a TableEntry>, mistakes: &mut RawFindings) {
        let Some(entry) = entry else { return };
        let Some(table) = table(entry, &[REGISTRY], mistakes) else { return };
        let (mut valid, mut words): (Table, _) = (Vec::new(), HashMap::new());
        for entry in table {
            let (word, parts) = (entry.word(), [REGISTRY, entry.key.as_str()]);
            let row = REGISTRY_ROWS.iter().find(|row| row.name == word);
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
                path(&[REGISTRY]),
                error.to_string(),
            )),
        }
    }

    fn read_kinds(&mut self, entry: Option<&'a TableEntry>, mistakes: &mut RawFindings) {
        let table = entry.and_then(|entry| table(entry, &[KINDS], mistakes));
        for entry in table.into_iter().flatten() {
            let settings = Section::of(entry, &[KINDS, &entry.key], mistakes);
            self.kinds.push((entry, settings));
        }
    }

    fn contents(mut self, mistakes: &mut RawFindings) -> (Contents, RawFindings) {
        let kinds = self.kinds.iter().map(|(entry, _)| entry.key.as_str()).collect();
        let parents = inherits::resolve(&mut self.breakers, &kinds, mistakes);
        let (mut warnings, defaults) = (RawFindings::default(), self.defaults.patch);
        let of_defaults = self.defaults.layer(DEFAULTS.to_owned());
        lint_general(&self.defaults, &[FileLayer::Table(&of_defaults)], &mut warnings);
        let mut config = self.config.defaults(defaults);
        let mut kinds = Vec::new();
        for (entry, settings) in &self.kinds {
            let of_kind = settings.layer(path(&[KINDS, &entry.key]));
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
        #[cfg(feature = "fleet")]
        if let Some(fleet) = &self.fleet {
            fleet.lint(&mut warnings);
        }
        let contents = Contents {
            config,
            defaults: of_defaults,
            breakers,
            kinds,
            #[cfg(feature = "fleet")]
            fleet: self.fleet,
        };
        (contents, warnings)
    }
}

/// The table of a program without the feature: it must not be ignored in silence.
#[cfg(not(feature = "fleet"))]
fn without_fleet(entry: &TableEntry) -> RawFinding {
    let message = "the table [fleet] needs the feature `fleet` of `brama`".to_owned();
    let mistake = RawFinding::new(entry.key_place.clone(), path(&[FLEET]), message);
    mistake.help("add \"fleet\" to the features of `brama` in Cargo.toml")
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
