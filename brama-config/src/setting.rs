//! One setting of a table, read by the runtime's own rules.

use std::iter;

use brama_runtime::api::{Config, PolicyPatch, status::SettingName};
use serde::{Deserialize, de::value::MapDeserializer};

use crate::{
    advice::{is_foreign_duration, is_off, meant, meant_of_part, number},
    deserializer::{NodeReader, ReadError, ReadErrorKind, value_text},
    node::{Node, NodeValue, SourcePlace, Table, TableEntry},
    parts,
    raw_finding::RawFinding,
    setting_rows::{Form, REGISTRY, SettingRow, policy_row},
    words::{did_you_mean, nearest, path},
};

/// Reads a setting of a policy.
pub(crate) fn read_policy(
    name: SettingName,
    entry: &TableEntry,
    parts: &[&str],
) -> Result<PolicyPatch, RawFinding> {
    let name = name.as_str();
    let map = MapDeserializer::new(iter::once((name, NodeReader(&entry.node))));
    PolicyPatch::deserialize(map)
        .map_err(|error| explain(name, policy_row(name), entry, error, parts))
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
    Config::deserialize(MapDeserializer::new(iter::once((REGISTRY, NodeReader(&node)))))
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
    let place = error.place.filter(|place| *place != node.place);
    let part = part_at(node, place.as_ref());
    let place = place.unwrap_or_else(|| node.place.clone());
    let wrong = WrongValue { name, row, node, part, place, path: path(parts) };
    match error.kind {
        ReadErrorKind::Custom(message) => wrong.custom(&message),
        ReadErrorKind::Unexpected { found, expected } => wrong.unexpected(found, &expected),
        ReadErrorKind::UnknownField { field, known } => wrong.unknown_part(&field, known),
        ReadErrorKind::UnknownVariant { variant, known } if node.as_table().is_some() => {
            wrong.unknown_part(&variant, known)
        }
        ReadErrorKind::UnknownVariant { variant, known } => wrong.unknown_word(&variant, known),
        ReadErrorKind::Missing(field) => {
            let mistake = wrong.mistake(format!("`{field}` is missing in `{name}`"));
            mistake.maybe_help(example_of(row, field))
        }
    }
}

/// A value that a setting does not accept.
struct WrongValue<'a> {
    name: &'a str,
    row: Option<&'a SettingRow>,
    node: &'a Node,
    /// The part of the value that is wrong, if it is a table.
    part: Option<(&'a str, &'a Node)>,
    place: SourcePlace,
    path: String,
}

impl WrongValue<'_> {
    fn mistake(&self, message: String) -> RawFinding {
        RawFinding::new(self.place.clone(), self.path.clone(), message)
    }

    /// Whether only a part of the value is wrong.
    fn is_part(&self) -> bool {
        self.place != self.node.place
    }

    fn form(&self) -> Option<Form> {
        self.row.map(|row| row.form)
    }

    /// The value that was probably meant.
    fn meant(&self) -> Option<String> {
        let (name, value) = match self.part {
            Some((part, node)) => (part, meant_of_part(part, node)?),
            None => (self.name, meant(self.form()?, self.node)?),
        };
        Some(format!("write `{name} = {value}`"))
    }

    /// A limit is broken, or a text is not what it should be.
    fn custom(&self, message: &str) -> RawFinding {
        let Self { name, node, .. } = self;
        if self.form().is_some_and(|form| is_off(form, node)) {
            let found = value_text(node);
            return self.mistake(format!("`{name}` is {found}, must be {A_DURATION}, and not off"));
        }
        if self.part.is_none() && is_foreign_duration(self.form(), node) {
            let off = if self.form() == Some(Form::DurationOrOff) { ", or \"off\"" } else { "" };
            let message = format!("`{name}` is {}, must be {A_DURATION}{off}", value_text(node));
            return self.mistake(message).maybe_help(self.meant());
        }
        let message = message.strip_prefix("invalid policy: ").unwrap_or(message);
        let message = message.strip_prefix(&format!("{name}: ")).unwrap_or(message);
        // The runtime's words are those of the attribute; a file writes the word as a text.
        let limit = message.strip_suffix(", or off");
        let message =
            limit.map_or_else(|| message.to_owned(), |limit| format!("{limit}, or \"off\""));
        let is_whole = message.starts_with('`');
        let message = if is_whole { message } else { format!("`{name}`: {message}") };
        with_parts(self.mistake(message).maybe_help(self.meant()), node)
    }

    /// The value is of another type.
    fn unexpected(&self, found: String, expected: &str) -> RawFinding {
        let is_part = self.is_part();
        let is_large = matches!(self.node.value, NodeValue::Integer(number) if MOST < number);
        let form = self.form().filter(|_| !is_part).and_then(Form::expected);
        let found = if is_part { found } else { value_text(self.node) };
        let name = self.part.map_or(self.name, |(part, _)| part);
        let value = self.part.map_or(self.node, |(_, node)| node);
        let is_below_one = matches!(value.value, NodeValue::Integer(..=0));
        let is_negative = matches!(value.value, NodeValue::Integer(..=-1));
        let expected = match expected {
            _ if is_below_one && self.form() == Some(Form::DurationOrOff) => {
                "longer than 0, with its unit, or \"off\""
            }
            _ if is_below_one && expected.contains("duration") => "longer than 0, with its unit",
            "a number or \"off\"" if is_negative => "at least 0.01, or \"off\"",
            "a whole number or \"off\"" if is_negative => "at least 1, or \"off\"",
            _ if is_large && !expected.contains("duration") => "at most 4294967295",
            "u32" => "a whole number of at least 1",
            "f64" => form.unwrap_or("a number"),
            expected => form.unwrap_or(expected),
        };
        let help = with_unit(name, self.node, expected).or_else(|| self.meant());
        self.mistake(format!("`{name}` is {found}, must be {expected}")).maybe_help(help)
    }

    fn unknown_part(&self, word: &str, known: &[&str]) -> RawFinding {
        let message = format!("`{word}` is not a part of `{}`", self.name);
        let path = format!("{}.{}", self.path, path(&[word]));
        let mistake = RawFinding { path, ..self.mistake(message) };
        let similar = did_you_mean(known.iter().copied(), word);
        mistake.maybe_help(similar.or_else(|| parts::help(self.name, self.form()?, self.node)))
    }

    fn unknown_word(&self, word: &str, known: &[&str]) -> RawFinding {
        let similar = nearest(known.iter().copied(), &word.to_lowercase());
        // A word alone is no window.
        let similar = similar.filter(|_| self.form() != Some(Form::Window));
        let similar = similar.map(|word| format!("did you mean \"{word}\"?"));
        let help = self.meant().or(similar);
        let expected = self.form().and_then(Form::expected).unwrap_or("another word");
        let (name, found) = (self.name, value_text(self.node));
        self.mistake(format!("`{name}` is {found}, must be {expected}")).maybe_help(help)
    }
}

const A_DURATION: &str = "a duration such as \"30s\" or \"1m 30s\"";

/// The largest count.
const MOST: i64 = u32::MAX as i64;

/// The part of a table at this place.
fn part_at<'a>(node: &'a Node, place: Option<&SourcePlace>) -> Option<(&'a str, &'a Node)> {
    let mut parts = node.as_table()?.iter();
    let part = parts.find(|part| Some(&part.node.place) == place)?;
    Some((part.key.as_str(), &part.node))
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
    let mistake = match initial {
        Some(initial) => mistake.note(initial.node.place.clone(), "the initial wait is here"),
        None => mistake,
    };
    // The runtime names one limit of an expiry.
    let is_outside = |part: &&TableEntry| {
        number(&part.node).is_some_and(|factor| !(1.0..=100.0).contains(&factor))
    };
    match part("factor").filter(|_| broken.key == "max").filter(is_outside) {
        Some(factor) => {
            mistake.note(factor.node.place.clone(), "the factor must be from 1 to 100 too")
        }
        None => mistake,
    }
}

#[cfg(test)]
mod tests {
    use crate::Loaded;

    #[test]
    fn the_wrong_part_of_an_expiry_is_recognized() {
        let expiries = [
            ("\"0s\"", "{ initial = \"0s\", max = \"5m\" }"),
            ("\"1s\"", "{ initial = \"5s\", max = \"1s\" }"),
            ("0.5", "{ initial = \"5s\", max = \"5m\", factor = 0.5 }"),
        ];
        for (wrong, expiry) in expiries {
            let text = format!("[defaults]\nexpiry = {expiry}");
            let errors = Loaded::parse_toml(&text, "brama.toml").unwrap_err();
            let column = text.lines().nth(1).unwrap().find(wrong).map(|start| start + 1);
            assert_eq!(errors.findings()[0].location().column(), column, "{errors}");
        }
    }
}
