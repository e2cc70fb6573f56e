//! JSON as a tree of values with places. Comments and commas at the end are allowed.

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, Value as Json},
    common::Ranged,
    parse_to_ast,
};

use crate::{
    node::{Node, NodeValue, SourcePlace, Table, TableEntry},
    raw_finding::{RawFinding, RawFindings},
    words::path,
};

/// Reads a file; empty after a syntax error, of which the parser reports only the first.
pub(crate) fn read(text: &str, mistakes: &mut RawFindings) -> Table {
    let parsed = match parse_to_ast(text, &CollectOptions::default(), &OPTIONS) {
        Ok(parsed) => parsed.value,
        Err(error) => {
            let range = error.range();
            let message = format!("this is not JSON: {}", lower_case(&error.kind().to_string()));
            let place = SourcePlace::Bytes(range.start, range.end);
            mistakes.add(RawFinding::new(place, String::new(), message));
            return Table::new();
        }
    };
    match parsed {
        None => Table::new(),
        Some(Json::Object(object)) => {
            let mut root = of_object(object, mistakes);
            // It is for editors.
            root.retain(|entry| entry.key != "$schema");
            root
        }
        Some(other) => {
            let place = place(&other);
            let message = "the file must be one object, in `{` and `}`".to_owned();
            mistakes.add(RawFinding::new(place, String::new(), message));
            Table::new()
        }
    }
}

const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_loose_object_property_names: false,
    allow_trailing_commas: true,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

fn lower_case(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn place(ranged: &impl Ranged) -> SourcePlace {
    SourcePlace::Bytes(ranged.start(), ranged.end())
}

fn of_object(object: Object<'_>, mistakes: &mut RawFindings) -> Table {
    let mut places = std::collections::HashMap::new();
    let mut table = Table::new();
    for property in object.properties {
        let key_place = place(&property.name);
        let key = property.name.as_str().to_owned();
        let node = of_value(property.value, mistakes);
        let first = places.entry(key.clone()).or_insert_with(|| key_place.clone());
        if *first == key_place {
            table.push(TableEntry { key, key_place, node });
        } else {
            let mistake = RawFinding::new(
                key_place,
                String::new(),
                format!("`{}` is given twice", path(&[&key])),
            );
            let mistake = mistake.help("remove one of the two");
            mistakes.add(mistake.note(first.clone(), "the first one is here"));
        }
    }
    table
}

fn of_value(value: Json<'_>, mistakes: &mut RawFindings) -> Node {
    let place = place(&value);
    let value = match value {
        Json::StringLit(text) => NodeValue::Text(text.value.into_owned()),
        Json::NumberLit(number) => of_number(number.value),
        Json::BooleanLit(literal) => NodeValue::Bool(literal.value),
        Json::NullKeyword(_) => NodeValue::Null,
        Json::Array(array) => {
            NodeValue::Array(array.elements.into_iter().map(|it| of_value(it, mistakes)).collect())
        }
        Json::Object(object) => NodeValue::Table(of_object(object, mistakes)),
    };
    Node { place, value }
}

fn of_number(number: &str) -> NodeValue {
    let is_whole = number.bytes().all(|digit| digit.is_ascii_digit() || digit == b'-');
    let float = || number.parse().ok().filter(|_| !is_whole).map(NodeValue::Float);
    let integer = number.parse().ok().map(NodeValue::Integer);
    integer.or_else(float).unwrap_or_else(|| NodeValue::Odd(number.to_owned()))
}
