//! Durations as other libraries write them.

use std::{ops::RangeInclusive, time::Duration};

use super::{field::Field, log::ImportLog};

/// How a format writes a duration.
pub(super) struct TimeFormat {
    pub(super) read: fn(&str) -> Option<Duration>,
    /// The form, as an error names it.
    pub(super) must_be: &'static str,
}

/// `10s`, `500ms`, `PT1M`, or a number of milliseconds.
pub(super) const SPRING: TimeFormat = TimeFormat {
    read: |text| number_with_unit(text, "ms").or_else(|| iso(text)),
    must_be: "a duration such as 10s, 500ms, PT10S or 10000, of at most 1000 days",
};

/// `00:00:30`, `1.00:00:00`.
pub(super) const TIME_SPAN: TimeFormat = TimeFormat {
    read: time_span,
    must_be: "a time span such as \"00:00:30\", of at most 1000 days",
};

/// The limits of spans in Polly.
pub(super) const SPANS_OF_POLLY: RangeInclusive<Duration> =
    Duration::from_millis(500)..=Duration::from_secs(24 * 60 * 60);

/// `30s`, `0.5s`.
pub(super) const PROTOBUF: TimeFormat = TimeFormat {
    read: |text| seconds(text.strip_suffix('s')?.trim_end()),
    must_be: "a duration in seconds such as 30s or 0.5s, of at most 1000 days",
};

/// Longer ones are mistakes, and sums of durations cannot overflow.
const LONGEST: Duration = Duration::from_secs(1000 * 24 * 60 * 60);

impl ImportLog {
    /// Reads a duration, in whole milliseconds and of at least 1 ms.
    pub(super) fn duration(
        &mut self,
        field: &Field<'_>,
        setting: &str,
        format: &TimeFormat,
    ) -> Option<Duration> {
        let exact = self.duration_or_zero(field, format)?;
        Some(self.whole_millis(field, setting, exact))
    }

    /// Reads a duration, which the other library does not accept below 1 ms.
    pub(super) fn duration_of_a_milli(
        &mut self,
        field: &Field<'_>,
        setting: &str,
        format: &TimeFormat,
    ) -> Option<Duration> {
        let exact = self.duration_or_zero(field, format)?;
        if exact < Duration::from_millis(1) {
            self.wrong(field, "at least 1 ms");
            return None;
        }
        Some(self.whole_millis(field, setting, exact))
    }

    /// Reads a duration as it is.
    pub(super) fn duration_or_zero(
        &mut self,
        field: &Field<'_>,
        format: &TimeFormat,
    ) -> Option<Duration> {
        let text = self.text(field)?;
        let read = (format.read)(&text).filter(|duration| *duration <= LONGEST);
        if read.is_none() {
            self.wrong(field, format.must_be);
        }
        read
    }

    /// The duration in whole milliseconds, rounded up.
    pub(super) fn whole_millis(
        &mut self,
        field: &Field<'_>,
        setting: &str,
        exact: Duration,
    ) -> Duration {
        let millis = exact.as_nanos().div_ceil(1_000_000).max(1);
        let whole = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
        if whole != exact {
            let why = "brama counts whole milliseconds, at least 1 ms";
            self.instead(field, format_args!("{setting} = {}", shown(whole)), why);
        }
        whole
    }

    /// The length of a window of time, rounded up to what brama can divide.
    pub(super) fn window_length(&mut self, field: &Field<'_>, exact: Duration) -> Duration {
        let tens = exact.as_nanos().div_ceil(10_000_000).max(1);
        let whole = Duration::from_millis(u64::try_from(tens).unwrap_or(u64::MAX / 10) * 10);
        if whole != exact {
            let why = "a window of time is a multiple of 10 ms";
            self.instead(field, format_args!("window = {{ time = {} }}", shown(whole)), why);
        }
        whole
    }
}

/// The duration as a configuration writes it.
pub(super) fn shown(duration: Duration) -> String {
    format!("\"{}\"", brama_runtime::api::duration::show(duration))
}

/// A whole number with a unit, or with `default` if it has none.
pub(super) fn number_with_unit(text: &str, default: &str) -> Option<Duration> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let unit = Some(unit.trim()).filter(|unit| !unit.is_empty()).unwrap_or(default);
    let nanos: u64 = match unit.to_lowercase().as_str() {
        "ns" => 1,
        "us" | "µs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(nanos).map(Duration::from_nanos)
}

/// `PT1M30S`, `P1DT12H`, `PT0.5S`.
fn iso(text: &str) -> Option<Duration> {
    let text = text.to_uppercase();
    let rest = text.strip_prefix('P')?;
    let (days, times) = rest.split_once('T').unwrap_or((rest, ""));
    let mut sum = match days {
        "" if times.is_empty() => return None,
        "" => Duration::ZERO,
        days => number_with_unit(days, "").filter(|_| days.ends_with('D'))?,
    };
    let mut rest = times;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| letter.is_ascii_alphabetic())?;
        let (number, unit_first) = rest.split_at_checked(end)?;
        let (unit, after) = unit_first.split_at_checked(1)?;
        let part = match unit {
            "S" => seconds(number)?,
            "H" | "M" => number_with_unit(&format!("{number}{unit}"), "")?,
            _ => return None,
        };
        sum = sum.checked_add(part)?;
        rest = after;
    }
    Some(sum)
}

/// `30`, `0.5`, with at most nine decimals.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || 9 < fraction.len() {
        return None;
    }
    let nanos: u32 = format!("{fraction:0<9}").parse().ok()?;
    Some(Duration::new(whole.parse().ok()?, nanos))
}

/// `[d.]hh:mm[:ss[.fffffff]]`, or a number of days.
fn time_span(text: &str) -> Option<Duration> {
    let is_number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    if !text.is_empty() && is_number(text) {
        return number_with_unit(text, "d");
    }
    let (hours, rest) = text.split_once(':')?;
    let (days, hours) = hours.split_once('.').unwrap_or(("0", hours));
    let (minutes, rest) = rest.split_once(':').unwrap_or((rest, "0"));
    let part = |text: &str, below: u64, unit: u64| {
        let number = Some(text).filter(|text| is_number(text))?.parse::<u64>().ok()?;
        Some(number).filter(|number| *number < below)?.checked_mul(unit)
    };
    let seconds = seconds(rest).filter(|seconds| seconds.as_secs() < 60)?;
    let days = part(days, 10_000_000, 86_400)?;
    let whole = days + part(hours, 24, 3600)? + part(minutes, 60, 60)?;
    Duration::from_secs(whole).checked_add(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(format: &TimeFormat, text: &str) -> Option<u128> {
        (format.read)(text).map(|duration| duration.as_millis())
    }

    #[test]
    fn spring_writes_units_iso_and_milliseconds() {
        let texts = [("10s", 10_000), ("500ms", 500), ("1000", 1000), ("2m", 120_000)];
        let iso =
            [("PT1M30S", 90_000), ("P1DT1H", 90_000_000), ("pt0.5s", 500), ("P1D", 86_400_000)];
        for (text, expected) in texts.into_iter().chain(iso) {
            assert_eq!(millis(&SPRING, text), Some(expected), "{text}");
        }
        for text in ["", "s", "1 fortnight", "-5s", "PT", "P", "P1H", "PT1D", "1.5s", "PT1S1"] {
            assert_eq!(millis(&SPRING, text), None, "{text}");
        }
    }

    #[test]
    fn time_spans_have_days_and_fractions() {
        let texts = [
            ("00:00:30", 30_000),
            ("00:00:00.5", 500),
            ("1.00:00:00", 86_400_000),
            ("01:30", 5_400_000),
            ("2", 172_800_000),
        ];
        for (text, expected) in texts {
            assert_eq!(millis(&TIME_SPAN, text), Some(expected), "{text}");
        }
        for text in ["", ":", "00:60:00", "24:00:00", "00:00:60", "30s", "-00:00:01", "::"] {
            assert_eq!(millis(&TIME_SPAN, text), None, "{text}");
        }
    }

    #[test]
    fn protobuf_writes_seconds() {
        assert_eq!(millis(&PROTOBUF, "30s"), Some(30_000));
        assert_eq!(millis(&PROTOBUF, "0.25s"), Some(250));
        for text in ["30", "1m", "s", "-1s", "1.0000000001s", "NaNs"] {
            assert_eq!(millis(&PROTOBUF, text), None, "{text}");
        }
    }
}
