//! A rate, as far as it is known.

use std::fmt;

#[cfg(feature = "serde")]
use serde::{Serialize, Serializer};

use crate::circuit::Policy;

/// The share of failed or slow calls in the window.
///
/// `Display` prints `12.5 %`, `below the minimum` or `off`. In JSON it is a number, or one of the
/// two texts.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Rate {
    /// The policy has no rate.
    Off,
    /// The window holds fewer calls than `minimum_calls`, so the rate is not judged.
    BelowMinimum,
    /// The share in per cent, 0 to 100, rounded down to two decimals.
    Percent(f64),
}

impl Rate {
    /// The share of `some` in `calls` under this policy.
    pub(crate) fn of(some: u64, calls: u64, policy: &Policy) -> Self {
        if !policy.has_rate_rule() {
            return Self::Off;
        }
        if calls < u64::from(policy.minimum_calls()) {
            return Self::BelowMinimum;
        }
        let hundredths = some.saturating_mul(10_000) / calls.max(1);
        // At most 10 000.
        Self::Percent(u32::try_from(hundredths).map_or(100.0, |it| f64::from(it) / 100.0))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::BelowMinimum => f.write_str("below the minimum"),
            Self::Percent(percent) => write!(f, "{percent} %"),
        }
    }
}

#[cfg(feature = "serde")]
impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off | Self::BelowMinimum => serializer.collect_str(self),
            Self::Percent(percent) => serializer.serialize_f64(*percent),
        }
    }
}
