//! TOML as a tree of values with places. After a syntax error reading goes on.

use toml::de::{DeInteger, DeTable, DeValue};

use crate::{
    node::{Node, NodeValue, SourcePlace, Table, TableEntry},
    raw_finding::{RawFinding, RawFindings},
    repeated::RepeatedKeys,
};

/// Reads a file, as far as its syntax allows.
pub(crate) fn read(text: &str, mistakes: &mut RawFindings) -> Table {
    let (table, errors) = DeTable::parse_recoverable(text);
    let (repeated, mut last_line_end) = (RepeatedKeys::new(text), 0);
    for error in errors {
        let span = error.span().unwrap_or_default();
        // What follows on the line of an error is seldom one of its own.
        if span.start < last_line_end {
            continue;
        }
        let rest = text.get(span.start..).unwrap_or_default();
        last_line_end = span.start + rest.find('\n').map_or(rest.len(), |end| end + 1);
        let place = SourcePlace::from(span);
        mistakes.add_with(|| syntax_mistake(&repeated, place, error.message()));
    }
    of_table(table.into_inner())
}

/// Reads the value of a variable.
pub(crate) fn read_value(text: &str, place: &SourcePlace) -> Result<NodeValue, String> {
    let value = DeValue::parse(text).map_err(|error| error.message().to_owned())?;
    let mut node = of_value(value.into_inner(), place.clone());
    node.relocate(place);
    Ok(node.value)
}

fn syntax_mistake(repeated: &RepeatedKeys<'_>, place: SourcePlace, message: &str) -> RawFinding {
    let first = match place {
        SourcePlace::Bytes(start, end) if message == DUPLICATE => repeated.first(start..end),
        SourcePlace::Bytes(..) | SourcePlace::Whole | SourcePlace::Variable(_) => None,
    };
    if message != DUPLICATE {
        return RawFinding::new(place, String::new(), format!("this is not TOML: {message}"));
    }
    let mistake = RawFinding::new(place, String::new(), "this key is given twice".to_owned());
    let mistake = mistake.help("remove one of the two, or merge their tables");
    match first {
        Some(first) => mistake.note(first, "the first one is here"),
        None => mistake,
    }
}

const DUPLICATE: &str = "duplicate key";

fn of_table(table: DeTable<'_>) -> Table {
    let entries = table.into_iter().map(|(key, value)| {
        let (key_place, place) = (SourcePlace::from(key.span()), SourcePlace::from(value.span()));
        let node = of_value(value.into_inner(), place);
        TableEntry { key: key.into_inner().into_owned(), key_place, node }
    });
    entries.collect()
}

fn of_value(value: DeValue<'_>, place: SourcePlace) -> Node {
    let value = match value {
        DeValue::String(text) => NodeValue::Text(text.into_owned()),
        DeValue::Integer(integer) => of_integer(&integer),
        DeValue::Float(float) => float
            .as_str()
            .parse()
            .map_or_else(|_| NodeValue::Odd(float.to_string()), NodeValue::Float),
        DeValue::Boolean(value) => NodeValue::Bool(value),
        DeValue::Datetime(datetime) => NodeValue::Odd(datetime.to_string()),
        DeValue::Array(array) => {
            let nodes = array.into_iter().map(|value| {
                let place = SourcePlace::from(value.span());
                of_value(value.into_inner(), place)
            });
            NodeValue::Array(nodes.collect())
        }
        DeValue::Table(table) => NodeValue::Table(of_table(table)),
    };
    Node { place, value }
}

fn of_integer(integer: &DeInteger<'_>) -> NodeValue {
    let number = i64::from_str_radix(integer.as_str(), integer.radix());
    number.map_or_else(|_| NodeValue::Odd(integer.as_str().to_owned()), NodeValue::Integer)
}

impl Node {
    /// Moves the node, with all in it, to one place.
    fn relocate(&mut self, place: &SourcePlace) {
        self.place = place.clone();
        match &mut self.value {
            NodeValue::Array(nodes) => nodes.iter_mut().for_each(|node| node.relocate(place)),
            NodeValue::Table(table) => table.iter_mut().for_each(|entry| {
                entry.key_place = place.clone();
                entry.node.relocate(place);
            }),
            NodeValue::Null
            | NodeValue::Bool(_)
            | NodeValue::Integer(_)
            | NodeValue::Float(_)
            | NodeValue::Text(_)
            | NodeValue::Odd(_) => {}
        }
    }
}
