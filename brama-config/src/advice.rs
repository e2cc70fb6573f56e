//! What to write in place of a wrong value, if it is clear what was meant.

use std::time::Duration;

use brama_runtime::api::{
    duration::{parse, show},
    text::Escaped,
};

use crate::{
    foreign_duration::foreign_duration,
    node::{Node, NodeValue},
    setting_rows::Form,
};

/// The value to write for a setting of this form, as TOML.
pub(crate) fn meant(form: Form, node: &Node) -> Option<String> {
    if can_be_off(form) && means_off(node) {
        return Some("\"off\"".to_owned());
    }
    match form {
        Form::Share => {
            let percent = number(node).filter(|it| 1.0 < *it && *it <= 90.0).map(hundredth);
            percent.or_else(|| percent_text(node)).or_else(|| {
                unquoted(node).filter(|it| (0.0..=0.9).contains(it)).map(|it| it.to_string())
            })
        }
        Form::WholePercentOrOff => {
            let share = number(node).filter(|it| 0.01 <= *it && *it < 1.0)?;
            Some((share * 100.0).round().to_string())
        }
        Form::Duration | Form::DurationOrOff | Form::Expiry => duration(node),
        Form::Window => window(node),
        Form::Flag => flag(node),
        Form::Count
        | Form::WholeNumber
        | Form::CountOrOff
        | Form::PercentOrOff
        | Form::Abandoned
        | Form::Reasons => whole(node),
    }
}

const fn can_be_off(form: Form) -> bool {
    matches!(
        form,
        Form::CountOrOff | Form::PercentOrOff | Form::WholePercentOrOff | Form::DurationOrOff
    )
}

/// Whether a value switches something off in another way.
fn means_off(node: &Node) -> bool {
    let words = ["off", "none", "no", "false", "disabled"];
    matches!(node.value, NodeValue::Bool(false))
        || node.as_text().is_some_and(|text| words.contains(&text.trim().to_lowercase().as_str()))
}

/// A truth value in quotes, or in another word.
fn flag(node: &Node) -> Option<String> {
    match node.as_text()?.trim().to_lowercase().as_str() {
        "true" | "yes" | "on" => Some("true".to_owned()),
        "false" | "no" | "off" => Some("false".to_owned()),
        _ => None,
    }
}

/// A percentage in quotes, such as `20%`, as a share.
fn percent_text(node: &Node) -> Option<String> {
    let percent: f64 = node.as_text()?.trim().strip_suffix('%')?.trim_end().parse().ok()?;
    (0.0..=90.0).contains(&percent).then(|| hundredth(percent))
}

/// A number in quotes.
fn unquoted(node: &Node) -> Option<f64> {
    node.as_text()?.trim().parse().ok()
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
            number.filter(|it| is_count(*it)).map(|it| it.to_string())
        }
        Form::PercentOrOff if word.contains("ratio") => {
            number.filter(|it| *it <= 1.0).map(|it| ((it * 10_000.0).round() / 100.0).to_string())
        }
        Form::PercentOrOff | Form::WholePercentOrOff => {
            number.filter(|it| *it <= 100.0).map(|it| it.to_string())
        }
        Form::Window if example.is_empty() => {
            number.filter(|it| is_count(*it)).map(|calls| format!("{{ calls = {calls} }}"))
        }
        Form::Window => length(word, node).map(|time| format!("{{ time = {time} }}")),
        Form::Duration | Form::DurationOrOff => length(word, node),
        Form::Expiry if example.is_empty() => length(word, node),
        Form::Expiry
        | Form::WholeNumber
        | Form::Share
        | Form::Flag
        | Form::Abandoned
        | Form::Reasons => None,
    }
}

/// Whether a number above 0 is one of calls or of failures.
fn is_count(number: f64) -> bool {
    number.fract() == 0.0 && number <= f64::from(u32::MAX)
}

/// A duration of another library: a text with its unit, or a number whose unit the word names.
pub(crate) fn length(word: &str, node: &Node) -> Option<String> {
    if let Some(text) = node.as_text() {
        let known = parse(text.trim()).ok().map(|duration| format!("\"{}\"", show(duration)));
        return known.or_else(|| duration(node));
    }
    let is_millis = word.ends_with("_ms") || word.contains("milliseconds");
    let is_seconds = word.contains("seconds") || word.ends_with("_secs");
    let number = u64::from(u32::try_from(integer(node)?).ok()?);
    let millis = match (is_millis, is_seconds) {
        (true, _) => number,
        (false, true) => number.checked_mul(1000)?,
        (false, false) => return None,
    };
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
    let mut values = values.split(',').map(str::trim);
    Some(match kind {
        "time" => format!("{{ time = {} }}", values.next()?),
        "progressive" => {
            let (initial, max) = (values.next()?, values.next()?);
            let factor = values.next().and_then(|factor| factor.parse::<f64>().ok());
            let factor = factor.map(|factor| format!(", factor = {factor:?}"));
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
        | NodeValue::Unsupported(_)
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
        | NodeValue::Unsupported(_)
        | NodeValue::Array(_)
        | NodeValue::Table(_) => return None,
    };
    (1 <= count).then(|| count.to_string())
}

/// A number of calls, a time, or a window as the attribute writes it.
fn window(node: &Node) -> Option<String> {
    if let NodeValue::Integer(calls) = node.value {
        return (1..=i64::from(u32::MAX))
            .contains(&calls)
            .then(|| format!("{{ calls = {calls} }}"));
    }
    let text = node.as_text()?;
    if let Some(time) = parse(text.trim()).ok().or_else(|| foreign_duration(text)) {
        return Some(format!("{{ time = \"{}\" }}", show(time)));
    }
    called(text)
}

/// A value as the attribute writes it: `calls(100)`, `time("10s")`, `progressive("5s", "5m")`.
pub(crate) fn called(text: &str) -> Option<String> {
    let text = text.trim();
    let (kind, value) = text.strip_suffix(')')?.split_once('(')?;
    if kind.trim() == "progressive" {
        let plain = text.chars().all(|letter| !letter.is_control()) && text.len() <= 2 * LONGEST;
        return in_a_file(text).filter(|_| plain);
    }
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
        NodeValue::Text(text) => foreign_duration(text)?,
        NodeValue::Null
        | NodeValue::Bool(_)
        | NodeValue::Unsupported(_)
        | NodeValue::Array(_)
        | NodeValue::Table(_) => return None,
    };
    (!duration.is_zero()).then(|| format!("\"{}\"", show(duration)))
}

/// Whether a duration that is always needed is switched off.
pub(crate) fn is_off(form: Form, node: &Node) -> bool {
    let is_needed = matches!(form, Form::Duration | Form::Expiry);
    is_needed && node.as_text() == Some("off")
}

/// Whether a text is a duration of another form, or switches it off in another way.
pub(crate) fn is_foreign_duration(form: Option<Form>, node: &Node) -> bool {
    if form == Some(Form::DurationOrOff) && means_off(node) {
        return true;
    }
    node.as_text().is_some_and(|text| foreign_duration(text).is_some())
}
