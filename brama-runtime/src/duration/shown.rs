//! Durations in messages.

use std::{fmt, time::Duration};

use super::show;

/// Formats the duration of a setting as [`parse`](super::parse) reads it.
///
/// One that is invalid, because it is not whole milliseconds, is shown to the nanosecond.
pub(crate) struct Exact(pub(crate) Duration);

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_whole = self.0.subsec_nanos().is_multiple_of(1_000_000);
        if is_whole { show(self.0).fmt(f) } else { write!(f, "{:?}", self.0) }
    }
}

/// Formats a duration for people: in seconds from 10 s, in tenths of a second from 1 s, and below
/// in whole milliseconds, rounded up.
pub(crate) struct Rounded(pub(crate) Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_nanos().div_ceil(1_000_000);
        let tenths = (millis + 50) / 100;
        match (millis, tenths) {
            (0..1_000, _) => write!(f, "{millis} ms"),
            (_, 0..100) if tenths.is_multiple_of(10) => write!(f, "{} s", tenths / 10),
            (_, 0..100) => write!(f, "{}.{} s", tenths / 10, tenths % 10),
            _ => write!(f, "{} s", (millis + 500) / 1_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_duration_of_a_setting_is_shown_as_it_is_read() {
        let shown = |micros| Exact(Duration::from_micros(micros)).to_string();
        assert_eq!(
            [0, 1_500, 61_001_000, 60_000_000].map(shown),
            ["0ms", "1.5ms", "1m 1s 1ms", "1m"]
        );
    }

    #[test]
    fn a_length_for_people_is_short() {
        let shown = |millis| Rounded(Duration::from_millis(millis)).to_string();
        assert_eq!(
            [0, 1, 999, 1_000, 1_049, 1_050, 9_949, 9_999, 10_499, 60_006].map(shown),
            ["0 ms", "1 ms", "999 ms", "1 s", "1 s", "1.1 s", "9.9 s", "10 s", "10 s", "60 s"]
        );
    }
}
