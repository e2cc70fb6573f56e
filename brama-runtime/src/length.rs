//! A length of time in a sentence for people.

use std::{fmt, time::Duration};

use crate::circuit::{Cause, DurationSource};

/// A length for people: to the second from 10 s on, to the tenth from 1 s on, else in whole
/// milliseconds, rounded up.
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

/// How long an opening lasts and why, after the name of its state: ` for 20 s (progressive, opening 3
/// in a row)`. Nothing where that goes without saying: a fixed expiry without jitter, and no opening.
pub(crate) struct Lasting<'a>(pub(crate) &'a Cause);

impl fmt::Display for Lasting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.length {
            Some(length) if length.source != DurationSource::Fixed || !length.jitter.is_zero() => {
                write!(f, " for {} ({})", Rounded(length.duration), length.why())
            }
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_for_people_is_short() {
        let shown = |millis| Rounded(Duration::from_millis(millis)).to_string();
        assert_eq!(
            [0, 1, 999, 1_000, 1_049, 1_050, 9_949, 9_999, 10_499, 60_006].map(shown),
            ["0 ms", "1 ms", "999 ms", "1 s", "1 s", "1.1 s", "9.9 s", "10 s", "10 s", "60 s"]
        );
    }
}
