//! The policy of a circuit: its settings, with their defaults and limits.

mod difference;
mod display_value;
mod error;
mod generated;
mod limits;
mod lint;
mod patch;
pub(super) mod settings;

use std::{fmt, time::Duration};

pub(crate) use self::patch::OF_WINDOW;
pub use self::{
    difference::SettingChange,
    error::{InvalidPolicy, InvalidSetting},
    settings::{Policy, PolicyPatch, SettingName},
};
use super::Expiry;

impl Policy {
    /// Returns the preset for a transport with a circuit for each node.
    ///
    /// 5 failures in a row open the circuit for 30 s, 1 probe runs at a time, and 2 successes in a
    /// row close the circuit. Other settings have their defaults.
    #[must_use]
    pub const fn conservative() -> Self {
        Self {
            failure_threshold: Some(5),
            expiry: Expiry::fixed(Duration::from_secs(30)),
            success_threshold: 2,
            half_open_limit: 1,
            ..Self::DEFAULT
        }
    }

    /// Returns the value of `setting` in words: `10`, `off`, `60s`, `the last 100 calls`.
    #[must_use]
    pub fn display_value(&self, setting: SettingName) -> String {
        PolicyPatch::from(*self).display_value(setting)
    }

    /// Returns whether a rate rule is set.
    #[must_use]
    pub const fn has_rate_rule(&self) -> bool {
        self.failure_rate.is_some() || self.slow_call_rate.is_some()
    }

    /// Returns whether a rule judges the window, so that outcomes enter it: a rate rule, or
    /// `failure_count`.
    #[must_use]
    pub const fn has_window_rule(&self) -> bool {
        self.failure_count.is_some() || self.has_rate_rule()
    }

    /// Cuts a retry-after hint to the longest that is honored.
    pub(in crate::circuit) fn cut(&self, hint: Duration) -> Duration {
        hint.min(self.retry_after_cap)
    }

    /// Returns whether a call of the duration `took` is slow.
    ///
    /// Without a duration or a slow-call rate, no call is slow.
    #[must_use]
    pub fn is_slow(&self, took: Option<Duration>) -> bool {
        self.slow_call_rate.is_some() && took.is_some_and(|took| self.slow_call_duration < took)
    }
}

impl fmt::Display for SettingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl TryFrom<PolicyPatch> for Policy {
    type Error = InvalidPolicy;

    fn try_from(patch: PolicyPatch) -> Result<Self, InvalidPolicy> {
        patch.policy()
    }
}

/// How an abandoned call counts: one that is dropped before it has an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Abandoned {
    /// The call says nothing about the dependency.
    #[default]
    Ignore,
    /// The call counts as a failure, because callers that give up are a sign of trouble.
    Failure,
}

impl Abandoned {
    /// Returns the name in configuration: `ignore` or `failure`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Failure => "failure",
        }
    }
}

impl fmt::Display for Abandoned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
