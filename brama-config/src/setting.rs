//! One setting of a table, read by the runtime's own rules.

use std::iter;

use brama_runtime::api::{Config, PolicyPatch, status::SettingName};
use serde::{Deserialize, de::value::MapDeserializer};

use crate::{
    deserializer::{NodeReader, ReadError, ReadErrorKind, shown},
    node::{Node, NodeValue, SourcePlace, Table, TableEntry},
    raw_finding::RawFinding,
    settings::{Form, SettingRow, row},
    words::{nearest, path},
};

/// Reads a setting of a policy.
pub(crate) fn read_policy(
    name: SettingName,
    entry: &TableEntry,
    parts: &[&str],
) -> Result<PolicyPatch, RawFinding> {
    let name = name.as_str();
    let map = MapDeserializer::new(iter::once((name, NodeReader(&entry.node))));
    PolicyPatch::deserialize(map).map_err(|error| explain(name, row(name), entry, error, parts))
}

/// Reads settings of a policy; `None` if one of them is wrong.
pub(crate) fn read_all(entries: &[(SettingName, &TableEntry)]) -> Option<PolicyPatch> {
    let values = entries.iter().map(|(name, entry)| (name.as_str(), NodeReader(&entry.node)));
    PolicyPatch::deserialize(MapDeserializer::new(values)).ok()
}

/// Reads a setting of the registry, to find what is wrong with it.
pub(crate) fn check_registry(
    row: &SettingRow,
    entry: &TableEntry,
    parts: &[&str],
) -> Result<(), RawFinding> {
    let read = read_registry(vec![TableEntry { key: row.name.to_owned(), ..entry.clone() }]);
    read.map(drop).map_err(|error| explain(row.name, Some(row), entry, error, parts))
}

/// Reads the settings of the registry.
pub(crate) fn read_registry(table: Table) -> Result<Config, ReadError> {
    let node = Node::table(SourcePlace::Whole, table);
    Config::deserialize(MapDeserializer::new(iter::once(("registry", NodeReader(&node)))))
}

/// Says what is wrong with a value, and what to write.
fn explain(
    name: &str,
    row: Option<&SettingRow>,
    entry: &TableEntry,
    error: ReadError,
    parts: &[&str],
) -> RawFinding {
    let node = &entry.node;
    let is_part = error.place.as_ref().is_some_and(|place| *place != node.place);
    let part = part_at(node, error.place.as_ref().filter(|_| is_part));
    let place = error.place.filter(|_| is_part).unwrap_or_else(|| node.place.clone());
    let example = row.map(|row| format!("write `{name} = {}`", row.example));
    let mistake = |message| RawFinding::new(place.clone(), path(parts), message);
    match error.kind {
        ReadErrorKind::Custom(message) => {
            let message = message.strip_prefix("invalid policy: ").unwrap_or(&message);
            let message = message.strip_prefix(&format!("{name}: ")).unwrap_or(message);
            let is_whole = message.starts_with('`');
            let message =
                if is_whole { message.to_owned() } else { format!("`{name}`: {message}") };
            with_parts(mistake(message), node)
        }
        ReadErrorKind::Unexpected { found, expected } => {
            let form = row.filter(|_| !is_part).and_then(|row| row.form.expected());
            let found = if is_part { found } else { shown(node) };
            let (name, expected) = (part.unwrap_or(name), form.unwrap_or(&expected));
            let help = with_unit(name, node, expected).or_else(|| example.filter(|_| !is_part));
            mistake(format!("`{name}` is {found}, must be {expected}")).maybe_help(help)
        }
        ReadErrorKind::UnknownField { field, known } => {
            let similar = nearest(known.iter().copied(), &field);
            let help = similar.map(|word| format!("did you mean `{word}`?")).or(example);
            mistake(format!("`{field}` is not a part of `{name}`")).maybe_help(help)
        }
        ReadErrorKind::UnknownVariant { variant, known } if node.as_table().is_some() => {
            let similar = nearest(known.iter().copied(), &variant);
            let help = similar.map(|word| format!("did you mean `{word}`?")).or(example);
            mistake(format!("`{variant}` is not a part of `{name}`")).maybe_help(help)
        }
        ReadErrorKind::UnknownVariant { variant, known } => {
            let similar = nearest(known.iter().copied(), &variant.to_lowercase());
            let help = similar.map(|word| format!("did you mean \"{word}\"?")).or(example);
            let expected = row.and_then(|row| row.form.expected()).unwrap_or("another word");
            mistake(format!("`{name}` is {}, must be {expected}", shown(node))).maybe_help(help)
        }
        ReadErrorKind::Missing(field) => {
            mistake(format!("`{field}` is missing in `{name}`")).maybe_help(example_of(row, field))
        }
    }
}

/// The key of the part of a table at this place.
fn part_at<'a>(node: &'a Node, place: Option<&SourcePlace>) -> Option<&'a str> {
    let mut parts = node.as_table()?.iter();
    parts.find(|part| Some(&part.node.place) == place).map(|part| part.key.as_str())
}

/// A duration without a unit, with one.
fn with_unit(name: &str, node: &Node, expected: &str) -> Option<String> {
    let NodeValue::Integer(number) = node.value else { return None };
    let is_duration = expected.starts_with("a duration") && 0 < number;
    is_duration.then(|| format!("write `{name} = \"{number}s\"`, with its unit"))
}

fn example_of(row: Option<&SettingRow>, field: &str) -> Option<String> {
    let is_expiry = row.is_some_and(|row| row.form == Form::Expiry);
    is_expiry.then(|| {
        format!("add `{field}`, such as in `{{ initial = \"5s\", max = \"5m\", factor = 2.0 }}`")
    })
}

/// Points at the part of a progressive expiry that breaks a limit, and at the initial wait.
fn with_parts(mistake: RawFinding, node: &Node) -> RawFinding {
    let Some(table) = node.as_table() else { return mistake };
    let part = |name: &str| table.iter().find(|part| part.key == name);
    let limits = [("a maximum of", "max"), ("an initial wait", "initial"), ("a factor", "factor")];
    let broken = limits.iter().find(|(limit, _)| mistake.message.contains(limit));
    let Some(broken) = broken.and_then(|(_, name)| part(name)) else { return mistake };
    let place = broken.node.place.clone();
    let initial = part("initial").filter(|_| broken.key == "max");
    let mistake = RawFinding { place, ..mistake };
    match initial {
        Some(initial) => mistake.note(initial.node.place.clone(), "the initial wait is here"),
        None => mistake,
    }
}
