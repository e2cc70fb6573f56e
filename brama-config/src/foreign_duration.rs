//! Durations as other formats write them, to tell people how this one does.

use std::time::Duration;

use brama_runtime::api::duration::parse;

/// `PT1M30S`, `00:01:30`, `1 d`, `1.5s`, `5min`, `1m30s`.
pub(crate) fn foreign_duration(text: &str) -> Option<Duration> {
    let text = text.trim().to_lowercase();
    let text = text.as_str();
    if let Some(iso) = text.strip_prefix('p') {
        let (days, time) = iso.split_once('t').unwrap_or((iso, ""));
        let parts = [days, time].concat();
        return sum(&parts);
    }
    if let Some((hours, rest)) = text.split_once(':') {
        let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, "0"));
        return sum(&format!("{hours}h{minutes}m{seconds}s"));
    }
    sum(text).filter(|sum| parse(text).is_err() && !sum.is_zero())
}

/// The sum of numbers with units, without spaces or with them.
fn sum(text: &str) -> Option<Duration> {
    let (mut rest, mut sum) = (text.trim(), Duration::ZERO);
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, with_unit) = rest.split_at_checked(end)?;
        let with_unit = with_unit.trim_start();
        let end = with_unit.find(|letter: char| !letter.is_ascii_alphabetic());
        let (unit, after) = with_unit.split_at_checked(end.unwrap_or(with_unit.len()))?;
        let seconds = match unit {
            "ms" => 0.001,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86_400.0,
            _ => return None,
        };
        let part = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()?;
        sum = sum.checked_add(part)?;
        rest = after.trim_start();
    }
    Some(Duration::from_millis(sum.as_millis().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_other_forms_are_understood() {
        let cases = [
            ("pt30s", 30_000),
            ("pt1m30s", 90_000),
            ("p1dt1h", 90_000_000),
            ("00:00:30", 30_000),
            ("01:30", 5_400_000),
            ("1 d", 86_400_000),
            ("2 days", 172_800_000),
            ("0.5s", 500),
            ("5min", 300_000),
            ("30 secs", 30_000),
            ("1m30s", 90_000),
        ];
        for (text, millis) in cases {
            assert_eq!(foreign_duration(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "5s", "30", "soon", "p", "x:y", "1e3ms", "5 fortnights"] {
            let found = foreign_duration(text).filter(|duration| !duration.is_zero());
            assert_eq!(found, None, "{text}");
        }
    }
}
