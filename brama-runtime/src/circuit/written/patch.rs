//! A patch: the settings that it names, each under the name of its setting.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected, Visitor},
};

use super::text;
use crate::circuit::{Abandoned, Expiry, PolicyPatch, Window, patch::Limit};

/// A struct of a patch's settings that serde's derive reads and writes in its stead.
macro_rules! settings {
    ($name:ident $(, #[$on_each:meta])?) => {
        #[derive(Default, Serialize, Deserialize)]
        #[serde(remote = "PolicyPatch", default, deny_unknown_fields)]
        struct $name {
            #[serde(alias = "max_attempts")]
            $(#[$on_each])?
            failure_threshold: Option<Limit>,
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
            failure_rate: Option<Limit>,
            $(#[$on_each])?
            slow_call_rate: Option<Limit>,
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
