//! The setting `expiry`: the rule for the length of openings.

use std::time::Duration;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::duration::Exact;

/// The rule for the duration of an opening.
///
/// Whole milliseconds, at least 1 ms. A progressive expiry grows with each opening in a row, and
/// starts over when the circuit closes.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::Expiry;
/// use std::time::Duration;
///
/// const STEADY: Expiry = Expiry::fixed(Duration::from_secs(60));
/// const PATIENT: Expiry =
///     Expiry::progressive(Duration::from_secs(5), Duration::from_secs(300)).with_factor(2.0);
/// assert_eq!(PATIENT.wait(0), Duration::from_secs(5));
/// assert_eq!(PATIENT.wait(3), Duration::from_secs(40));
/// assert_eq!(PATIENT.wait(99), Duration::from_secs(300));
/// # assert_eq!(STEADY.wait(7), Duration::from_secs(60));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expiry(pub(super) Growth);

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub(super) enum Growth {
    Fixed(Duration),
    Progressive { initial: Duration, max: Duration, factor: f64 },
}

impl Expiry {
    /// Creates an expiry of a fixed duration: whole milliseconds, at least 1 ms.
    #[must_use]
    pub const fn fixed(duration: Duration) -> Self {
        Self(Growth::Fixed(duration))
    }

    /// Creates an expiry that doubles with each opening in a row, from `initial` up to `max`.
    ///
    /// Whole milliseconds; `initial` is at least 1 ms, `max` at least `initial`.
    #[must_use]
    pub const fn progressive(initial: Duration, max: Duration) -> Self {
        Self(Growth::Progressive { initial, max, factor: 2.0 })
    }

    /// Sets the factor by which openings in a row grow: 1 to 100 in whole thousandths. Default 2.
    ///
    /// A fixed expiry is unchanged.
    #[must_use]
    pub const fn with_factor(self, factor: f64) -> Self {
        match self.0 {
            Growth::Fixed(_) => self,
            Growth::Progressive { initial, max, .. } => {
                Self(Growth::Progressive { initial, max, factor })
            }
        }
    }

    /// Returns whether openings in a row grow.
    #[must_use]
    pub const fn is_progressive(&self) -> bool {
        matches!(self.0, Growth::Progressive { .. })
    }

    /// Returns how long an opening lasts after `trips` openings since the circuit last closed.
    ///
    /// Each step rounds down to whole milliseconds, so a few milliseconds times a small factor may
    /// not grow at all.
    #[must_use]
    pub fn wait(&self, trips: u32) -> Duration {
        match self.0 {
            Growth::Fixed(length) => length,
            Growth::Progressive { initial, max, factor } => {
                Duration::from_millis(backoff(millis(initial), millis(max), factor, trips))
            }
        }
    }

    /// Returns the limit that the expiry breaks, if any.
    pub(super) const fn limit_broken(self) -> Option<&'static str> {
        match self.0 {
            Growth::Fixed(length) if !is_whole_millis(length) => Some(WAIT),
            Growth::Progressive { initial, .. } if !is_whole_millis(initial) => Some(INITIAL),
            Growth::Progressive { initial, max, .. }
                if !is_whole_millis(max) || millis(max) < millis(initial) =>
            {
                Some(MAX)
            }
            Growth::Progressive { factor, .. } if !(factor >= 1.0 && factor <= 100.0) => {
                Some(FACTOR)
            }
            Growth::Progressive { factor, .. } if to_permille(factor).is_none() => Some(FACTOR),
            Growth::Fixed(_) | Growth::Progressive { .. } => None,
        }
    }
}

/// An expiry of this fixed duration.
impl From<Duration> for Expiry {
    fn from(duration: Duration) -> Self {
        Self::fixed(duration)
    }
}

impl std::fmt::Display for Expiry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Growth::Fixed(length) => Exact(length).fmt(f),
            Growth::Progressive { initial, max, factor } => {
                write!(f, "{} growing by {factor} to {}", Exact(initial), Exact(max))
            }
        }
    }
}

const WAIT: &str = "whole milliseconds, at least 1 ms";
const INITIAL: &str = "an initial wait of whole milliseconds, at least 1 ms";
const MAX: &str = "a maximum of whole milliseconds, at least the initial wait";
const FACTOR: &str = "a factor from 1 to 100 in whole thousandths";

/// Multiplies `trips` times. Stops early if a step changes nothing, so the loop is short.
fn backoff(initial: u64, max: u64, factor: f64, trips: u32) -> u64 {
    let factor = u128::from(to_permille(factor).unwrap_or(1000));
    let mut wait = initial;
    for _ in 0..trips {
        let product = u128::from(wait) * factor / 1000;
        let next = u64::try_from(product).unwrap_or(u64::MAX).min(max);
        if next == wait {
            break;
        }
        wait = next;
    }
    wait
}

/// Returns the share in whole thousandths; `None` if it is finer, not within 0 to 1 000, or NaN.
pub(super) const fn to_permille(share: f64) -> Option<u32> {
    to_whole(share, 1_000.0)
}

/// Returns the percentage in whole hundredths; `None` if it is finer, not within 0 to 1 000, or
/// NaN.
pub(super) const fn to_hundredths(percent: f64) -> Option<u32> {
    to_whole(percent, 100.0)
}

/// Returns the product if it is whole, up to the error of binary fractions.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked first: 0 to 1 000 000 holds exactly in both types"
)]
const fn to_whole(number: f64, factor: f64) -> Option<u32> {
    if !(number >= 0.0 && number <= 1_000.0) {
        return None;
    }
    let scaled = number * factor;
    let whole = (scaled + 0.5) as u32;
    let distance = scaled - whole as f64;
    if distance < 1e-6 && distance > -1e-6 { Some(whole) } else { None }
}

/// Returns the duration in whole milliseconds; 584 million years or more saturate to `u64::MAX`.
pub(super) const fn millis(duration: Duration) -> u64 {
    let seconds = duration.as_secs().saturating_mul(1_000);
    seconds.saturating_add(duration.subsec_millis() as u64)
}

/// Returns whether the duration is whole milliseconds, at least one.
pub(crate) const fn is_whole_millis(duration: Duration) -> bool {
    !duration.is_zero() && duration.subsec_nanos().is_multiple_of(1_000_000)
}
