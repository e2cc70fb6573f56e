//! The settings in one table: of the defaults, a kind, a breaker or a key.

use std::collections::HashMap;

use brama_runtime::api::{PolicyPatch, status::SettingName};

use crate::{
    contents::LayerSettings,
    deserializer::value_text,
    node::{SourcePlace, Table, TableEntry},
    raw_finding::{RawFinding, RawFindings},
    setting::{read_all, read_policy},
    setting_rows::{BREAKERS, KEYS, KINDS, setting_named, without_alias},
    words::{Vocabulary, path},
};

/// Settings of a policy, with the entries that set them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Section<'a> {
    pub(crate) patch: PolicyPatch,
    pub(crate) entries: Vec<(SettingName, &'a TableEntry)>,
}

impl<'a> Section<'a> {
    /// Reads the settings of a table. Other words go to `other`, which returns whether it knows
    /// them.
    pub(crate) fn read(
        table: &'a Table,
        parts: &[&str],
        vocabulary: Vocabulary,
        mistakes: &mut RawFindings,
        mut other: impl FnMut(&'a TableEntry, &str, &mut RawFindings) -> bool,
    ) -> Self {
        let mut section = Self::default();
        let mut words = HashMap::new();
        for entry in table {
            let word = entry.word();
            let word = without_alias(&word);
            let parts = || [parts, &[entry.key.as_str()]].concat();
            if let Some(first) = words.insert(word.to_owned(), entry) {
                mistakes.add_with(|| twice(first, entry, &parts()));
            } else if let Some(name) = setting_named(word) {
                section.entries.push((name, entry));
            } else if !other(entry, word, mistakes) {
                mistakes.add_with(|| unknown(entry, &parts(), vocabulary));
            }
        }
        section.read_patch(parts, mistakes);
        section
    }

    /// Reads the settings of a table that has nothing else.
    pub(crate) fn of(entry: &'a TableEntry, parts: &[&str], mistakes: &mut RawFindings) -> Self {
        let Some(table) = table(entry, parts, mistakes) else { return Self::default() };
        Self::read(table, parts, Vocabulary::Policy, mistakes, |_, _, _| false)
    }

    /// Reads all settings at once or, if that fails, one by one, so that each mistake is found.
    fn read_patch(&mut self, parts: &[&str], mistakes: &mut RawFindings) {
        if let Some(patch) = read_all(&self.entries) {
            self.patch = patch;
            return;
        }
        let patch = &mut self.patch;
        self.entries.retain(|(name, entry)| {
            let parts = [parts, &[entry.key.as_str()]].concat();
            let read = read_policy(*name, entry, &parts);
            let is_valid = read.is_ok();
            match read {
                Ok(setting) => *patch = patch.or(setting),
                Err(mistake) => mistakes.add(mistake),
            }
            is_valid
        });
        self.check_over(self, parts, mistakes);
    }

    /// The settings with their places.
    pub(crate) fn layer(&self, path: String) -> LayerSettings {
        let entries = self.entries.iter();
        let places = entries.map(|(name, entry)| (*name, entry.node.place.clone())).collect();
        LayerSettings { path, patch: self.patch, places }
    }

    /// The place of a setting.
    pub(crate) fn place(&self, name: SettingName) -> Option<&'a SourcePlace> {
        self.entry(name).map(|entry| &entry.node.place)
    }

    fn entry(&self, name: SettingName) -> Option<&'a TableEntry> {
        self.entries.iter().find(|(other, _)| *other == name).map(|(_, entry)| *entry)
    }

    /// These settings, and those of `lower` that they do not set.
    pub(crate) fn over(&self, lower: &Self) -> Self {
        let inherited = lower.entries.iter().filter(|(name, _)| !self.patch.sets(*name));
        let entries = self.entries.iter().chain(inherited).copied().collect();
        Self { patch: self.patch.or(lower.patch), entries }
    }

    /// Reports settings that are valid alone and contradict each other, if one of them is set in
    /// `own`.
    pub(crate) fn check_over(&self, own: &Self, parts: &[&str], mistakes: &mut RawFindings) {
        for broken in self.patch.mistakes() {
            let name = broken.name();
            let other = self.contradicting(name);
            let is_own = [Some(name), other].into_iter().flatten().any(|it| own.patch.sets(it));
            let place = self.place(name).cloned().unwrap_or(SourcePlace::Whole);
            if is_own {
                let parts = [parts, &[name.as_str()]].concat();
                let mistake = RawFinding::new(place, path(&parts), broken.to_string());
                let other = other.and_then(|other| Some((other, self.place(other)?)));
                mistakes.add(match other {
                    Some((other, place)) => {
                        mistake.note(place.clone(), format!("`{other}` is set here"))
                    }
                    None => mistake,
                });
            }
        }
    }

    /// The setting without which `name` would be valid.
    fn contradicting(&self, name: SettingName) -> Option<SettingName> {
        let others = self.entries.iter().filter(|(other, _)| *other != name);
        let mut others = others.map(|(other, _)| *other);
        others.find(|other| {
            let patch = self.without(*other);
            patch.mistakes().iter().all(|mistake| mistake.name() != name)
        })
    }

    /// The patch without a setting.
    fn without(&self, name: SettingName) -> PolicyPatch {
        let others = self.entries.iter().filter(|(other, _)| *other != name);
        let patches = others.filter_map(|(other, entry)| read_policy(*other, entry, &[]).ok());
        patches.fold(PolicyPatch::new(), PolicyPatch::or)
    }
}

/// The table that an entry should be.
pub(crate) fn table<'a>(
    entry: &'a TableEntry,
    parts: &[&str],
    mistakes: &mut RawFindings,
) -> Option<&'a Table> {
    let table = entry.node.as_table();
    if table.is_none() {
        mistakes.add_with(|| {
            let (path, found) = (path(parts), value_text(&entry.node));
            if 1 < parts.len() && setting_named(&entry.word()).is_some() {
                return outside(entry, parts);
            }
            let place = entry.node.place.clone();
            let message = format!("`{path}` is {found}, must be a table");
            RawFinding::new(place, path.clone(), message).help(format!("write `[{path}]`"))
        });
    }
    table
}

/// A setting that stands where the name of a breaker, a kind or a key is expected.
fn outside(entry: &TableEntry, parts: &[&str]) -> RawFinding {
    let name = entry.word();
    let message = format!("`{name}` is a setting, and must be in a table with a name");
    let mistake = RawFinding::new(entry.key_place.clone(), path(parts), message);
    mistake.help(match parts {
        [BREAKERS, breaker, KEYS, ..] => {
            let breaker = path(&[BREAKERS, breaker]);
            format!("put it into `[{breaker}.keys.KEY]`, with a key, or into `[{breaker}]`")
        }
        [KINDS, ..] => {
            "put it into `[kinds.NAME]`, with the name of a kind, or into `[defaults]`".to_owned()
        }
        _ => "put it into `[breakers.NAME]`, with the name of a breaker, or into `[defaults]`"
            .to_owned(),
    })
}

/// The header with a name that has dots, if a table stands where a setting is expected:
/// `[breakers.10.0.0.7]`.
fn with_quotes(entry: &TableEntry, parts: &[&str]) -> Option<String> {
    let names = match parts {
        [BREAKERS, _, KEYS, _, ..] => 3,
        [BREAKERS | KINDS, _, ..] => 1,
        _ => return None,
    };
    let (tables, name) = parts.split_at_checked(names)?;
    let (mut name, mut inner) = (name.join("."), entry.node.as_table()?);
    while let [TableEntry { key, node, .. }] = inner.as_slice()
        && let Some(table) = node.as_table()
        && name.len() + key.len() < MAX_NAME
    {
        name = format!("{name}.{key}");
        inner = table;
    }
    let header = path(&[tables, &[&name]].concat());
    Some(format!("write a name that has dots in quotes: `[{header}]`"))
}

/// In bytes, of a name in a help text.
const MAX_NAME: usize = 64;

/// A word that stands twice in a table, in two spellings.
pub(crate) fn twice(first: &TableEntry, second: &TableEntry, parts: &[&str]) -> RawFinding {
    let (mut places, name) = ([&first.key_place, &second.key_place], path(&[&second.key]));
    places.sort_unstable();
    let message = format!("`{name}` is given twice, as `{}` too", path(&[&first.key]));
    let mistake = RawFinding::new(places[1].clone(), path(parts), message);
    mistake.note(places[0].clone(), "the first one is here").help("remove one of the two")
}

/// A word that the table does not know.
pub(crate) fn unknown(entry: &TableEntry, parts: &[&str], vocabulary: Vocabulary) -> RawFinding {
    let kind = match vocabulary {
        Vocabulary::File => "not a table of a configuration file",
        Vocabulary::Registry => "not a setting of the registry",
        Vocabulary::Policy | Vocabulary::Breaker => "not a setting of a breaker",
        Vocabulary::Fleet => "not a setting of the fleet",
    };
    let name = path(&[&entry.key]);
    let is_outside = vocabulary == Vocabulary::File && setting_named(&entry.word()).is_some();
    let message = if is_outside {
        format!("`{name}` is outside every table")
    } else {
        format!("`{name}` is {kind}")
    };
    let mistake = RawFinding::new(entry.key_place.clone(), path(parts), message);
    let help = with_quotes(entry, parts).filter(|_| !vocabulary.is_near(&entry.key));
    mistake.help(help.unwrap_or_else(|| vocabulary.help(&entry.key, Some(&entry.node))))
}
