//! TOML as a tree of values with places. After a syntax error reading goes on.

use std::ops::Range;

use toml::de::{DeInteger, DeTable, DeValue};

use crate::{
    node::{Node, NodeValue, SourcePlace, Table, TableEntry},
    raw_finding::RawFindings,
    toml_syntax::TomlSyntax,
};

/// Reads a file, as far as its syntax allows.
pub(crate) fn read(text: &str, mistakes: &mut RawFindings) -> Table {
    let mut syntax = TomlSyntax::default();
    let mut passes = 1..PASSES;
    loop {
        let repaired = syntax.repairs.applied(text);
        let (table, errors) = DeTable::parse_recoverable(&repaired.text);
        let has_more = syntax.report(text, &repaired, errors, mistakes);
        if !has_more || passes.next().is_none() {
            mistakes.lacks_table |= repaired.lacks_table || has_more;
            return of_table(table.into_inner(), &|range| repaired.place(range));
        }
    }
}

/// A line is mended, and then blanked. More passes end values that are open, one each.
const PASSES: usize = 8;

/// From bytes of the text that was parsed to a place in the file.
type PlaceOf<'a> = &'a dyn Fn(Range<usize>) -> SourcePlace;

/// Reads the value of a variable.
pub(crate) fn read_value(text: &str, place: &SourcePlace) -> Result<NodeValue, String> {
    let value = DeValue::parse(text).map_err(|error| error.message().to_owned())?;
    Ok(of_value(value.into_inner(), place.clone(), &|_| place.clone()).value)
}

fn of_table(table: DeTable<'_>, places: PlaceOf<'_>) -> Table {
    let entries = table.into_iter().map(|(key, value)| {
        let (key_place, place) = (places(key.span()), places(value.span()));
        let node = of_value(value.into_inner(), place, places);
        TableEntry { key: key.into_inner().into_owned(), key_place, node }
    });
    entries.collect()
}

fn of_value(value: DeValue<'_>, place: SourcePlace, places: PlaceOf<'_>) -> Node {
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
                let place = places(value.span());
                of_value(value.into_inner(), place, places)
            });
            NodeValue::Array(nodes.collect())
        }
        DeValue::Table(table) => NodeValue::Table(of_table(table, places)),
    };
    Node { place, value }
}

fn of_integer(integer: &DeInteger<'_>) -> NodeValue {
    let number = i64::from_str_radix(integer.as_str(), integer.radix());
    number.map_or_else(|_| NodeValue::Odd(integer.as_str().to_owned()), NodeValue::Integer)
}
