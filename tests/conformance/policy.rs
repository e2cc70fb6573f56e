//! The policy of a vector: a table of the knobs that it names.

use brama::{Abandoned, Expiry, PolicyPatch, Window};
use serde::{Deserialize, Deserializer, de::Error};
use toml::Value;

use super::length::Length;

/// A policy as it is written; whether its values keep their limits is the patch's to say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    #[serde(alias = "max_attempts")]
    failure_threshold: Option<Limit>,
    expiry: Option<WrittenExpiry>,
    success_threshold: Option<u32>,
    half_open_limit: Option<u32>,
    probe_timeout: Option<Length>,
    failure_rate: Option<Limit>,
    slow_call_rate: Option<Limit>,
    slow_call_duration: Option<Length>,
    window: Option<WrittenWindow>,
    minimum_calls: Option<u32>,
    abandoned: Option<WrittenAbandoned>,
    jitter: Option<f64>,
    retry_after_cap: Option<Length>,
    shadow: Option<bool>,
}

impl Written {
    pub(crate) fn patch(&self) -> PolicyPatch {
        let patch = PolicyPatch::new();
        let patch = put(patch, self.failure_threshold, |patch, limit| match limit {
            Limit::At(failures) => patch.failure_threshold(failures),
            Limit::Off => patch.failure_threshold_off(),
        });
        let patch = put(patch, self.failure_rate, |patch, limit| match limit {
            Limit::At(percent) => patch.failure_rate(percent),
            Limit::Off => patch.failure_rate_off(),
        });
        let patch = put(patch, self.slow_call_rate, |patch, limit| match limit {
            Limit::At(percent) => patch.slow_call_rate(percent),
            Limit::Off => patch.slow_call_rate_off(),
        });
        let patch = put(patch, self.expiry, |patch, expiry| patch.expiry(expiry.expiry()));
        let patch = put(patch, self.success_threshold, PolicyPatch::success_threshold);
        let patch = put(patch, self.half_open_limit, PolicyPatch::half_open_limit);
        let patch = put(patch, self.probe_timeout, |patch, limit| patch.probe_timeout(limit.0));
        let patch =
            put(patch, self.slow_call_duration, |patch, limit| patch.slow_call_duration(limit.0));
        let patch = put(patch, self.window, |patch, window| patch.window(window.window()));
        let patch = put(patch, self.minimum_calls, PolicyPatch::minimum_calls);
        let patch =
            put(patch, self.abandoned, |patch, verdict| patch.abandoned(verdict.abandoned()));
        let patch = put(patch, self.jitter, PolicyPatch::jitter);
        let patch = put(patch, self.retry_after_cap, |patch, cap| patch.retry_after_cap(cap.0));
        put(patch, self.shadow, PolicyPatch::shadow)
    }
}

fn put<T>(
    patch: PolicyPatch,
    value: Option<T>,
    set: impl FnOnce(PolicyPatch, T) -> PolicyPatch,
) -> PolicyPatch {
    match value {
        Some(value) => set(patch, value),
        None => patch,
    }
}

#[derive(Debug, Clone, Copy)]
enum Limit {
    At(u32),
    Off,
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(value)?;
        match (value.as_integer().map(u32::try_from), value.as_str()) {
            (Some(Ok(limit)), _) => Ok(Self::At(limit)),
            (_, Some("off")) => Ok(Self::Off),
            (_, _) => Err(Error::custom("must be a whole number or \"off\"")),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum WrittenExpiry {
    Fixed(Length),
    Progressive(Progressive),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Progressive {
    initial: Length,
    max: Length,
    factor: Option<f64>,
}

impl WrittenExpiry {
    fn expiry(self) -> Expiry {
        match self {
            Self::Fixed(length) => Expiry::fixed(length.0),
            Self::Progressive(Progressive { initial, max, factor }) => {
                let expiry = Expiry::progressive(initial.0, max.0);
                factor.map_or(expiry, |factor| expiry.with_factor(factor))
            }
        }
    }
}

impl<'de> Deserialize<'de> for WrittenExpiry {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(value)?;
        let expiry = if value.is_table() {
            value.try_into().map(Self::Progressive)
        } else {
            value.try_into().map(Self::Fixed)
        };
        expiry.map_err(|error: toml::de::Error| Error::custom(error.message()))
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenWindow {
    Calls(u32),
    Time(Length),
}

impl WrittenWindow {
    const fn window(self) -> Window {
        match self {
            Self::Calls(count) => Window::calls(count),
            Self::Time(length) => Window::time(length.0),
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenAbandoned {
    Ignore,
    Failure,
}

impl WrittenAbandoned {
    const fn abandoned(self) -> Abandoned {
        match self {
            Self::Ignore => Abandoned::Ignore,
            Self::Failure => Abandoned::Failure,
        }
    }
}
