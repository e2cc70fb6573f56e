//! What to write in place of a wrong value, if it is clear what was meant.

use std::time::Duration;

use brama_runtime::api::{
    duration::{parse, show},
    text::Escaped,
};

use crate::{
    node::{Node, NodeValue},
    settings::Form,
};

/// The value to write for a setting of this form, as TOML.
pub(crate) fn meant(form: Form, node: &Node) -> Option<String> {
    match form {
        Form::Share => number(node).filter(|it| 1.0 < *it && *it <= 90.0).map(hundredth),
        Form::WholePercentOrOff => {
            let share = number(node).filter(|it| 0.0 < *it && *it < 1.0)?;
            Some((share * 100.0).round().max(1.0).to_string())
        }
        Form::Duration | Form::DurationOrOff | Form::Expiry => duration(node),
        Form::Window => window(node),
        Form::Count
        | Form::WholeNumber
        | Form::CountOrOff
        | Form::PercentOrOff
        | Form::Flag
        | Form::Abandoned
        | Form::Reasons => whole(node),
    }
}

/// The value of a part of an expiry or of a window.
pub(crate) fn meant_of_part(part: &str, node: &Node) -> Option<String> {
    match part {
        "calls" => whole(node),
        "time" | "initial" | "max" => duration(node),
        _ => None,
    }
}

/// The value of another library's word for a setting of this form. `example` is that of the word.
pub(crate) fn translated(form: Form, example: &str, word: &str, node: &Node) -> Option<String> {
    let number = number(node).filter(|number| 0.0 < *number);
    match form {
        Form::Count | Form::CountOrOff => {
            number.filter(|it| it.fract() == 0.0).map(|it| it.to_string())
        }
        Form::PercentOrOff if word.contains("ratio") => {
            number.filter(|it| *it <= 1.0).map(|it| ((it * 10_000.0).round() / 100.0).to_string())
        }
        Form::PercentOrOff => number.filter(|it| *it <= 100.0).map(|it| it.to_string()),
        Form::Window if example.is_empty() => {
            number.filter(|it| it.fract() == 0.0).map(|calls| format!("{{ calls = {calls} }}"))
        }
        Form::Window => length(word, node).map(|time| format!("{{ time = {time} }}")),
        Form::Duration | Form::DurationOrOff => length(word, node),
        Form::Expiry if example.is_empty() => length(word, node),
        Form::Expiry
        | Form::WholeNumber
        | Form::WholePercentOrOff
        | Form::Share
        | Form::Flag
        | Form::Abandoned
        | Form::Reasons => None,
    }
}

/// A duration of another library: a text with its unit, or a number whose unit the word names.
fn length(word: &str, node: &Node) -> Option<String> {
    if let NodeValue::Text(text) = &node.value {
        let known = parse(text.trim()).ok().map(|duration| format!("\"{}\"", show(duration)));
        return known.or_else(|| duration(node));
    }
    let is_millis = word.ends_with("_ms") || word.contains("milliseconds");
    let millis = u64::from(u32::try_from(integer(node)?).ok()?);
    let millis = if is_millis { millis } else { millis.checked_mul(1000)? };
    Some(format!("\"{}\"", show(Duration::from_millis(millis))))
}

fn integer(node: &Node) -> Option<i64> {
    if let NodeValue::Integer(number) = node.value {
        Some(number).filter(|it| 0 < *it)
    } else {
        None
    }
}

/// The example of the attribute as a file writes it.
pub(crate) fn in_a_file(example: &str) -> Option<String> {
    let (kind, values) = example.strip_suffix(')')?.split_once('(')?;
    let mut values = values.split(", ");
    Some(match kind {
        "time" => format!("{{ time = {} }}", values.next()?),
        "progressive" => {
            let (initial, max) = (values.next()?, values.next()?);
            let factor = values.next().map(|factor| format!(", factor = {factor}.0"));
            format!("{{ initial = {initial}, max = {max}{} }}", factor.unwrap_or_default())
        }
        _ => return None,
    })
}

/// A number as it stands in a file.
pub(crate) fn number(node: &Node) -> Option<f64> {
    match node.value {
        NodeValue::Integer(number) => u32::try_from(number).ok().map(f64::from),
        NodeValue::Float(number) => Some(number),
        NodeValue::Null
        | NodeValue::Bool(_)
        | NodeValue::Text(_)
        | NodeValue::Odd(_)
        | NodeValue::Array(_)
        | NodeValue::Table(_) => None,
    }
}

fn hundredth(percent: f64) -> String {
    ((percent * 10.0).round() / 1000.0).min(0.9).to_string()
}

/// A whole number that has quotes or a point.
fn whole(node: &Node) -> Option<String> {
    let count = match &node.value {
        NodeValue::Text(text) => text.trim_end_matches('%').trim().parse::<u32>().ok()?,
        NodeValue::Float(number) => format!("{number}").parse::<u32>().ok()?,
        NodeValue::Null
        | NodeValue::Bool(_)
        | NodeValue::Integer(_)
        | NodeValue::Odd(_)
        | NodeValue::Array(_)
        | NodeValue::Table(_) => return None,
    };
    (1 <= count).then(|| count.to_string())
}

/// `calls(100)` and `time("10s")`, as the attribute writes them.
fn window(node: &Node) -> Option<String> {
    let NodeValue::Text(text) = &node.value else { return None };
    let (kind, value) = text.strip_suffix(')')?.split_once('(')?;
    let value = value.trim_matches(['"', '\'', ' ']);
    let value = match kind.trim() {
        "calls" => value.parse::<u32>().ok()?.to_string(),
        "time" => format!("\"{}\"", Escaped::within(LONGEST, value)),
        _ => return None,
    };
    Some(format!("{{ {} = {value} }}", kind.trim()))
}

/// In bytes.
const LONGEST: usize = 32;

/// A duration without a unit, or as others write it.
fn duration(node: &Node) -> Option<String> {
    let duration = match &node.value {
        NodeValue::Integer(seconds) => Duration::from_secs(u64::try_from(*seconds).ok()?),
        NodeValue::Float(seconds) => Duration::from_millis(
            Duration::try_from_secs_f64(*seconds).ok()?.as_millis().try_into().ok()?,
        ),
        NodeValue::Text(text) => foreign(&text.trim().to_lowercase())?,
        NodeValue::Null
        | NodeValue::Bool(_)
        | NodeValue::Odd(_)
        | NodeValue::Array(_)
        | NodeValue::Table(_) => return None,
    };
    (!duration.is_zero()).then(|| format!("\"{}\"", show(duration)))
}

/// Whether a duration that is always needed is switched off.
pub(crate) fn is_off(form: Form, node: &Node) -> bool {
    let is_needed = matches!(form, Form::Duration | Form::Expiry);
    is_needed && matches!(&node.value, NodeValue::Text(text) if text == "off")
}

/// Whether a text is a duration of another form.
pub(crate) fn is_foreign_duration(node: &Node) -> bool {
    matches!(&node.value, NodeValue::Text(text) if foreign(&text.trim().to_lowercase()).is_some())
}

/// `PT1M30S`, `00:01:30`, `1 d`, `1.5s`.
fn foreign(text: &str) -> Option<Duration> {
    if let Some(iso) = text.strip_prefix('p') {
        let (days, time) = iso.split_once('t').unwrap_or((iso, ""));
        let parts = [days, time].concat();
        return sum(&parts);
    }
    if let Some((hours, rest)) = text.split_once(':') {
        let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, "0"));
        return sum(&format!("{hours}h{minutes}m{seconds}s"));
    }
    let is_foreign = text.contains('.') || text.ends_with(['d', 'y']) || text.contains("day");
    sum(text).filter(|_| is_foreign)
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
            "s" | "sec" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
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
        ];
        for (text, millis) in cases {
            assert_eq!(foreign(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "5s", "30", "soon", "p", "x:y", "1e3ms", "5 fortnights"] {
            let found = foreign(text).filter(|duration| !duration.is_zero());
            assert_eq!(found, None, "{text}");
        }
    }
}
