//! A node as a deserializer, so that each value is read by the runtime's own rules.

use std::fmt;

use brama_runtime::api::{__private::without_passwords, text::Escaped};
use serde::{
    Deserializer,
    de::{
        DeserializeSeed, Error, Expected, IntoDeserializer, MapAccess, Unexpected, Visitor,
        value::{MapAccessDeserializer, SeqDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};

use crate::node::{Node, NodeValue, SourcePlace, TableEntry};

/// Why a value cannot be read.
#[derive(Debug)]
pub(crate) struct ReadError {
    pub(crate) kind: ReadErrorKind,
    /// The part of the value that is wrong, if it is known.
    pub(crate) place: Option<SourcePlace>,
}

#[derive(Debug)]
pub(crate) enum ReadErrorKind {
    /// A limit is broken, or a text is not what it should be.
    Custom(String),
    /// A value of another type.
    Unexpected {
        found: String,
        expected: String,
    },
    UnknownField {
        field: String,
        known: &'static [&'static str],
    },
    UnknownVariant {
        variant: String,
        known: &'static [&'static str],
    },
    Missing(&'static str),
}

impl ReadError {
    const fn of(kind: ReadErrorKind) -> Self {
        Self { kind, place: None }
    }

    /// Adds the place, unless an inner one is known.
    fn at(mut self, place: &SourcePlace) -> Self {
        self.place.get_or_insert_with(|| place.clone());
        self
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ReadErrorKind::Custom(message) => f.write_str(message),
            ReadErrorKind::Unexpected { found, expected } => {
                write!(f, "{found}, must be {expected}")
            }
            ReadErrorKind::UnknownField { field, .. } => write!(f, "`{field}` is unknown"),
            ReadErrorKind::UnknownVariant { variant, .. } => write!(f, "`{variant}` is unknown"),
            ReadErrorKind::Missing(field) => write!(f, "`{field}` is missing"),
        }
    }
}

impl std::error::Error for ReadError {}

impl Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::of(ReadErrorKind::Custom(message.to_string()))
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let (found, expected) = (unexpected_text(unexpected), expected.to_string());
        Self::of(ReadErrorKind::Unexpected { found, expected })
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self::of(ReadErrorKind::UnknownVariant { variant: variant.to_owned(), known })
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::of(ReadErrorKind::UnknownField { field: field.to_owned(), known })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::of(ReadErrorKind::Missing(field))
    }
}

/// A value that was found, as a message shows it.
fn unexpected_text(unexpected: Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Signed(number) => number.to_string(),
        // With a point, so that it is no whole number.
        Unexpected::Float(number) => format!("{number:?}"),
        Unexpected::Str(text) => {
            format!("\"{}\"", Escaped::within(MAX_VALUE, &without_passwords(text)))
        }
        Unexpected::Other(text) => text.strip_prefix("string ").unwrap_or(text).to_owned(),
        Unexpected::Unit => "null".to_owned(),
        Unexpected::Seq => "an array".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        Unexpected::Char(_)
        | Unexpected::Bytes(_)
        | Unexpected::Option
        | Unexpected::NewtypeStruct
        | Unexpected::Enum
        | Unexpected::UnitVariant
        | Unexpected::NewtypeVariant
        | Unexpected::TupleVariant
        | Unexpected::StructVariant => unexpected.to_string(),
    }
}

/// A value as a message shows it.
pub(crate) fn value_text(node: &Node) -> String {
    unexpected_text(NodeReader(node).unexpected())
}

/// In bytes, as shown.
const MAX_VALUE: usize = 64;

/// Reads a node.
#[derive(Clone, Copy)]
pub(crate) struct NodeReader<'a>(pub(crate) &'a Node);

impl<'a> NodeReader<'a> {
    fn unexpected(self) -> Unexpected<'a> {
        match &self.0.value {
            NodeValue::Null => Unexpected::Unit,
            NodeValue::Bool(value) => Unexpected::Bool(*value),
            NodeValue::Integer(number) => Unexpected::Signed(*number),
            NodeValue::Float(number) => Unexpected::Float(*number),
            NodeValue::Text(text) => Unexpected::Str(text),
            NodeValue::Unsupported(text) => {
                Unexpected::Other(text.get(..MAX_VALUE).unwrap_or(text))
            }
            NodeValue::Array(_) => Unexpected::Seq,
            NodeValue::Table(_) => Unexpected::Map,
        }
    }
}

impl<'de> IntoDeserializer<'de, ReadError> for NodeReader<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for NodeReader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.0.value {
            NodeValue::Null => visitor.visit_unit(),
            NodeValue::Bool(value) => visitor.visit_bool(*value),
            NodeValue::Integer(number) => visitor.visit_i64(*number),
            NodeValue::Float(number) => visitor.visit_f64(*number),
            NodeValue::Text(text) => visitor.visit_borrowed_str(text),
            NodeValue::Unsupported(text) => {
                let text = Escaped::within(MAX_VALUE, text).to_string();
                Err(ReadError::invalid_type(Unexpected::Other(&text), &visitor))
            }
            NodeValue::Array(nodes) => {
                visitor.visit_seq(SeqDeserializer::new(nodes.iter().map(NodeReader)))
            }
            NodeValue::Table(table) => visitor.visit_map(TableAccess { rest: table, value: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    /// A word, or a table with one key.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match &self.0.value {
            NodeValue::Text(word) => visitor.visit_enum(StrDeserializer::new(word)),
            NodeValue::Table(table) if table.len() == 1 => {
                let access = TableAccess { rest: table, value: None };
                visitor.visit_enum(MapAccessDeserializer::new(access))
            }
            NodeValue::Table(_)
            | NodeValue::Null
            | NodeValue::Bool(_)
            | NodeValue::Integer(_)
            | NodeValue::Float(_)
            | NodeValue::Unsupported(_)
            | NodeValue::Array(_) => {
                let expected = format!("one of {}", variants.join(", "));
                Err(ReadError::invalid_type(self.unexpected(), &expected.as_str()))
            }
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The entries of a table. Errors get the place of the key or of the value.
struct TableAccess<'a> {
    rest: &'a [TableEntry],
    value: Option<&'a Node>,
}

impl<'de> MapAccess<'de> for TableAccess<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let Some((first, rest)) = self.rest.split_first() else { return Ok(None) };
        self.rest = rest;
        self.value = Some(&first.node);
        let key = seed.deserialize(first.word().into_deserializer());
        key.map(Some).map_err(|error: ReadError| error.at(&first.key_place))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        match self.value.take() {
            Some(node) => seed.deserialize(NodeReader(node)).map_err(|error| error.at(&node.place)),
            None => Err(ReadError::custom("a value was read twice")),
        }
    }
}
