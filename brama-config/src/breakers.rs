//! The tables of breakers.

use std::collections::HashMap;

use brama_runtime::api::Identity;

use crate::{
    deserializer::value_text,
    node::{NodeValue, SourcePlace, TableEntry},
    raw_finding::{RawFinding, RawFindings},
    section::{Section, table},
    setting_rows::{BREAKERS, IDENTIFIER, INHERITS, KEYS, SCOPE},
    words::{Vocabulary, path},
};

/// One table of `[breakers]`.
#[derive(Debug)]
pub(crate) struct BreakerSection<'a> {
    pub(crate) name: &'a str,
    pub(crate) place: &'a SourcePlace,
    identifier: Option<&'a str>,
    scope: Option<&'a str>,
    /// The name of another table, and where it is written.
    pub(crate) inherits: Option<(&'a str, &'a SourcePlace)>,
    /// Its own settings; with inherited ones once they are resolved.
    pub(crate) settings: Section<'a>,
    pub(crate) keys: Vec<KeySection<'a>>,
}

/// The settings of one key.
#[derive(Debug)]
pub(crate) struct KeySection<'a> {
    key: &'a str,
    place: &'a SourcePlace,
    settings: Section<'a>,
}

/// An identity with its settings.
#[derive(Debug)]
pub(crate) struct NamedSection<'a> {
    pub(crate) identity: Identity<'static>,
    pub(crate) place: &'a SourcePlace,
    pub(crate) path: String,
    pub(crate) settings: &'a Section<'a>,
}

/// Reads every table of breakers.
pub(crate) fn read<'a>(
    entry: &'a TableEntry,
    mistakes: &mut RawFindings,
) -> Vec<BreakerSection<'a>> {
    let Some(table) = table(entry, &[BREAKERS], mistakes) else { return Vec::new() };
    table.iter().filter_map(|entry| BreakerSection::read(entry, mistakes)).collect()
}

impl<'a> BreakerSection<'a> {
    fn read(entry: &'a TableEntry, mistakes: &mut RawFindings) -> Option<Self> {
        let name = entry.key.as_str();
        let parts = [BREAKERS, name];
        let table = table(entry, &parts, mistakes)?;
        if name.is_empty() {
            let message = "the name of a breaker is empty".to_owned();
            mistakes.add(RawFinding::new(entry.key_place.clone(), path(&parts), message));
        }
        let (mut identifier, mut scope, mut inherits, mut keys) = (None, None, None, Vec::new());
        let other = |entry: &'a TableEntry, word: &str, mistakes: &mut RawFindings| {
            match word {
                IDENTIFIER => identifier = read_text(entry, &parts, mistakes),
                SCOPE => scope = read_text(entry, &parts, mistakes),
                INHERITS => inherits = read_text(entry, &parts, mistakes),
                KEYS => keys = read_keys(entry, &parts, mistakes),
                _ => return false,
            }
            true
        };
        let settings = Section::read(table, &parts, Vocabulary::Breaker, mistakes, other);
        let (identifier, scope) = (identifier.map(|it| it.0), scope.map(|it| it.0));
        Some(Self { name, place: &entry.key_place, identifier, scope, inherits, settings, keys })
    }

    fn identity(&self) -> Identity<'static> {
        Identity::from_parts(self.scope, self.identifier.unwrap_or(self.name), None)
    }

    /// The identities that the table names. A table that only has keys says nothing about the
    /// breaker without a key.
    pub(crate) fn sections(&'a self) -> impl Iterator<Item = NamedSection<'a>> {
        let is_named = !self.settings.entries.is_empty() || self.keys.is_empty();
        let own = is_named.then(|| NamedSection {
            identity: self.identity(),
            place: self.place,
            path: path(&[BREAKERS, self.name]),
            settings: &self.settings,
        });
        let keys = self.keys.iter().map(|key| NamedSection {
            identity: self.identity().with_key(key.key),
            place: key.place,
            path: path(&[BREAKERS, self.name, KEYS, key.key]),
            settings: &key.settings,
        });
        own.into_iter().chain(keys)
    }
}

fn read_text<'a>(
    entry: &'a TableEntry,
    parts: &[&str],
    mistakes: &mut RawFindings,
) -> Option<(&'a str, &'a SourcePlace)> {
    match &entry.node.value {
        NodeValue::Text(text) if !text.is_empty() => Some((text, &entry.node.place)),
        NodeValue::Text(_)
        | NodeValue::Null
        | NodeValue::Bool(_)
        | NodeValue::Integer(_)
        | NodeValue::Float(_)
        | NodeValue::Unsupported(_)
        | NodeValue::Array(_)
        | NodeValue::Table(_) => {
            mistakes.add_with(|| {
                let path = path(&[parts, &[&entry.key]].concat());
                let (name, found) = (entry.word(), value_text(&entry.node));
                let message = format!("`{name}` is {found}, must be a text that is not empty");
                RawFinding::new(entry.node.place.clone(), path, message)
            });
            None
        }
    }
}

fn read_keys<'a>(
    entry: &'a TableEntry,
    parts: &[&str],
    mistakes: &mut RawFindings,
) -> Vec<KeySection<'a>> {
    let parts = [parts, &[KEYS]].concat();
    let Some(keys) = table(entry, &parts, mistakes) else { return Vec::new() };
    let read = |entry: &'a TableEntry| {
        let parts = [parts.as_slice(), &[&entry.key]].concat();
        let settings = Section::of(entry, &parts, mistakes);
        KeySection { key: &entry.key, place: &entry.key_place, settings }
    };
    keys.iter().map(read).collect()
}

/// Reports two tables that name one breaker.
pub(crate) fn check_identities(entries: &[BreakerSection<'_>], mistakes: &mut RawFindings) {
    let mut first: HashMap<Identity<'static>, &BreakerSection<'_>> = HashMap::new();
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_unstable_by_key(|entry| entry.place);
    for entry in sorted {
        let identity = entry.identity();
        if let Some(first) = first.get(&identity) {
            let message = format!("two tables configure the breaker `{identity}`");
            let mistake =
                RawFinding::new(entry.place.clone(), path(&[BREAKERS, entry.name]), message);
            let mistake = mistake.note(first.place.clone(), "the other one is here");
            mistakes.add(mistake.help("merge the two, or give one of them another `scope`"));
        } else {
            first.insert(identity, entry);
        }
    }
}
