//! The limits of a patch's values.

use std::time::Duration;

use crate::circuit::{
    InvalidSetting, PolicyPatch, SettingName, Window,
    expiry::{is_whole_millis, to_permille},
};

impl PolicyPatch {
    /// The first setting whose value is outside its limits, with what the limit says. A minimum of
    /// calls is compared with that window.
    pub(in crate::circuit) const fn first_broken(
        &self,
        window: Option<Window>,
    ) -> Option<(SettingName, &'static str)> {
        let mut index = 0;
        while index < SettingName::ALL.len() {
            #[expect(clippy::indexing_slicing, reason = "the loop's condition is the bound")]
            let setting = SettingName::ALL[index];
            if let Some(limit) = self.limit_broken(setting, window) {
                return Some((setting, limit));
            }
            index += 1;
        }
        None
    }

    /// Every value outside its limits, likewise.
    pub(in crate::circuit) fn mistakes_with(&self, window: Option<Window>) -> Vec<InvalidSetting> {
        let mistake = |setting: &SettingName| {
            let limit = self.limit_broken(*setting, window)?;
            Some(InvalidSetting::new(*setting, self.display_value(*setting), limit))
        };
        SettingName::ALL.iter().filter_map(mistake).collect()
    }

    /// What the limit of `setting` says where its value breaks it.
    const fn limit_broken(
        &self,
        setting: SettingName,
        window: Option<Window>,
    ) -> Option<&'static str> {
        match setting {
            SettingName::FailureThreshold => {
                broken(AT_LEAST_ONE_OR_OFF, positive(self.failure_threshold))
            }
            SettingName::Expiry => match &self.expiry {
                Some(expiry) => expiry.limit_broken(),
                None => None,
            },
            SettingName::SuccessThreshold => broken(AT_LEAST_ONE, one(self.success_threshold)),
            SettingName::HalfOpenLimit => broken(AT_LEAST_ONE, one(self.half_open_limit)),
            SettingName::ProbeTimeout => broken(MILLISECONDS, wait(self.probe_timeout)),
            SettingName::FailureRate => broken(PERCENT, percent(self.failure_rate)),
            SettingName::SlowCallRate => broken(PERCENT, percent(self.slow_call_rate)),
            SettingName::SlowCallDuration => broken(MILLISECONDS, wait(self.slow_call_duration)),
            SettingName::Window => match &self.window {
                Some(window) => window.limit_broken(),
                None => None,
            },
            SettingName::MinimumCalls if !one(self.minimum_calls) => Some(AT_LEAST_ONE),
            SettingName::MinimumCalls => broken(WITHIN_WINDOW, !self.minimum_exceeds(window)),
            SettingName::Abandoned | SettingName::Shadow => None,
            SettingName::Jitter => broken(SHARE, share(self.jitter)),
            SettingName::RetryAfterCap => broken(MILLISECONDS, wait(self.retry_after_cap)),
        }
    }

    pub(in crate::circuit) const fn minimum_exceeds(&self, window: Option<Window>) -> bool {
        match (self.minimum_calls, window) {
            (Some(minimum), Some(window)) => match window.size() {
                Some(calls) => calls < minimum,
                None => false,
            },
            (None, _) | (_, None) => false,
        }
    }
}

const AT_LEAST_ONE: &str = "at least 1";
const AT_LEAST_ONE_OR_OFF: &str = "at least 1, or off";
const MILLISECONDS: &str = "whole milliseconds, at least 1 ms";
const PERCENT: &str = "a percentage from 1 to 100, or off";
const SHARE: &str = "a share from 0 to 0.9 in whole thousandths";
const WITHIN_WINDOW: &str = "at most the calls of the window";

const fn broken(limit: &'static str, holds: bool) -> Option<&'static str> {
    if holds { None } else { Some(limit) }
}

const fn positive(limit: Option<Option<u32>>) -> bool {
    !matches!(limit, Some(Some(0)))
}

const fn percent(limit: Option<Option<u32>>) -> bool {
    match limit {
        Some(Some(percent)) => 1 <= percent && percent <= 100,
        Some(None) | None => true,
    }
}

const fn one(count: Option<u32>) -> bool {
    !matches!(count, Some(0))
}

const fn wait(length: Option<Duration>) -> bool {
    match length {
        Some(length) => is_whole_millis(length),
        None => true,
    }
}

const fn share(share: Option<f64>) -> bool {
    match share {
        Some(share) => share <= 0.9 && to_permille(share).is_some(),
        None => true,
    }
}
