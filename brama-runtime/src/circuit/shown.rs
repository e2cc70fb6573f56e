//! The settings in words, one by one.

use std::{fmt::Display, time::Duration};

use super::{Knob, Policy, PolicyPatch, patch::Limit};

impl Policy {
    /// The value of `knob` in words: `10`, `off`, `60s`, `the last 100 calls`.
    #[must_use]
    pub fn shown(&self, knob: Knob) -> String {
        PolicyPatch::from(*self).shown(knob)
    }
}

impl PolicyPatch {
    /// Whether it says something of `knob`.
    #[must_use]
    pub const fn names(&self, knob: Knob) -> bool {
        match knob {
            Knob::FailureThreshold => self.failure_threshold.is_some(),
            Knob::Expiry => self.expiry.is_some(),
            Knob::SuccessThreshold => self.success_threshold.is_some(),
            Knob::HalfOpenLimit => self.half_open_limit.is_some(),
            Knob::ProbeTimeout => self.probe_timeout.is_some(),
            Knob::FailureRate => self.failure_rate.is_some(),
            Knob::SlowCallRate => self.slow_call_rate.is_some(),
            Knob::SlowCallDuration => self.slow_call_duration.is_some(),
            Knob::Window => self.window.is_some(),
            Knob::MinimumCalls => self.minimum_calls.is_some(),
            Knob::Abandoned => self.abandoned.is_some(),
            Knob::Jitter => self.jitter.is_some(),
            Knob::RetryAfterCap => self.retry_after_cap.is_some(),
            Knob::Shadow => self.shadow.is_some(),
        }
    }

    /// The value of `knob` in words.
    pub(super) fn shown(&self, knob: Knob) -> String {
        match knob {
            Knob::FailureThreshold => shown_limit(self.failure_threshold),
            Knob::Expiry => shown(self.expiry),
            Knob::SuccessThreshold => shown(self.success_threshold),
            Knob::HalfOpenLimit => shown(self.half_open_limit),
            Knob::ProbeTimeout => shown_length(self.probe_timeout),
            Knob::FailureRate => shown_limit(self.failure_rate),
            Knob::SlowCallRate => shown_limit(self.slow_call_rate),
            Knob::SlowCallDuration => shown_length(self.slow_call_duration),
            Knob::Window => shown(self.window),
            Knob::MinimumCalls => shown(self.minimum_calls),
            Knob::Abandoned => shown(self.abandoned),
            Knob::Jitter => shown(self.jitter),
            Knob::RetryAfterCap => shown_length(self.retry_after_cap),
            Knob::Shadow => shown(self.shadow),
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
