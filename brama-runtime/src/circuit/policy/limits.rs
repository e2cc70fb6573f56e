//! The limits of single settings: each check returns the limit that a value breaks.

use std::time::Duration;

use crate::circuit::expiry::{is_whole_millis, to_hundredths, to_permille};

pub(super) const fn unlimited<T: Copy>(_: T) -> Option<&'static str> {
    None
}

pub(super) const fn at_least_one(count: u32) -> Option<&'static str> {
    limit("at least 1", 1 <= count)
}

pub(super) const fn at_least_one_or_off(count: Option<u32>) -> Option<&'static str> {
    limit("at least 1, or off", !matches!(count, Some(0)))
}

pub(super) const fn percentage_or_off(percent: Option<f64>) -> Option<&'static str> {
    let holds = match percent {
        Some(percent) => matches!(to_hundredths(percent), Some(1..=10_000)),
        None => true,
    };
    limit("a percentage from 0.01 to 100 with at most two decimals, or off", holds)
}

pub(super) const fn share_of_keys_or_off(percent: Option<u32>) -> Option<&'static str> {
    limit("a percentage from 1 to 100, or off", matches!(percent, Some(1..=100) | None))
}

pub(super) const fn whole_millis_or_off(duration: Option<Duration>) -> Option<&'static str> {
    let holds = match duration {
        Some(duration) => is_whole_millis(duration),
        None => true,
    };
    limit("whole milliseconds, at least 1 ms, or off", holds)
}

pub(super) const fn ramp_or_off(duration: Option<Duration>) -> Option<&'static str> {
    let holds = match duration {
        Some(duration) => is_whole_millis(duration) && 100 <= duration.as_millis(),
        None => true,
    };
    limit("whole milliseconds, at least 100 ms, or off", holds)
}

pub(super) const fn whole_millis(duration: Duration) -> Option<&'static str> {
    limit("whole milliseconds, at least 1 ms", is_whole_millis(duration))
}

pub(super) const fn share(share: f64) -> Option<&'static str> {
    let holds = share <= 0.9 && to_permille(share).is_some();
    limit("a share from 0 to 0.9 in whole thousandths", holds)
}

/// Returns the limit if it does not hold.
const fn limit(limit: &'static str, holds: bool) -> Option<&'static str> {
    if holds { None } else { Some(limit) }
}
