//! The serde implementations of a patch and its expiry.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::text;
use crate::{
    circuit::{
        Expiry, PolicyPatch,
        expiry::Growth,
        policy::settings::{Named, Positional},
    },
    duration,
    text::ShortErrors,
};

#[cfg(feature = "serde")]
impl Serialize for PolicyPatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            Named::serialize(self, serializer)
        } else {
            Positional::serialize(self, serializer)
        }
    }
}

/// Rejects values outside their limits.
#[cfg(feature = "serde")]
impl<'de> Deserialize<'de> for PolicyPatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let patch = ShortErrors::read(deserializer, |deserializer| {
            if deserializer.is_human_readable() {
                Named::deserialize(deserializer)
            } else {
                Positional::deserialize(deserializer)
            }
        });
        patch?.validated().map_err(Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Progressive {
    #[serde(with = "text")]
    initial: Duration,
    #[serde(with = "text")]
    max: Duration,
    factor: Option<f64>,
}

#[cfg(feature = "serde")]
impl Serialize for Expiry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            growth if !serializer.is_human_readable() => growth.serialize(serializer),
            Growth::Fixed(length) => text::serialize(&length, serializer),
            Growth::Progressive { initial, max, factor } => {
                Progressive { initial, max, factor: Some(factor) }.serialize(serializer)
            }
        }
    }
}

#[cfg(feature = "serde")]
impl<'de> Deserialize<'de> for Expiry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ShortErrors::read(deserializer, |deserializer| {
            if deserializer.is_human_readable() {
                deserializer.deserialize_any(TextOrGrowth)
            } else {
                Growth::deserialize(deserializer).map(Self)
            }
        })
    }
}

struct TextOrGrowth;

impl<'de> Visitor<'de> for TextOrGrowth {
    type Value = Expiry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as \"30s\", or { initial, max, factor }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Expiry, E> {
        duration::parse(text).map(Expiry::fixed).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Expiry, A::Error> {
        let Progressive { initial, max, factor } =
            Progressive::deserialize(MapAccessDeserializer::new(map))?;
        let expiry = Expiry::progressive(initial, max);
        Ok(factor.map_or(expiry, |factor| expiry.with_factor(factor)))
    }
}
