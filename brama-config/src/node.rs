//! A value of a file or of an environment variable, with its place.

use std::ops::Range;

/// Where a value, a key or a mistake is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SourcePlace {
    /// The file as a whole.
    Whole,
    /// Bytes of its text: from, to.
    Bytes(usize, usize),
    /// The environment variable with this number.
    Variable(usize),
}

impl From<Range<usize>> for SourcePlace {
    fn from(bytes: Range<usize>) -> Self {
        Self::Bytes(bytes.start, bytes.end)
    }
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: SourcePlace,
    pub(crate) value: NodeValue,
}

/// A value of TOML, of JSON or of a variable.
#[derive(Debug, Clone)]
pub(crate) enum NodeValue {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// A date, or an integer beyond 64 bits. No setting takes one.
    Unsupported(String),
    Array(Vec<Node>),
    Table(Table),
}

/// The entries of a table, in no particular order. No key is there twice.
pub(crate) type Table = Vec<TableEntry>;

/// A key with its value.
#[derive(Debug, Clone)]
pub(crate) struct TableEntry {
    pub(crate) key: String,
    pub(crate) key_place: SourcePlace,
    pub(crate) node: Node,
}

impl TableEntry {
    /// The key as settings are written: in snake case.
    pub(crate) fn word(&self) -> String {
        self.key.replace('-', "_")
    }
}

impl Node {
    pub(crate) const fn table(place: SourcePlace, table: Table) -> Self {
        Self { place, value: NodeValue::Table(table) }
    }

    pub(crate) const fn as_table(&self) -> Option<&Table> {
        match &self.value {
            NodeValue::Table(table) => Some(table),
            NodeValue::Null
            | NodeValue::Bool(_)
            | NodeValue::Integer(_)
            | NodeValue::Float(_)
            | NodeValue::Text(_)
            | NodeValue::Unsupported(_)
            | NodeValue::Array(_) => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.value {
            NodeValue::Text(text) => Some(text),
            NodeValue::Null
            | NodeValue::Bool(_)
            | NodeValue::Integer(_)
            | NodeValue::Float(_)
            | NodeValue::Unsupported(_)
            | NodeValue::Array(_)
            | NodeValue::Table(_) => None,
        }
    }

    pub(crate) const fn as_table_mut(&mut self) -> Option<&mut Table> {
        match &mut self.value {
            NodeValue::Table(table) => Some(table),
            NodeValue::Null
            | NodeValue::Bool(_)
            | NodeValue::Integer(_)
            | NodeValue::Float(_)
            | NodeValue::Text(_)
            | NodeValue::Unsupported(_)
            | NodeValue::Array(_) => None,
        }
    }
}
