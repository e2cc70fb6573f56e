//! A key of a file of another library, with its path.

use brama_runtime::api::text::Escaped;

use super::unsaid::{MAX_SHOWN, RawUnsaid};
use crate::{
    node::{Node, NodeValue, Table, TableEntry},
    words::path,
};

/// A key with its value and its path.
#[derive(Debug, Clone)]
pub(super) struct Field<'a> {
    pub(super) entry: &'a TableEntry,
    /// Quoted and escaped.
    pub(super) path: String,
}

/// A table with its path.
#[derive(Debug, Clone)]
pub(super) struct Branch<'a> {
    table: &'a Table,
    path: String,
}

impl<'a> Branch<'a> {
    pub(super) const fn root(table: &'a Table) -> Self {
        Self { table, path: String::new() }
    }

    /// The table as if it stood under these keys.
    pub(super) fn under(self, keys: &[&str]) -> Self {
        Self { path: path(keys), ..self }
    }

    /// The keys of the table.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field<'a>> {
        self.table.iter().map(|entry| Field { entry, path: joined(&self.path, &entry.key) })
    }

    /// The key with this word.
    pub(super) fn field(&self, word: &str) -> Option<Field<'a>> {
        let entry = self.table.iter().find(|entry| word_of(&entry.key) == word)?;
        Some(Field { entry, path: joined(&self.path, &entry.key) })
    }

    /// The table with this word.
    pub(super) fn branch(&self, word: &str) -> Option<Self> {
        self.field(word)?.branch()
    }
}

fn joined(parent: &str, key: &str) -> String {
    let key = path(&[key]);
    if parent.is_empty() { key } else { format!("{parent}.{key}") }
}

/// A key without regard to case, and to kebab or camel case.
pub(super) fn word_of(key: &str) -> String {
    let letters = key.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The first values of a list.
fn shown_list(nodes: &[Node]) -> String {
    let mut values = nodes.iter().map(|node| match &node.value {
        NodeValue::Text(text) => Escaped::within(MAX_SHOWN, text).to_string(),
        NodeValue::Integer(number) => number.to_string(),
        NodeValue::Null
        | NodeValue::Bool(_)
        | NodeValue::Float(_)
        | NodeValue::Odd(_)
        | NodeValue::Array(_)
        | NodeValue::Table(_) => "…".to_owned(),
    });
    let first: Vec<_> = values.by_ref().take(MOST_VALUES).collect();
    let more = values.next().map_or("", |_| ", …");
    format!("[{}{more}]", first.join(", "))
}

/// Of a list, as messages show it.
const MOST_VALUES: usize = 3;

impl<'a> Field<'a> {
    pub(super) fn word(&self) -> String {
        word_of(&self.entry.key)
    }

    /// The key as messages show it.
    pub(super) fn name(&self) -> String {
        Escaped::within(MAX_SHOWN, &self.entry.key).to_string()
    }

    /// The table that the key has.
    pub(super) fn branch(&self) -> Option<Branch<'a>> {
        let table = self.entry.node.as_table()?;
        Some(Branch { table, path: self.path.clone() })
    }

    /// The tables of the list that the key has, with their numbers.
    pub(super) fn branches(&self) -> impl Iterator<Item = (usize, Branch<'a>)> {
        let nodes: &[Node] = match &self.entry.node.value {
            NodeValue::Array(nodes) => nodes,
            NodeValue::Null
            | NodeValue::Bool(_)
            | NodeValue::Integer(_)
            | NodeValue::Float(_)
            | NodeValue::Text(_)
            | NodeValue::Odd(_)
            | NodeValue::Table(_) => &[],
        };
        let path = self.path.clone();
        nodes.iter().enumerate().filter_map(move |(index, node)| {
            let path = format!("{path}[{index}]");
            Some((index, Branch { table: node.as_table()?, path }))
        })
    }

    pub(super) const fn is_null(&self) -> bool {
        matches!(self.entry.node.value, NodeValue::Null)
    }

    /// The value, if it is no array and no table.
    pub(super) fn scalar(&self) -> Option<String> {
        match &self.entry.node.value {
            NodeValue::Text(text) | NodeValue::Odd(text) => Some(text.clone()),
            NodeValue::Bool(flag) => Some(flag.to_string()),
            NodeValue::Integer(number) => Some(number.to_string()),
            NodeValue::Float(number) => Some(number.to_string()),
            NodeValue::Null | NodeValue::Array(_) | NodeValue::Table(_) => None,
        }
    }

    /// The value as messages show it.
    pub(super) fn shown(&self) -> String {
        match (&self.entry.node.value, self.scalar()) {
            (_, Some(text)) => Escaped::within(MAX_SHOWN, &text).to_string(),
            (NodeValue::Array(nodes), None) => shown_list(nodes),
            (NodeValue::Table(_), None) => "a table".to_owned(),
            (_, None) => "empty".to_owned(),
        }
    }

    pub(super) fn unsaid(&self, instead: Option<String>, why: String) -> RawUnsaid {
        let Node { place, value } = &self.entry.node;
        let is_shown = match value {
            NodeValue::Array(nodes) => nodes.iter().all(|node| node.as_table().is_none()),
            NodeValue::Table(_) | NodeValue::Null => false,
            NodeValue::Bool(_)
            | NodeValue::Integer(_)
            | NodeValue::Float(_)
            | NodeValue::Text(_)
            | NodeValue::Odd(_) => true,
        };
        let was = is_shown.then(|| self.shown());
        // A table or a list can be long, so its key is shown.
        let place = if self.scalar().is_some() { place } else { &self.entry.key_place };
        let (place, path, name) = (place.clone(), self.path.clone(), self.name());
        RawUnsaid { place, path, name, was, instead, why }
    }
}
