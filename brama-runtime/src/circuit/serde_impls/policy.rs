//! The settings of a patch.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Unexpected, Visitor, value::MapAccessDeserializer},
};

use super::text;
use crate::{
    circuit::{
        Expiry, PolicyPatch,
        expiry::Growth,
        policy::settings::{Named, Positional},
    },
    duration,
};

macro_rules! serde_structs {
    ($(
        $(#[$set_doc:meta])*
        $name:ident => $field:ident($argument:ident: $given:ty) {
            $(#[$serde:meta])*
            value: $value:ty = $new:expr,
            $($rest:tt)*
        }
    )*) => {
        /// The settings by name: only what the patch sets.
        #[derive(Default, Serialize, Deserialize)]
        #[serde(remote = "PolicyPatch", default, deny_unknown_fields)]
        pub(in crate::circuit) struct Named {
            $(
                $(#[$serde])*
                #[serde(skip_serializing_if = "Option::is_none")]
                $field: Option<$value>,
            )*
        }

        /// The settings by position, for formats without names: all of them.
        #[derive(Default, Serialize, Deserialize)]
        #[serde(remote = "PolicyPatch", default, deny_unknown_fields)]
        pub(in crate::circuit) struct Positional {
            $(
                $(#[$serde])*
                $field: Option<$value>,
            )*
        }
    };
}

pub(in crate::circuit) use serde_structs;

impl Serialize for PolicyPatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            Named::serialize(self, serializer)
        } else {
            Positional::serialize(self, serializer)
        }
    }
}

/// Refuses values outside their limits.
impl<'de> Deserialize<'de> for PolicyPatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let patch = if deserializer.is_human_readable() {
            Named::deserialize(deserializer)
        } else {
            Positional::deserialize(deserializer)
        };
        patch?.validated().map_err(Error::custom)
    }
}

/// The limit of a rule that can be off: a number or "off"; in a format that is not human-readable,
/// a number or none.
#[expect(clippy::option_option, reason = "a setting: not set, off, or a number")]
#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(in crate::circuit) mod number_or_off {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::NumberOrOff;

    pub(in crate::circuit) fn serialize<S: Serializer>(
        limit: &Option<Option<u32>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match limit {
            Some(None) if serializer.is_human_readable() => serializer.serialize_some("off"),
            Some(number) if serializer.is_human_readable() => number.serialize(serializer),
            limit => limit.serialize(serializer),
        }
    }

    pub(in crate::circuit) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<u32>>, D::Error> {
        if deserializer.is_human_readable() {
            let limit = Option::<NumberOrOff>::deserialize(deserializer)?;
            Ok(limit.map(|NumberOrOff(limit)| limit))
        } else {
            Option::deserialize(deserializer)
        }
    }
}

struct NumberOrOff(Option<u32>);

impl<'de> Deserialize<'de> for NumberOrOff {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrOffVisitor).map(Self)
    }
}

struct NumberOrOffVisitor;

impl Visitor<'_> for NumberOrOffVisitor {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or \"off\"")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        let limit = u32::try_from(number).map(Some);
        limit.map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        let limit = u32::try_from(number).map(Some);
        limit.map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
        let off = (word == "off").then_some(None);
        off.ok_or_else(|| E::invalid_value(Unexpected::Str(word), &self))
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

impl<'de> Deserialize<'de> for Expiry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(TextOrGrowth)
        } else {
            Growth::deserialize(deserializer).map(Self)
        }
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
