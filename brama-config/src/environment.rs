//! Environment variables over the file: `BRAMA__BREAKERS__PAYMENT_API__EXPIRY=30s`.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
};

use brama_runtime::api::text::Escaped;

use crate::{
    fleet_words,
    hidden_value::HiddenValue,
    node::{Node, NodeValue, SourcePlace, Table, TableEntry},
    raw_finding::{RawFinding, RawFindings},
    setting_rows::{BREAKERS, FLEET, IDENTIFIER, INHERITS, KEYS, KINDS, SCOPE, TABLES},
    source::Variable,
    syntax_help::plain,
    toml_tree::read_value,
    words::{canonical, folded},
};

/// Every variable of ours begins like this.
const PREFIX: &str = "BRAMA__";

/// Whether a variable is ours, or may have been meant to be.
pub(crate) fn may_be_ours(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(PREFIX) || is_misspelt(&name)
}

/// `BRAMA_DEFAULTS__…`, `brama__…`: no other variable of ours begins like this.
fn is_misspelt(name: &str) -> bool {
    let name = name.to_uppercase();
    // The command reads this one.
    if name == "BRAMA_FLEET_URL" {
        return false;
    }
    let rest = name.strip_prefix("BRAMA_").unwrap_or_default();
    let is_table = |table: &str| {
        let after = rest.strip_prefix(table.to_uppercase().as_str());
        after.is_some_and(|after| after.starts_with('_'))
    };
    rest.starts_with('_') || TABLES.into_iter().any(is_table)
}

/// The variables of a process that matter.
#[derive(Debug, Default)]
pub(crate) struct Variables {
    /// Those with our prefix, sorted, and then the others.
    pub(crate) all: Vec<Variable>,
    /// How many have our prefix and are text.
    with_prefix: usize,
}

impl Variables {
    /// Finds those of ours, those that are no text, and those that may have been meant to be ours.
    pub(crate) fn new(
        variables: impl Iterator<Item = (OsString, OsString)>,
        mistakes: &mut RawFindings,
    ) -> Self {
        let text = |text: &OsStr| text.to_string_lossy().into_owned();
        let (mut all, mut others) = (Vec::new(), Vec::new());
        for (name, value) in variables.filter(|(name, _)| may_be_ours(name)) {
            let is_text = name.to_str().is_some() && value.to_str().is_some();
            let is_ours = text(&name).starts_with(PREFIX);
            let variable = Variable { name: text(&name), value: text(&value) };
            let list = if is_ours && is_text { &mut all } else { &mut others };
            list.push(variable);
        }
        all.sort_unstable();
        others.sort_unstable();
        let with_prefix = all.len();
        all.extend(others);
        let variables = Self { all, with_prefix };
        for (place, variable) in variables.others().filter(|it| it.1.name.starts_with(PREFIX)) {
            let name = Escaped::within(MAX_SHOWN, &variable.name);
            let message = format!("the environment variable {name} is not valid UTF-8");
            mistakes.add(RawFinding::new(place, String::new(), message));
        }
        variables
    }

    /// Those that are not applied, with their places.
    fn others(&self) -> impl Iterator<Item = (SourcePlace, &Variable)> {
        let numbered = self.all.iter().enumerate().skip(self.with_prefix);
        numbered.map(|(number, variable)| (SourcePlace::Variable(number), variable))
    }

    /// A warning for each variable that is ignored because its name is misspelt.
    pub(crate) fn warnings(&self, warnings: &mut RawFindings) {
        for (place, variable) in self.others() {
            let name = Escaped::within(MAX_SHOWN, &variable.name);
            let message = format!("the environment variable {name} is ignored");
            let warning = RawFinding::new(place, String::new(), message);
            warnings.add(warning.help(
                "begin its name with `BRAMA__`, and separate the parts by two underscores, such as \
                 BRAMA__BREAKERS__PAYMENT_API__EXPIRY",
            ));
        }
    }

    /// Puts the values of ours into the tree. Returns the values of the file that they hide.
    pub(crate) fn apply(&self, root: &mut Table, mistakes: &mut RawFindings) -> Vec<HiddenValue> {
        apply(root, self.all.get(..self.with_prefix).unwrap_or_default(), mistakes)
    }
}

/// Tells to remove quotes, where a variable with quotes around its value is wrong.
pub(crate) fn advise_on_quotes(mistakes: &mut RawFindings, variables: &[Variable]) {
    for mistake in mistakes.kept_mut() {
        let SourcePlace::Variable(number) = mistake.place else { continue };
        let value = variables.get(number).map_or("", |variable| variable.value.trim());
        let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        if inner.is_some() {
            mistake.help = Some("remove the quotes around the value".to_owned());
        }
    }
}

/// Puts the values of the variables into the tree. Returns the values that they hide.
fn apply(root: &mut Table, variables: &[Variable], mistakes: &mut RawFindings) -> Vec<HiddenValue> {
    let hidden = Vec::new();
    let mut applied = AppliedVariables { taken: HashMap::new(), variables, mistakes, hidden };
    for (number, variable) in variables.iter().enumerate() {
        let place = SourcePlace::Variable(number);
        let segments: Vec<_> =
            variable.name.get(PREFIX.len()..).unwrap_or_default().split("__").collect();
        if let Err(mistake) = applied.set(root, &segments, variable, &place) {
            applied.mistakes.add(mistake);
        }
    }
    applied.hidden
}

/// In bytes, of a name in a message.
const MAX_SHOWN: usize = 128;

/// More than any path has, even if its names contain what separates the parts.
const MOST_PARTS: usize = 32;

struct AppliedVariables<'a> {
    /// The number of the variable that has set a path.
    taken: HashMap<String, usize>,
    variables: &'a [Variable],
    mistakes: &'a mut RawFindings,
    hidden: Vec<HiddenValue>,
}

/// What the keys of a table are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    File,
    /// Names of kinds or keys, whose tables have settings.
    Names,
    /// Names of breakers.
    Breakers,
    Breaker,
    /// Settings.
    Section,
    /// The parts of the value of a setting.
    Value,
}

impl Level {
    /// The level of the table under a key.
    fn under(self, key: &str) -> Self {
        match (self, key) {
            (Self::File, KINDS) | (Self::Breaker, KEYS) => Self::Names,
            (Self::File, BREAKERS) => Self::Breakers,
            (Self::Breakers, _) => Self::Breaker,
            (Self::File | Self::Names, _) => Self::Section,
            (Self::Breaker | Self::Section | Self::Value, _) => Self::Value,
        }
    }

    const fn has_names(self) -> bool {
        matches!(self, Self::Names | Self::Breakers)
    }
}

impl AppliedVariables<'_> {
    /// Sets the value of one variable.
    fn set(
        &mut self,
        root: &mut Table,
        segments: &[&str],
        variable: &Variable,
        place: &SourcePlace,
    ) -> Result<(), RawFinding> {
        if MOST_PARTS < segments.len() {
            let message = format!("the name has more than {MOST_PARTS} parts");
            return Err(RawFinding::new(place.clone(), String::new(), message));
        }
        if segments.iter().any(|segment| segment.is_empty()) {
            let message = "the name has an empty part".to_owned();
            let mistake = RawFinding::new(place.clone(), String::new(), message);
            return Err(mistake.help("write it like BRAMA__BREAKERS__PAYMENT_API__EXPIRY"));
        }
        let (mut table, mut level, mut rest) = (root, Level::File, segments);
        let (mut path, mut parts) = (String::new(), Vec::new());
        while let Some((key, left)) = next_key(table, level, rest, place)? {
            path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            level = level.under(&key);
            parts.push(key.clone());
            if left.is_empty() {
                self.take(&path, place)?;
                let is_text = parts.first().is_some_and(|table| table == FLEET)
                    && fleet_words::is_text(&key)
                    || [IDENTIFIER, SCOPE, INHERITS].contains(&key.as_str());
                let value = value(is_text, &variable.value, place)?;
                put(entry(table, &key, place), value, level, place, &parts, &mut self.hidden);
                return Ok(());
            }
            let entry = entry(table, &key, place);
            if entry.node.as_table().is_none() {
                self.hidden.extend(HiddenValue::of(&entry.node, place, &parts));
            }
            let Some(under) = descend(entry, place) else { break };
            (table, rest) = (under, left);
        }
        Ok(())
    }

    /// Records that a variable has set a key, which no other variable may set.
    fn take(&mut self, path: &str, place: &SourcePlace) -> Result<(), RawFinding> {
        let SourcePlace::Variable(number) = *place else { return Ok(()) };
        let Some(first) = self.taken.insert(path.to_owned(), number) else { return Ok(()) };
        let name = self.variables.get(first).map_or("", |variable| variable.name.as_str());
        let name = Escaped::within(MAX_SHOWN, name);
        let message = format!("the environment variable {name} sets this key too");
        Err(RawFinding::new(place.clone(), path.to_owned(), message).help("unset one of the two"))
    }
}

/// The key that the first segments name, and the segments after it.
fn next_key<'a>(
    table: &Table,
    level: Level,
    segments: &'a [&'a str],
    place: &SourcePlace,
) -> Result<Option<(String, &'a [&'a str])>, RawFinding> {
    let Some((first, rest)) = segments.split_first() else { return Ok(None) };
    if !level.has_names() {
        let word = first.to_lowercase();
        let known = table.iter().find(|entry| canonical(&entry.key) == canonical(&word));
        let key = known.map_or_else(|| word.replace('-', "_"), |entry| entry.key.clone());
        return Ok(Some((key, rest)));
    }
    // A name may contain what separates the parts.
    let mut found = Vec::new();
    for taken in 1..=segments.len() {
        let (name, rest) = segments.split_at(taken);
        let name = folded(&name.join("__"));
        let same = table.iter().filter(|entry| folded(&entry.key) == name);
        found.extend(same.map(|entry| (entry, rest)));
    }
    match found.as_slice() {
        [] => Ok(Some((first.to_lowercase(), rest))),
        [(entry, rest)] => Ok(Some((entry.key.clone(), rest))),
        [(one, _), (other, _), ..] => Err(ambiguous(one, other, place)),
    }
}

fn ambiguous(one: &TableEntry, other: &TableEntry, place: &SourcePlace) -> RawFinding {
    let name = |entry: &TableEntry| Escaped::within(64, &entry.key).to_string();
    let message = format!("the name matches both `{}` and `{}`", name(one), name(other));
    let mistake = RawFinding::new(place.clone(), String::new(), message);
    let mistake = mistake.note(one.key_place.clone(), "one is here");
    let mistake = mistake.note(other.key_place.clone(), "the other one is here");
    mistake
        .help("set the value in the file, or rename one of the tables and give it an `identifier`")
}

/// The entry of a key, which is added if it is missing.
fn entry<'a>(table: &'a mut Table, key: &str, place: &SourcePlace) -> &'a mut TableEntry {
    let index = table.iter().position(|entry| entry.key == key).unwrap_or_else(|| {
        let (key, key_place) = (key.to_owned(), place.clone());
        table.push(TableEntry { key, key_place, node: Node::table(place.clone(), Vec::new()) });
        table.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "the index was found, or is that of the last")]
    &mut table[index]
}

/// The table of an entry. A value that is none is replaced by one.
fn descend<'a>(entry: &'a mut TableEntry, place: &SourcePlace) -> Option<&'a mut Table> {
    if entry.node.as_table().is_none() {
        entry.node = Node::table(place.clone(), Vec::new());
    }
    entry.node.as_table_mut()
}

/// Sets a value: the entries of a table one by one, but the value of a setting as a whole.
fn put(
    entry: &mut TableEntry,
    value: NodeValue,
    level: Level,
    place: &SourcePlace,
    parts: &[String],
    hidden: &mut Vec<HiddenValue>,
) {
    if level == Level::Value || !matches!(value, NodeValue::Table(_)) {
        hidden.extend(HiddenValue::of(&entry.node, place, parts));
        entry.node = Node { place: place.clone(), value };
        return;
    }
    let mut values = Node { place: place.clone(), value };
    let values = values.as_table_mut().map(std::mem::take).unwrap_or_default();
    let Some(table) = descend(entry, place) else { return };
    for value in values {
        let known = table.iter().find(|it| canonical(&it.key) == canonical(&value.key));
        let key = known.map_or_else(|| value.key.clone(), |it| it.key.clone());
        let (level, parts) = (level.under(&key), [parts, std::slice::from_ref(&key)].concat());
        put(self::entry(table, &key, place), value.node.value, level, place, &parts, hidden);
    }
}

/// A value as TOML if it is a number, a boolean or an inline table; else as text.
fn value(is_text: bool, text: &str, place: &SourcePlace) -> Result<NodeValue, RawFinding> {
    let as_text = || NodeValue::Text(text.to_owned());
    if is_text {
        return Ok(as_text());
    }
    match read_value(text.trim(), place) {
        Ok(
            value @ (NodeValue::Integer(_)
            | NodeValue::Float(_)
            | NodeValue::Bool(_)
            | NodeValue::Table(_)),
        ) => Ok(value),
        Err(error) if text.trim_start().starts_with('{') => {
            let message = format!("the value is not TOML: {}", plain(&error));
            Err(RawFinding::new(place.clone(), String::new(), message))
        }
        Ok(_) | Err(_) => Ok(as_text()),
    }
}
