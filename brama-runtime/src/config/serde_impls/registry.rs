//! The settings of the registry as they are written.

use std::{num::NonZeroUsize, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::{
    circuit::{
        Reasons,
        serde_impls::{setting::text_or_off, text},
    },
    config::{Config, KeyLimits},
};

/// The table `registry`. Each setting may be missing.
#[derive(Serialize, Deserialize)]
#[serde(rename = "registry", default, deny_unknown_fields)]
pub(super) struct RegistrySettings {
    #[serde(alias = "max-keys", deserialize_with = "at_least_one")]
    max_keys: NonZeroUsize,
    #[serde(alias = "inactive-threshold", with = "text")]
    inactive_threshold: Duration,
    #[serde(alias = "cleanup-interval", with = "text_or_off")]
    #[expect(clippy::option_option, reason = "a setting: not set, off, or a duration")]
    cleanup_interval: Option<Option<Duration>>,
    #[serde(alias = "max-series")]
    max_series: usize,
    reasons: Reasons,
    shadow: bool,
}

impl RegistrySettings {
    pub(super) const fn of(config: &Config) -> Self {
        let KeyLimits { max_keys, inactive_threshold, cleanup_interval, max_series } =
            config.key_limits;
        Self {
            max_keys,
            inactive_threshold,
            cleanup_interval: Some(cleanup_interval),
            max_series,
            reasons: config.reasons,
            shadow: config.shadow,
        }
    }

    /// A configuration with these settings only.
    pub(super) fn config(&self) -> Config {
        let interval = self.cleanup_interval.unwrap_or(KeyLimits::BUILT_IN.cleanup_interval);
        Config::new()
            .max_keys(self.max_keys)
            .inactive_threshold(self.inactive_threshold)
            .cleanup_interval(interval)
            .max_series(self.max_series)
            .reasons(self.reasons)
            .shadow(self.shadow)
    }
}

impl Default for RegistrySettings {
    fn default() -> Self {
        Self::of(&Config::new())
    }
}

fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NonZeroUsize, D::Error> {
    let number = usize::deserialize(deserializer)?;
    NonZeroUsize::new(number).ok_or_else(|| Error::custom("`max_keys` is 0, must be at least 1"))
}
