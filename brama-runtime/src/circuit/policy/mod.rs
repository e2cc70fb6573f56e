//! The rules in force for a circuit.

mod error;
mod limits;
mod lint;
mod patch;
mod setting_name;
mod settings;

use std::{fmt, time::Duration};

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

pub use self::{
    error::{InvalidPolicy, InvalidSetting},
    patch::PolicyPatch,
    setting_name::SettingName,
};
use super::{Expiry, Window};

/// The complete, valid settings of a circuit.
///
/// A value of this type keeps every limit: it is made from a [`PolicyPatch`], which names what
/// differs from the defaults and is checked on the way.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Policy, PolicyPatch};
///
/// let policy = PolicyPatch::new().failure_threshold(3).policy()?;
/// assert_eq!(policy.failure_threshold(), Some(3));
/// assert_eq!(policy.success_threshold(), 1);
///
/// const NODE: Policy = Policy::conservative();
/// assert_eq!(NODE.failure_threshold(), Some(5));
/// # Ok::<(), brama::error::InvalidPolicy>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(Serialize, Deserialize),
    serde(try_from = "PolicyPatch", into = "PolicyPatch")
)]
pub struct Policy {
    pub(super) failure_threshold: Option<u32>,
    pub(super) expiry: Expiry,
    pub(super) success_threshold: u32,
    pub(super) half_open_limit: u32,
    pub(super) probe_timeout: Duration,
    pub(super) failure_rate: Option<u32>,
    pub(super) slow_call_rate: Option<u32>,
    pub(super) slow_call_duration: Duration,
    pub(super) window: Window,
    pub(super) minimum_calls: u32,
    pub(super) abandoned: Abandoned,
    pub(super) jitter: f64,
    pub(super) retry_after_cap: Duration,
    pub(super) shadow: bool,
}

/// What a call counts as that was dropped before it had an outcome.
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

impl Policy {
    /// The defaults: 10 failures in a row open for 60 s; 1 probe, whose success closes.
    pub const DEFAULT: Self = Self {
        failure_threshold: Some(10),
        expiry: Expiry::fixed(Duration::from_secs(60)),
        success_threshold: 1,
        half_open_limit: 1,
        probe_timeout: Duration::from_secs(60),
        failure_rate: None,
        slow_call_rate: None,
        slow_call_duration: Duration::from_secs(60),
        window: Window::calls(100),
        minimum_calls: 100,
        abandoned: Abandoned::Ignore,
        jitter: 0.0,
        retry_after_cap: Duration::from_secs(300),
        shadow: false,
    };

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

    /// Failures in a row that open; `None` where the rule is off.
    #[must_use]
    pub const fn failure_threshold(&self) -> Option<u32> {
        self.failure_threshold
    }

    /// How long an opening lasts.
    #[must_use]
    pub const fn expiry(&self) -> Expiry {
        self.expiry
    }

    /// Successes in a row that close a half-open circuit.
    #[must_use]
    pub const fn success_threshold(&self) -> u32 {
        self.success_threshold
    }

    /// Probes in flight at once while half-open.
    #[must_use]
    pub const fn half_open_limit(&self) -> u32 {
        self.half_open_limit
    }

    /// After which a silent probe loses its place.
    #[must_use]
    pub const fn probe_timeout(&self) -> Duration {
        self.probe_timeout
    }

    /// The percentage of failures in the window that opens; `None` where the rule is off.
    #[must_use]
    pub const fn failure_rate(&self) -> Option<u32> {
        self.failure_rate
    }

    /// The percentage of slow calls in the window that opens; `None` where the rule is off.
    #[must_use]
    pub const fn slow_call_rate(&self) -> Option<u32> {
        self.slow_call_rate
    }

    /// A call that takes longer than this is slow.
    #[must_use]
    pub const fn slow_call_duration(&self) -> Duration {
        self.slow_call_duration
    }

    /// The calls over which rates are judged.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// Calls in the window below which no rate is judged.
    #[must_use]
    pub const fn minimum_calls(&self) -> u32 {
        self.minimum_calls
    }

    /// What an abandoned call counts as.
    #[must_use]
    pub const fn abandoned(&self) -> Abandoned {
        self.abandoned
    }

    /// The share, 0 to 0.9, by which an opening may be shortened at random.
    #[must_use]
    pub const fn jitter(&self) -> f64 {
        self.jitter
    }

    /// The longest opening that a retry-after hint can ask for.
    #[must_use]
    pub const fn retry_after_cap(&self) -> Duration {
        self.retry_after_cap
    }

    /// Whether the circuit decides and counts, but refuses nobody.
    #[must_use]
    pub const fn shadow(&self) -> bool {
        self.shadow
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

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Names every setting of the policy.
impl From<Policy> for PolicyPatch {
    fn from(policy: Policy) -> Self {
        Self {
            failure_threshold: Some(policy.failure_threshold),
            expiry: Some(policy.expiry),
            success_threshold: Some(policy.success_threshold),
            half_open_limit: Some(policy.half_open_limit),
            probe_timeout: Some(policy.probe_timeout),
            failure_rate: Some(policy.failure_rate),
            slow_call_rate: Some(policy.slow_call_rate),
            slow_call_duration: Some(policy.slow_call_duration),
            window: Some(policy.window),
            minimum_calls: Some(policy.minimum_calls),
            abandoned: Some(policy.abandoned),
            jitter: Some(policy.jitter),
            retry_after_cap: Some(policy.retry_after_cap),
            shadow: Some(policy.shadow),
        }
    }
}

impl TryFrom<PolicyPatch> for Policy {
    type Error = InvalidPolicy;

    fn try_from(patch: PolicyPatch) -> Result<Self, InvalidPolicy> {
        patch.policy()
    }
}
