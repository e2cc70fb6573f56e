//! The rules in force for a circuit.

mod display;
mod error;
mod generated;
mod limits;
mod lint;
mod patch;
pub(super) mod settings;

use std::{fmt, time::Duration};

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

pub use self::{
    error::{InvalidPolicy, InvalidSetting},
    settings::{Policy, PolicyPatch, SettingName},
};
use super::Expiry;

impl Policy {
    /// The preset of a per-node transport: 5 failures, 30 s, 2 successes, 1 probe.
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

    /// The value of `setting` in words: `10`, `off`, `60s`, `the last 100 calls`.
    #[must_use]
    pub fn display_value(&self, setting: SettingName) -> String {
        PolicyPatch::from(*self).display_value(setting)
    }

    /// Whether outcomes enter a window: a rate rule is in force.
    #[must_use]
    pub const fn has_rate_rule(&self) -> bool {
        self.failure_rate.is_some() || self.slow_call_rate.is_some()
    }

    /// Whether a call of that length is slow. Without a length, or a slow-call rule, none is.
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

/// What an abandoned call counts as: a call that is dropped before it has an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum Abandoned {
    /// It says nothing about the dependency.
    #[default]
    Ignore,
    /// It counts as a failure: callers that give up are a sign of trouble.
    Failure,
}

impl Abandoned {
    /// The name in configuration: `ignore` or `failure`.
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
