//! A duration as text: `500ms`, `30s`, `5m`, `24h` or `1m 30s`.
//!
//! The runtime reads the same texts, but a proc-macro crate cannot depend on it. One table of texts
//! tests both.

/// Reads a duration in whole milliseconds, or returns what is wrong and what to write.
pub(crate) fn millis(text: &str) -> Result<u64, [String; 2]> {
    if text.trim_ascii().is_empty() {
        return Err(["it is empty".to_owned(), "write a duration, such as `\"30s\"`".to_owned()]);
    }
    let mut units = UNITS.into_iter();
    text.split_ascii_whitespace().try_fold(0_u64, |sum, part| {
        let millis = summand(part, &mut units).map_err(|mistake| mistake.message(part))?;
        sum.checked_add(millis).ok_or_else(|| DurationError::TooLong.message(part))
    })
}

/// The units in milliseconds, in the order in which a text must contain them.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

enum DurationError {
    NoNumber,
    NoUnit,
    UnknownUnit,
    NoWholeNumber,
    Order,
    TooLong,
}

impl DurationError {
    fn message(&self, part: &str) -> [String; 2] {
        let (wrong, help) = match self {
            Self::NoNumber => ("has no number", "write one before the unit, such as `5s`"),
            Self::NoUnit => ("has no unit", "write a unit: h, m, s or ms"),
            Self::UnknownUnit => ("has an unknown unit", "the units are h, m, s and ms"),
            Self::NoWholeNumber => ("is not a whole number", "write a sum, such as `1s 500ms`"),
            Self::Order => ("is out of order", "write h, m, s and ms in this order, each once"),
            Self::TooLong => ("is too long", "write at most 18446744073709551615ms in all"),
        };
        [format!("`{part}` {wrong}"), help.to_owned()]
    }
}

/// Reads one part, and removes its unit and the larger ones from the units that may follow.
fn summand(
    part: &str,
    units: &mut impl Iterator<Item = (&'static str, u64)>,
) -> Result<u64, DurationError> {
    let digits = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
    let (number, unit) = part.split_at(digits);
    let is_it = |(name, _): &(&str, u64)| *name == unit;
    if unit.starts_with(['.', ',', '-', '+']) {
        return Err(DurationError::NoWholeNumber);
    }
    if number.is_empty() {
        return Err(DurationError::NoNumber);
    }
    if unit.is_empty() {
        return Err(DurationError::NoUnit);
    }
    if !UNITS.iter().any(is_it) {
        return Err(DurationError::UnknownUnit);
    }
    let (_, length) = units.find(is_it).ok_or(DurationError::Order)?;
    // The number consists of digits, so only its size can be wrong.
    let number: u64 = number.parse().map_err(|_| DurationError::TooLong)?;
    number.checked_mul(length).ok_or(DurationError::TooLong)
}
