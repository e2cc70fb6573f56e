//! The names of a policy's settings.

use std::{fmt, time::Duration};

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::circuit::{Policy, PolicyPatch};

/// One setting of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum SettingName {
    /// `failure_threshold`
    FailureThreshold,
    /// `expiry`
    Expiry,
    /// `success_threshold`
    SuccessThreshold,
    /// `half_open_limit`
    HalfOpenLimit,
    /// `probe_timeout`
    ProbeTimeout,
    /// `failure_rate`
    FailureRate,
    /// `slow_call_rate`
    SlowCallRate,
    /// `slow_call_duration`
    SlowCallDuration,
    /// `window`
    Window,
    /// `minimum_calls`
    MinimumCalls,
    /// `abandoned`
    Abandoned,
    /// `jitter`
    Jitter,
    /// `retry_after_cap`
    RetryAfterCap,
    /// `shadow`
    Shadow,
}

impl SettingName {
    /// Every setting, in the order of the documentation's table.
    pub const ALL: [Self; 14] = [
        Self::FailureThreshold,
        Self::Expiry,
        Self::SuccessThreshold,
        Self::HalfOpenLimit,
        Self::ProbeTimeout,
        Self::FailureRate,
        Self::SlowCallRate,
        Self::SlowCallDuration,
        Self::Window,
        Self::MinimumCalls,
        Self::Abandoned,
        Self::Jitter,
        Self::RetryAfterCap,
        Self::Shadow,
    ];

    /// The name in the attribute, in configuration and in messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FailureThreshold => "failure_threshold",
            Self::Expiry => "expiry",
            Self::SuccessThreshold => "success_threshold",
            Self::HalfOpenLimit => "half_open_limit",
            Self::ProbeTimeout => "probe_timeout",
            Self::FailureRate => "failure_rate",
            Self::SlowCallRate => "slow_call_rate",
            Self::SlowCallDuration => "slow_call_duration",
            Self::Window => "window",
            Self::MinimumCalls => "minimum_calls",
            Self::Abandoned => "abandoned",
            Self::Jitter => "jitter",
            Self::RetryAfterCap => "retry_after_cap",
            Self::Shadow => "shadow",
        }
    }
}

impl fmt::Display for SettingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Policy {
    /// The value of `setting` in words: `10`, `off`, `60s`, `the last 100 calls`.
    #[must_use]
    pub fn display_value(&self, setting: SettingName) -> String {
        PolicyPatch::from(*self).display_value(setting)
    }
}

impl PolicyPatch {
    /// Whether the patch sets `setting`.
    #[must_use]
    pub const fn sets(&self, setting: SettingName) -> bool {
        match setting {
            SettingName::FailureThreshold => self.failure_threshold.is_some(),
            SettingName::Expiry => self.expiry.is_some(),
            SettingName::SuccessThreshold => self.success_threshold.is_some(),
            SettingName::HalfOpenLimit => self.half_open_limit.is_some(),
            SettingName::ProbeTimeout => self.probe_timeout.is_some(),
            SettingName::FailureRate => self.failure_rate.is_some(),
            SettingName::SlowCallRate => self.slow_call_rate.is_some(),
            SettingName::SlowCallDuration => self.slow_call_duration.is_some(),
            SettingName::Window => self.window.is_some(),
            SettingName::MinimumCalls => self.minimum_calls.is_some(),
            SettingName::Abandoned => self.abandoned.is_some(),
            SettingName::Jitter => self.jitter.is_some(),
            SettingName::RetryAfterCap => self.retry_after_cap.is_some(),
            SettingName::Shadow => self.shadow.is_some(),
        }
    }

    /// The value of `setting` in words.
    pub(in crate::circuit) fn display_value(&self, setting: SettingName) -> String {
        match setting {
            SettingName::FailureThreshold => shown_limit(self.failure_threshold),
            SettingName::Expiry => shown(self.expiry),
            SettingName::SuccessThreshold => shown(self.success_threshold),
            SettingName::HalfOpenLimit => shown(self.half_open_limit),
            SettingName::ProbeTimeout => shown_length(self.probe_timeout),
            SettingName::FailureRate => shown_limit(self.failure_rate),
            SettingName::SlowCallRate => shown_limit(self.slow_call_rate),
            SettingName::SlowCallDuration => shown_length(self.slow_call_duration),
            SettingName::Window => shown(self.window),
            SettingName::MinimumCalls => shown(self.minimum_calls),
            SettingName::Abandoned => shown(self.abandoned),
            SettingName::Jitter => shown(self.jitter),
            SettingName::RetryAfterCap => shown_length(self.retry_after_cap),
            SettingName::Shadow => shown(self.shadow),
        }
    }
}

fn shown(value: Option<impl fmt::Display>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn shown_limit(limit: Option<Option<u32>>) -> String {
    match limit {
        Some(Some(limit)) => limit.to_string(),
        Some(None) => "off".to_owned(),
        None => String::new(),
    }
}

fn shown_length(length: Option<Duration>) -> String {
    length.map_or_else(String::new, |length| format!("{length:?}"))
}
