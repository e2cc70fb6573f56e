//! The settings in words, one by one.

use std::{fmt::Display, time::Duration};

use super::{Policy, PolicyPatch, SettingName, patch::Limit};

impl Policy {
    /// The value of `setting` in words: `10`, `off`, `60s`, `the last 100 calls`.
    #[must_use]
    pub fn shown(&self, setting: SettingName) -> String {
        PolicyPatch::from(*self).shown(setting)
    }
}

impl PolicyPatch {
    /// Whether it says something of `setting`.
    #[must_use]
    pub const fn names(&self, setting: SettingName) -> bool {
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
    pub(super) fn shown(&self, setting: SettingName) -> String {
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

fn shown(value: Option<impl Display>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn shown_limit(limit: Option<Limit>) -> String {
    match limit {
        Some(Limit::At(limit)) => limit.to_string(),
        Some(Limit::Off) => "off".to_owned(),
        None => String::new(),
    }
}

fn shown_length(length: Option<Duration>) -> String {
    length.map_or_else(String::new, |length| format!("{length:?}"))
}
