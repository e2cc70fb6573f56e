//! Durations as text.

mod shown;

use std::{fmt, time::Duration};

pub(crate) use self::shown::{Exact, Rounded};
use crate::text::Escaped;

/// Parses whole milliseconds: `500ms`, `30s`, `5m`, `24h`, or a sum with spaces such as `1m 30s`.
///
/// The units must be in descending order, each at most once.
///
/// # Examples
///
/// ```
/// # use brama_runtime::api as brama;
/// use std::time::Duration;
///
/// use brama::duration;
///
/// assert_eq!(duration::parse("1m 30s"), Ok(Duration::from_secs(90)));
/// assert!(duration::parse("90").is_err());
/// ```
///
/// # Errors
///
/// Returns [`InvalidDuration`] for any other text, and for more than `u64::MAX` milliseconds.
/// Nothing is rounded or clamped.
pub fn parse(text: &str) -> Result<Duration, InvalidDuration> {
    sum(text).map(Duration::from_millis).map_err(|(part, mistake)| InvalidDuration {
        text: text.to_owned(),
        part: part.to_owned(),
        mistake,
    })
}

/// Formats a duration as [`parse`] reads it, such as `1m 30s`. A remainder below 1 ms is dropped.
#[must_use = "the duration is formatted when it is printed"]
pub fn show(duration: Duration) -> impl fmt::Display {
    Formatted(duration)
}

/// A text was rejected because it is not a duration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidDuration {
    text: String,
    part: String,
    mistake: Mistake,
}

impl InvalidDuration {
    /// Returns the rejected text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for InvalidDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, part, mistake) =
            (Escaped::rejected(&self.text), Escaped::rejected(&self.part), self.mistake);
        write!(f, "\"{text}\" is not a duration: ")?;
        match mistake {
            Mistake::Empty => write!(f, "it is empty; write h, m, s or ms, such as 1m 30s"),
            Mistake::Signed => {
                write!(f, "\"{part}\" has a sign; write a duration without a sign, such as 5s")
            }
            Mistake::NoNumber => {
                write!(f, "\"{part}\" has no number before its unit; write one, such as 5s")
            }
            Mistake::NoUnit => write!(f, "\"{part}\" has no unit; write a unit, such as {part}s"),
            Mistake::Fraction => {
                write!(f, "\"{part}\" has a fraction; write whole numbers, such as 1s 500ms")
            }
            Mistake::Joined => {
                write!(f, "\"{part}\" lacks a space between its parts; write one, such as 1m 30s")
            }
            Mistake::UnknownUnit => {
                write!(f, "\"{part}\" has a unit that is not known; write h, m, s or ms")
            }
            Mistake::Order => {
                write!(
                    f,
                    "\"{part}\" is out of order; write h, m, s and ms in this order, each once"
                )
            }
            Mistake::TooLong => {
                write!(f, "\"{part}\" is too long; write at most {} ms in all", u64::MAX)
            }
        }
    }
}

impl std::error::Error for InvalidDuration {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    Empty,
    Signed,
    NoNumber,
    NoUnit,
    Fraction,
    Joined,
    UnknownUnit,
    Order,
    TooLong,
}

/// The units in milliseconds, in the order in which they are written.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

fn sum(text: &str) -> Result<u64, (&str, Mistake)> {
    if text.trim_ascii().is_empty() {
        return Err((text, Mistake::Empty));
    }
    let mut units = UNITS.into_iter();
    text.split_ascii_whitespace().try_fold(0_u64, |sum, part| {
        let summand = millis(part, &mut units);
        let add = |millis| sum.checked_add(millis).ok_or(Mistake::TooLong);
        summand.and_then(add).map_err(|mistake| (part, mistake))
    })
}

/// Parses one part. Removes its unit, and all larger units, from the units that may follow.
fn millis(
    part: &str,
    units: &mut impl Iterator<Item = (&'static str, u64)>,
) -> Result<u64, Mistake> {
    let (number, unit) = split(part)?;
    let is_it = |(name, _): &(&str, u64)| *name == unit;
    if !UNITS.iter().any(is_it) {
        return Err(Mistake::UnknownUnit);
    }
    let (_, length) = units.find(is_it).ok_or(Mistake::Order)?;
    // The number consists of digits, so it can only be too large.
    let number: u64 = number.parse().map_err(|_| Mistake::TooLong)?;
    number.checked_mul(length).ok_or(Mistake::TooLong)
}

fn split(part: &str) -> Result<(&str, &str), Mistake> {
    let is_unit = |character: char| !character.is_ascii_digit();
    let (number, unit) = part.split_at(part.find(is_unit).unwrap_or(part.len()));
    match (number.is_empty(), unit.chars().next()) {
        (true, Some('+' | '-')) => Err(Mistake::Signed),
        (_, Some('.' | ',')) => Err(Mistake::Fraction),
        (true, _) => Err(Mistake::NoNumber),
        (false, None) => Err(Mistake::NoUnit),
        (false, Some(_)) if unit.contains(|c: char| c.is_ascii_digit()) => Err(Mistake::Joined),
        (false, Some(_)) => Ok((number, unit)),
    }
}

struct Formatted(Duration);

impl fmt::Display for Formatted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_millis();
        if rest == 0 {
            return f.write_str("0ms");
        }
        let mut space = "";
        for (unit, length) in UNITS {
            let number = rest / u128::from(length);
            rest %= u128::from(length);
            if 0 < number {
                write!(f, "{space}{number}{unit}")?;
                space = " ";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn every_unit_is_read() {
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(parse("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(parse("24h"), Ok(Duration::from_secs(86_400)));
        assert_eq!(parse("0s"), Ok(Duration::ZERO));
    }

    #[test]
    fn a_sum_is_read_and_may_skip_units() {
        assert_eq!(parse("1m 30s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse("1h 2m 3s 4ms"), Ok(Duration::from_millis(3_723_004)));
        assert_eq!(parse("1h 1ms"), Ok(Duration::from_millis(3_600_001)));
        assert_eq!(parse(" 1m  90s "), Ok(Duration::from_secs(150)));
    }

    #[test]
    fn the_error_for_a_missing_unit_suggests_one() {
        assert_eq!(
            message("90"),
            "\"90\" is not a duration: \"90\" has no unit; write a unit, such as 90s"
        );
        assert!(message("1 m").contains("\"1\" has no unit"));
    }

    #[test]
    fn an_empty_text_is_invalid() {
        assert_eq!(
            message(""),
            "\"\" is not a duration: it is empty; write h, m, s or ms, such as 1m 30s"
        );
        assert!(message("  ").contains("it is empty"));
    }

    #[test]
    fn the_error_for_an_unknown_unit_lists_the_known_ones() {
        assert_eq!(
            message("1h 5min"),
            "\"1h 5min\" is not a duration: \"5min\" has a unit that is not known; \
             write h, m, s or ms"
        );
        assert!(message("5S").contains("not known"));
        assert!(message("5µs").contains("not known"));
    }

    #[test]
    fn signs_fractions_and_missing_numbers_are_invalid() {
        assert!(
            message("-5s")
                .contains("\"-5s\" has a sign; write a duration without a sign, such as 5s")
        );
        assert!(message("+5s").contains("has a sign"));
        assert!(message("1.5s").contains("has a fraction; write whole numbers, such as 1s 500ms"));
        assert!(message(".5s").contains("has a fraction"));
        assert!(message("s").contains("\"s\" has no number before its unit"));
        assert!(message("٣s").contains("has no number"));
    }

    #[test]
    fn the_error_for_a_missing_space_names_it() {
        assert!(message("1m30s").contains("\"1m30s\" lacks a space between its parts"));
    }

    #[test]
    fn units_out_of_order_or_twice_are_invalid() {
        assert!(message("30s 1m").contains("\"1m\" is out of order; write h, m, s and ms in this"));
        assert!(message("1s 1s").contains("\"1s\" is out of order"));
    }

    #[test]
    fn too_long_is_invalid_and_never_clamped() {
        assert_eq!(parse("18446744073709551615ms"), Ok(Duration::from_millis(u64::MAX)));
        for text in ["18446744073709551616ms", "5124095576030432h", "18446744073709551s 616ms"] {
            assert!(message(text).contains("too long; write at most 18446744073709551615 ms"));
        }
    }

    #[test]
    fn what_is_shown_reads_back_as_itself() {
        let lengths = [0, 1, 999, 1_000, 1_001, 59_999, 60_000, 90_000, 3_600_000, 3_723_004];
        for millis in lengths.into_iter().chain([u64::MAX]) {
            let length = Duration::from_millis(millis);
            assert_eq!(parse(&show(length).to_string()), Ok(length));
        }
    }

    #[test]
    fn a_duration_is_shown_in_the_largest_units() {
        assert_eq!(show(Duration::ZERO).to_string(), "0ms");
        assert_eq!(show(Duration::from_secs(90)).to_string(), "1m 30s");
        assert_eq!(show(Duration::from_millis(86_400_005)).to_string(), "24h 5ms");
        assert_eq!(show(Duration::from_micros(1_999)).to_string(), "1ms");
    }
}
