//! A patch: the settings that it names, each under the name of its setting.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

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
