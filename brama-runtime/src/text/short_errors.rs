//! A deserializer whose errors show little of the input.
//!
//! Serde's errors quote the text that they do not accept: a field that is not known, a variant, a
//! text in place of a number. A file may hold a text of any length there, and the error is logged.

use std::fmt;

use serde::{
    Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error, Expected, MapAccess, SeqAccess, StdError, Unexpected,
        VariantAccess, Visitor,
    },
};

use super::Escaped;

/// A deserializer, or what it passes on to its visitor. Its errors go through [`ShortError`].
pub(crate) struct ShortErrors<T>(T);

impl<'de, D: Deserializer<'de>> ShortErrors<D> {
    /// Reads a value, and shortens the error.
    pub(crate) fn read<T>(
        deserializer: D,
        read: impl FnOnce(Self) -> Result<T, ShortError<D::Error>>,
    ) -> Result<T, D::Error> {
        read(Self(deserializer)).map_err(ShortError::into_inner)
    }
}

/// An error in which texts of the input are escaped and cut.
#[derive(Debug)]
pub(crate) struct ShortError<E>(E);

impl<E> ShortError<E> {
    fn into_inner(self) -> E {
        self.0
    }
}

impl<E: Error> ShortError<E> {
    /// Escapes and cuts the message of an error that the format itself has made, which may have
    /// several lines.
    fn of(error: E) -> Self {
        let message = error.to_string();
        let is_plain = |line| Escaped::within(MAX_MESSAGE, line).is_plain();
        let is_short = message.len() <= MAX_MESSAGE && message.lines().all(is_plain);
        if is_short { Self(error) } else { Self::custom(message) }
    }
}

impl<E: fmt::Display> fmt::Display for ShortError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: StdError> StdError for ShortError<E> {}

/// In bytes, of a message: longer than one that lists every setting as invalid.
const MAX_MESSAGE: usize = 4_096;

impl<E: Error> Error for ShortError<E> {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(E::custom(Escaped::within(MAX_MESSAGE, &message.to_string())))
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        short(unexpected, |unexpected| Self(E::invalid_type(unexpected, expected)))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        short(unexpected, |unexpected| Self(E::invalid_value(unexpected, expected)))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self(E::invalid_length(length, expected))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self(E::unknown_variant(&Escaped::rejected(variant).to_string(), expected))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self(E::unknown_field(&Escaped::rejected(field).to_string(), expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(E::missing_field(field))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self(E::duplicate_field(field))
    }
}

fn short<R>(unexpected: Unexpected<'_>, then: impl FnOnce(Unexpected<'_>) -> R) -> R {
    if let Unexpected::Str(text) = unexpected {
        then(Unexpected::Other(&format!("string \"{}\"", Escaped::rejected(text))))
    } else {
        then(unexpected)
    }
}

/// Forwards methods of a deserializer.
macro_rules! deserialize {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.0.$method($($argument,)* ShortErrors(visitor)).map_err(ShortError::of)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ShortErrors<D> {
    type Error = ShortError<D::Error>;

    deserialize! {
        deserialize_any() deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32()
        deserialize_i64() deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32()
        deserialize_u64() deserialize_u128() deserialize_f32() deserialize_f64()
        deserialize_char() deserialize_str() deserialize_string() deserialize_bytes()
        deserialize_byte_buf() deserialize_option() deserialize_unit() deserialize_seq()
        deserialize_map() deserialize_identifier() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Forwards methods of a visitor that take a value.
macro_rules! visit {
    ($($method:ident: $type:ty)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<Self::Value, E> {
            self.0.$method(value).map_err(ShortError::into_inner)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for ShortErrors<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit! {
        visit_bool: bool visit_i8: i8 visit_i16: i16 visit_i32: i32 visit_i64: i64
        visit_i128: i128 visit_u8: u8 visit_u16: u16 visit_u32: u32 visit_u64: u64
        visit_u128: u128 visit_f32: f32 visit_f64: f64 visit_char: char visit_str: &str
        visit_borrowed_str: &'de str visit_string: String visit_bytes: &[u8]
        visit_borrowed_bytes: &'de [u8] visit_byte_buf: Vec<u8>
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        self.0.visit_none().map_err(ShortError::into_inner)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        self.0.visit_unit().map_err(ShortError::into_inner)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        self.0.visit_some(ShortErrors(inner)).map_err(ShortError::into_inner)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(ShortErrors(inner)).map_err(ShortError::into_inner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        self.0.visit_seq(ShortErrors(seq)).map_err(ShortError::into_inner)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        self.0.visit_map(ShortErrors(map)).map_err(ShortError::into_inner)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variants: A) -> Result<Self::Value, A::Error> {
        self.0.visit_enum(ShortErrors(variants)).map_err(ShortError::into_inner)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for ShortErrors<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(ShortErrors(deserializer)).map_err(ShortError::into_inner)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for ShortErrors<A> {
    type Error = ShortError<A::Error>;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Self::Error> {
        self.0.next_element_seed(ShortErrors(seed)).map_err(ShortError::of)
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for ShortErrors<A> {
    type Error = ShortError<A::Error>;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Self::Error> {
        self.0.next_key_seed(ShortErrors(seed)).map_err(ShortError::of)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, Self::Error> {
        self.0.next_value_seed(ShortErrors(seed)).map_err(ShortError::of)
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for ShortErrors<A> {
    type Error = ShortError<A::Error>;
    type Variant = ShortErrors<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), Self::Error> {
        let (value, variant) = self.0.variant_seed(ShortErrors(seed)).map_err(ShortError::of)?;
        Ok((value, ShortErrors(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for ShortErrors<A> {
    type Error = ShortError<A::Error>;

    fn unit_variant(self) -> Result<(), Self::Error> {
        self.0.unit_variant().map_err(ShortError::of)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<S::Value, Self::Error> {
        self.0.newtype_variant_seed(ShortErrors(seed)).map_err(ShortError::of)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.tuple_variant(length, ShortErrors(visitor)).map_err(ShortError::of)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.struct_variant(fields, ShortErrors(visitor)).map_err(ShortError::of)
    }
}
