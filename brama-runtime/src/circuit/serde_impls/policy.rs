//! A patch: the settings that it names, each under the name of its setting.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Unexpected, Visitor, value::MapAccessDeserializer},
};

use super::text;
use crate::{
    circuit::{Abandoned, Expiry, PolicyPatch, Window, expiry::Growth},
    duration,
};

/// A struct of a patch's settings that serde's derive reads and writes in its stead.
macro_rules! settings {
    ($name:ident $(, #[$on_each:meta])?) => {
        #[derive(Default, Serialize, Deserialize)]
        #[serde(remote = "PolicyPatch", default, deny_unknown_fields)]
        struct $name {
            #[serde(alias = "max_attempts")]
            $(#[$on_each])?
            #[serde(with = "number_or_off")]
            failure_threshold: Option<Option<u32>>,
            $(#[$on_each])?
            expiry: Option<Expiry>,
            $(#[$on_each])?
            success_threshold: Option<u32>,
            $(#[$on_each])?
            half_open_limit: Option<u32>,
            #[serde(with = "text")]
            $(#[$on_each])?
            probe_timeout: Option<Duration>,
            $(#[$on_each])?
            #[serde(with = "number_or_off")]
            failure_rate: Option<Option<u32>>,
            $(#[$on_each])?
            #[serde(with = "number_or_off")]
            slow_call_rate: Option<Option<u32>>,
            #[serde(with = "text")]
            $(#[$on_each])?
            slow_call_duration: Option<Duration>,
            $(#[$on_each])?
            window: Option<Window>,
            $(#[$on_each])?
            minimum_calls: Option<u32>,
            $(#[$on_each])?
            abandoned: Option<Abandoned>,
            $(#[$on_each])?
            jitter: Option<f64>,
            #[serde(with = "text")]
            $(#[$on_each])?
            retry_after_cap: Option<Duration>,
            $(#[$on_each])?
            shadow: Option<bool>,
        }
    };
}

settings!(Named, #[serde(skip_serializing_if = "Option::is_none")]);
// A format without names finds a setting by its place, so none is left out.
settings!(Whole);

impl Serialize for PolicyPatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            Named::serialize(self, serializer)
        } else {
            Whole::serialize(self, serializer)
        }
    }
}

/// Refuses values outside their limits.
impl<'de> Deserialize<'de> for PolicyPatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let patch = if deserializer.is_human_readable() {
            Named::deserialize(deserializer)
        } else {
            Whole::deserialize(deserializer)
        };
        patch?.validated().map_err(Error::custom)
    }
}

/// The limit of a rule that can be off: a number or "off"; in a format that is not human-readable,
/// a number or none.
#[expect(
    clippy::option_option,
    clippy::ref_option,
    reason = "a setting: not set, off, or a number"
)]
mod number_or_off {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::NumberOrOff;

    pub(super) fn serialize<S: Serializer>(
        limit: &Option<Option<u32>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        limit.map(NumberOrOff).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<u32>>, D::Error> {
        let limit = Option::<NumberOrOff>::deserialize(deserializer)?;
        Ok(limit.map(|NumberOrOff(limit)| limit))
    }
}

struct NumberOrOff(Option<u32>);

impl Serialize for NumberOrOff {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            None if serializer.is_human_readable() => serializer.serialize_str("off"),
            Some(limit) if serializer.is_human_readable() => serializer.serialize_u32(limit),
            limit => limit.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for NumberOrOff {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(NumberOrOffVisitor)
        } else {
            Option::deserialize(deserializer).map(Self)
        }
    }
}

struct NumberOrOffVisitor;

impl Visitor<'_> for NumberOrOffVisitor {
    type Value = NumberOrOff;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or \"off\"")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<NumberOrOff, E> {
        let limit = u32::try_from(number).map(|limit| NumberOrOff(Some(limit)));
        limit.map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<NumberOrOff, E> {
        let limit = u32::try_from(number).map(|limit| NumberOrOff(Some(limit)));
        limit.map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<NumberOrOff, E> {
        let off = (word == "off").then_some(NumberOrOff(None));
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
