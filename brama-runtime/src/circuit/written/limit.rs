//! The limit of a rule: a number, or the word `off`.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected, Visitor},
};

use crate::circuit::patch::Limit;

impl Limit {
    const fn number(self) -> Option<u32> {
        match self {
            Self::At(limit) => Some(limit),
            Self::Off => None,
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.number() {
            None if serializer.is_human_readable() => serializer.serialize_str("off"),
            Some(limit) if serializer.is_human_readable() => serializer.serialize_u32(limit),
            number => number.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(NumberOrOff)
        } else {
            Ok(Option::deserialize(deserializer)?.map_or(Self::Off, Self::At))
        }
    }
}

struct NumberOrOff;

impl Visitor<'_> for NumberOrOff {
    type Value = Limit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or \"off\"")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Limit, E> {
        let limit = u32::try_from(number).map(Limit::At);
        limit.map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Limit, E> {
        let limit = u32::try_from(number).map(Limit::At);
        limit.map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Limit, E> {
        let off = (word == "off").then_some(Limit::Off);
        off.ok_or_else(|| E::invalid_value(Unexpected::Str(word), &self))
    }
}
