//! A policy in plain numbers, from which the oracle computes.

use std::time::Duration;

use brama_runtime::api::{Expiry, Policy, PolicyPatch, Window, outcome::Abandoned};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct OraclePolicy {
    pub(crate) failure_threshold: Option<u32>,
    pub(crate) wait: Wait,
    pub(crate) success_threshold: u32,
    pub(crate) half_open_limit: u32,
    pub(crate) probe_timeout: Duration,
    pub(crate) failure_count: Option<u32>,
    /// In hundredths of a per cent.
    pub(crate) failure_rate: Option<u32>,
    pub(crate) slow_call_rate: Option<u32>,
    pub(crate) slow_call_duration: Duration,
    pub(crate) window: Span,
    pub(crate) minimum_calls: u32,
    pub(crate) abandoned_fails: bool,
    pub(crate) retry_after_cap: Duration,
    pub(crate) ramp: Option<Duration>,
    pub(crate) shadow: bool,
}

/// How long an opening lasts, in milliseconds; the factor in thousandths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wait {
    Fixed(u32),
    Progressive { initial: u32, max: u32, factor: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Span {
    Calls(u32),
    Time(Duration),
}

pub(crate) const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

pub(crate) const NANO: Duration = Duration::from_nanos(1);

impl OraclePolicy {
    /// Two failures in a row open for 10 ms, one success closes, and a probe may take 4 ms.
    pub(crate) const PLAIN: Self = Self {
        failure_threshold: Some(2),
        wait: Wait::Fixed(10),
        success_threshold: 1,
        half_open_limit: 1,
        probe_timeout: ms(4),
        failure_count: None,
        failure_rate: None,
        slow_call_rate: None,
        slow_call_duration: ms(3),
        window: Span::Calls(4),
        minimum_calls: 1,
        abandoned_fails: false,
        retry_after_cap: ms(25),
        ramp: None,
        shadow: false,
    };

    /// No run of failures opens, but a rate over the window does.
    pub(crate) const RATED: Self =
        Self { failure_threshold: None, failure_rate: Some(5_000), ..Self::PLAIN };

    pub(crate) fn build(&self) -> Policy {
        self.patch().policy().expect("the values are within their limits")
    }

    pub(crate) fn patch(&self) -> PolicyPatch {
        let patch = PolicyPatch::new()
            .expiry(self.wait.expiry())
            .success_threshold(self.success_threshold)
            .half_open_limit(self.half_open_limit)
            .probe_timeout(self.probe_timeout)
            .slow_call_duration(self.slow_call_duration)
            .window(self.window.window())
            .minimum_calls(self.minimum_calls)
            .abandoned(self.abandoned())
            .retry_after_cap(self.retry_after_cap)
            .shadow(self.shadow);
        self.rules_over(patch)
    }

    fn rules_over(&self, patch: PolicyPatch) -> PolicyPatch {
        let in_a_row = self.failure_threshold.map_or_else(
            || PolicyPatch::new().failure_threshold_off(),
            |limit| PolicyPatch::new().failure_threshold(limit),
        );
        let percent = |hundredths: u32| f64::from(hundredths) / 100.0;
        let counted = self.failure_count.map(|count| PolicyPatch::new().failure_count(count));
        let failed = self.failure_rate.map(percent);
        let failed = failed.map(|rate| PolicyPatch::new().failure_rate_decimal(rate));
        let slow = self.slow_call_rate.map(percent);
        let slow = slow.map(|rate| PolicyPatch::new().slow_call_rate_decimal(rate));
        let ramp = self.ramp.map(|length| PolicyPatch::new().ramp(length));
        [Some(in_a_row), counted, failed, slow, ramp]
            .into_iter()
            .flatten()
            .fold(patch, |all, one| one.layered_over(all))
    }

    const fn abandoned(&self) -> Abandoned {
        if self.abandoned_fails { Abandoned::Failure } else { Abandoned::Ignore }
    }

    pub(crate) const fn judges_window(&self) -> bool {
        self.failure_count.is_some() || self.failure_rate.is_some() || self.slow_call_rate.is_some()
    }
}

impl Wait {
    fn expiry(self) -> Expiry {
        match self {
            Self::Fixed(length) => Expiry::fixed(ms(length.into())),
            Self::Progressive { initial, max, factor } => {
                Expiry::progressive(ms(initial.into()), ms(max.into()))
                    .with_factor(f64::from(factor) / 1000.0)
            }
        }
    }

    /// Computes wait₀ = initial, waitₙ₊₁ = min(max, ⌊waitₙ × factor⌋).
    pub(crate) fn after_trips(self, trips: u32) -> Duration {
        match self {
            Self::Fixed(length) => ms(length.into()),
            Self::Progressive { initial, max, factor } => {
                let grow = |wait: u64, _| (wait * u64::from(factor) / 1000).min(max.into());
                ms((0..trips).fold(initial.into(), grow))
            }
        }
    }
}

impl Span {
    /// The most calls that it can be compared with.
    pub(crate) const fn size(self) -> u32 {
        match self {
            Self::Calls(count) => count,
            Self::Time(_) => u32::MAX,
        }
    }

    const fn window(self) -> Window {
        match self {
            Self::Calls(count) => Window::calls(count),
            Self::Time(length) => Window::time(length),
        }
    }
}
