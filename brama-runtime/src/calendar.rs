//! Calendar times as text, as RFC 3339 defines them.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// Prints a time in UTC, such as `2026-02-28T23:59:59.250Z`: always 24 characters, so that texts
/// sort like times.
///
/// Digits below a millisecond are dropped. RFC 3339 knows the years 0 to 9999; a time outside them
/// prints as the nearest end.
pub(crate) struct Rfc3339(pub(crate) SystemTime);

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = millis_since_epoch(self.0).clamp(FIRST, LAST);
        let (days, of_day) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
        let (year, month, day) = date(days);
        let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (second, milli) = (of_day / 1_000 % 60, of_day % 1_000);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}

/// Negative before 1970, and rounded down there as well.
fn millis_since_epoch(time: SystemTime) -> i64 {
    let millis = |length: Duration| i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => millis(after),
        Err(before) => {
            let before = before.duration().saturating_add(Duration::from_nanos(999_999));
            -millis(before)
        }
    }
}

/// The date of a day since 1970, in the Gregorian calendar.
///
/// Years begin in March here, so that the leap day is the last day of its year. An era is the 400
/// years after which the calendar repeats. The method is Howard Hinnant's `civil_from_days`.
const fn date(days_since_1970: i64) -> (i64, i64, i64) {
    let days = days_since_1970 + DAYS_FROM_MARCH_0_TO_1970;
    let (era, of_era) = (days.div_euclid(DAYS_OF_ERA), days.rem_euclid(DAYS_OF_ERA));
    let leap_days = of_era / 1_460 - of_era / 36_524 + of_era / 146_096;
    let year_of_era = (of_era - leap_days) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + (month <= 2) as i64;
    (year, month, day)
}

const DAY: i64 = 86_400_000;
const DAYS_OF_ERA: i64 = 146_097;
const DAYS_FROM_MARCH_0_TO_1970: i64 = 719_468;

/// The first millisecond of the year 0, and the last one of the year 9999.
const FIRST: i64 = -62_167_219_200_000;
const LAST: i64 = 253_402_300_799_999;

/// Serializes a time as text.
#[cfg(feature = "serde")]
pub(crate) fn serialize<S: serde::Serializer>(
    time: &SystemTime,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Rfc3339(*time))
}

/// Serializes a time, if there is one, as text.
#[cfg(feature = "serde")]
#[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
pub(crate) fn serialize_option<S: serde::Serializer>(
    time: &Option<SystemTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(&Rfc3339(*time)),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(millis: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
    }

    #[test]
    fn known_times_are_printed() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_740_787_199_250, "2025-02-28T23:59:59.250Z"),
            (1_709_210_096_001, "2024-02-29T12:34:56.001Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Rfc3339(after(millis)).to_string(), text);
        }
    }

    #[test]
    fn a_time_before_1970_is_printed_and_rounded_down() {
        let before = |nanos| SystemTime::UNIX_EPOCH - Duration::from_nanos(nanos);
        assert_eq!(Rfc3339(before(1)).to_string(), "1969-12-31T23:59:59.999Z");
        assert_eq!(Rfc3339(before(1_000_000)).to_string(), "1969-12-31T23:59:59.999Z");
        assert_eq!(Rfc3339(before(1_000_001)).to_string(), "1969-12-31T23:59:59.998Z");
        let year_0 = SystemTime::UNIX_EPOCH - Duration::from_secs(62_167_219_200);
        assert_eq!(Rfc3339(year_0).to_string(), "0000-01-01T00:00:00.000Z");
        let earlier = year_0 - Duration::from_secs(1);
        assert_eq!(Rfc3339(earlier).to_string(), "0000-01-01T00:00:00.000Z");
    }

    /// Counts days one by one, with the rule of leap years alone.
    #[test]
    fn every_day_of_two_eras_follows_the_day_before() {
        let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = |year, month| match month {
            2 => 28 + i64::from(is_leap(year)),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let mut expected = (1600, 1, 1);
        for days in -135_140..-135_140 + 2 * DAYS_OF_ERA {
            assert_eq!(date(days), expected);
            let (year, month, day) = expected;
            expected = match (month, day == length(year, month)) {
                (12, true) => (year + 1, 1, 1),
                (_, true) => (year, month + 1, 1),
                (_, false) => (year, month, day + 1),
            };
        }
    }
}
