//! The settings of a policy by their names.

use std::{fmt, time::Duration};

use brama_runtime::api::duration::{self, InvalidDuration, show};

use crate::{FleetPolicy, FleetTerms, InvalidFleetPolicy};

/// A setting of a [`FleetPolicy`] by its name, as configuration files write it.
///
/// ```
/// use brama_fleet::{FleetPolicy, FleetSetting};
///
/// let setting = FleetSetting::named("min_votes").unwrap();
/// let policy = setting.parse(FleetPolicy::new(), "2")?;
/// assert_eq!(setting.value(&policy), "2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct FleetSetting {
    name: &'static str,
    form: SettingForm,
    description: &'static str,
}

/// The form of the value of a [`FleetSetting`], and how it is set and read.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum SettingForm {
    /// A whole number within these limits.
    Number {
        /// The least and the greatest.
        limits: (u32, u32),
        /// Sets it.
        set: fn(FleetPolicy, u32) -> Result<FleetPolicy, InvalidFleetPolicy>,
        /// Reads it.
        get: fn(&FleetTerms) -> u32,
    },
    /// A duration.
    Length {
        /// Sets it.
        set: fn(FleetPolicy, Duration) -> Result<FleetPolicy, InvalidFleetPolicy>,
        /// Reads it, in milliseconds.
        get: fn(&FleetTerms) -> u64,
    },
}

/// A new setting is one line here.
const SETTINGS: &[FleetSetting] = &[
    number(
        "min_votes",
        (1, u32::MAX),
        FleetPolicy::min_votes,
        |it| it.min_votes,
        "The fewest votes that open a breaker for the fleet: at least 1.",
    ),
    number(
        "percent",
        (1, 100),
        FleetPolicy::percent,
        |it| it.percent,
        "The share of the members whose votes open, in per cent: 1 to 100.",
    ),
    number(
        "max_open_percent",
        (1, 100),
        FleetPolicy::max_open_percent,
        |it| it.max_open_percent,
        "The share of the known breakers that the fleet may open at once, in per cent: 1 to 100.",
    ),
    number(
        "success_threshold",
        (1, 1000),
        FleetPolicy::success_threshold,
        |it| it.success_threshold,
        "How many probes in a row must succeed: 1 to 1000.",
    ),
    length(
        "heartbeat",
        FleetPolicy::heartbeat,
        |it| it.heartbeat,
        "How often a node says that it is alive: 100 ms to 1 min.",
    ),
    length("vote", FleetPolicy::vote, |it| it.vote, "How long a vote counts: 1 s to 1 h."),
    length(
        "lease",
        FleetPolicy::lease,
        |it| it.lease,
        "How long the one probe of the fleet may take: 100 ms to 10 min.",
    ),
    length(
        "wait",
        FleetPolicy::wait,
        |it| it.wait,
        "How long the fleet rejects before the first probe: 100 ms to 1 h.",
    ),
    length(
        "longest_wait",
        FleetPolicy::longest_wait,
        |it| it.longest_wait,
        "The longest wait, and the longest rejection by hand: 100 ms to 24 h.",
    ),
    length(
        "ramp",
        FleetPolicy::ramp,
        |it| it.ramp,
        "For how long a growing share of the calls is admitted after an outage: 0 ms to 10 min.",
    ),
    number(
        "pooled_failure_rate",
        (0, 100),
        FleetPolicy::pooled_failure_rate,
        |it| it.pooled_failure_rate,
        "The share of failed calls of all nodes together that opens, in per cent: 0 for none, or 1 to 100.",
    ),
    number(
        "pooled_minimum_calls",
        (1, 1_000_000),
        FleetPolicy::pooled_minimum_calls,
        |it| it.pooled_minimum_calls,
        "The fewest calls of all nodes together that open: 1 to 1000000.",
    ),
    number(
        "pooled_reporters",
        (2, 1000),
        FleetPolicy::pooled_reporters,
        |it| it.pooled_reporters,
        "The fewest nodes that must have seen pooled failures: 2 to 1000.",
    ),
    length(
        "pooled_window",
        FleetPolicy::pooled_window,
        |it| it.pooled_window,
        "How long pooled calls count: 1 s to 1 h.",
    ),
];

const fn number(
    name: &'static str,
    limits: (u32, u32),
    set: fn(FleetPolicy, u32) -> Result<FleetPolicy, InvalidFleetPolicy>,
    get: fn(&FleetTerms) -> u32,
    description: &'static str,
) -> FleetSetting {
    FleetSetting { name, form: SettingForm::Number { limits, set, get }, description }
}

const fn length(
    name: &'static str,
    set: fn(FleetPolicy, Duration) -> Result<FleetPolicy, InvalidFleetPolicy>,
    get: fn(&FleetTerms) -> u64,
    description: &'static str,
) -> FleetSetting {
    FleetSetting { name, form: SettingForm::Length { set, get }, description }
}

impl FleetSetting {
    /// Returns every setting, in the order in which they are listed.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        SETTINGS
    }

    /// Returns the setting of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }

    /// Returns its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the form of its value.
    #[must_use]
    pub const fn form(&self) -> SettingForm {
        self.form
    }

    /// Returns a sentence about it, with its limits.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// Returns its value in a policy, as a configuration file writes it, without quotes.
    #[must_use]
    pub fn value(&self, policy: &FleetPolicy) -> String {
        match self.form {
            SettingForm::Number { get, .. } => get(&policy.terms()).to_string(),
            SettingForm::Length { get, .. } => {
                show(Duration::from_millis(get(&policy.terms()))).to_string()
            }
        }
    }

    /// Sets it to a value as a text: a whole number, or a duration such as `30s`.
    ///
    /// # Errors
    ///
    /// [`WrongSetting`] if the text is not of its form, or is outside of its limits.
    pub fn parse(&self, policy: FleetPolicy, text: &str) -> Result<FleetPolicy, WrongSetting> {
        match self.form {
            SettingForm::Number { set, .. } => {
                let number = text.parse().map_err(|_| WrongSetting::NotANumber)?;
                set(policy, number).map_err(WrongSetting::Limits)
            }
            SettingForm::Length { set, .. } => {
                let length = duration::parse(text);
                set(policy, length.map_err(WrongSetting::NotADuration)?)
                    .map_err(WrongSetting::Limits)
            }
        }
    }
}

impl fmt::Debug for FleetSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FleetSetting({})", self.name)
    }
}

impl fmt::Debug for SettingForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number { limits, .. } => write!(f, "Number({limits:?})"),
            Self::Length { .. } => f.write_str("Length"),
        }
    }
}

/// A value of a [`FleetSetting`] was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WrongSetting {
    /// It is no whole number.
    NotANumber,
    /// It is no duration.
    NotADuration(InvalidDuration),
    /// It is outside of the limits.
    Limits(InvalidFleetPolicy),
}

impl fmt::Display for WrongSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber => f.write_str("the value must be a whole number"),
            Self::NotADuration(error) => error.fmt(f),
            Self::Limits(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WrongSetting {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_reads_what_it_sets() {
        for setting in FleetSetting::all() {
            let default = setting.value(&FleetPolicy::new());
            let policy = setting.parse(FleetPolicy::new(), &default).unwrap();
            assert_eq!(policy, FleetPolicy::new(), "{setting:?}");
            let other = ["7", "11s", "61s"].iter().find_map(|text| {
                setting.parse(FleetPolicy::new(), text).ok().map(|policy| (text, policy))
            });
            let (text, policy) = other.unwrap();
            let shown = if *text == "61s" { "1m 1s" } else { text };
            assert_eq!(setting.value(&policy), shown, "{setting:?}");
        }
    }

    #[test]
    fn the_limits_of_each_number_are_those_of_the_policy() {
        for setting in FleetSetting::all() {
            let SettingForm::Number { limits: (least, most), set, .. } = setting.form() else {
                continue;
            };
            let is_valid = |number| set(FleetPolicy::new(), number).is_ok();
            let has_least = least.checked_sub(1).is_none_or(|it| !is_valid(it));
            assert!(is_valid(least) && is_valid(most) && has_least, "{setting:?}");
            assert!(most == u32::MAX || !is_valid(most + 1), "{setting:?}");
        }
    }
}
