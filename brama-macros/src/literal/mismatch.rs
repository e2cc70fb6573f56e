//! The message for a value of the wrong kind.

use proc_macro2::{Group, Literal};
use syn::{Error, Expr, LitFloat, spanned::Spanned};

use super::{
    ValueForm,
    kind::ValueKind,
    read::{PROGRESSIVE, ValueReader},
};
use crate::errors::with_help;

impl ValueReader<'_> {
    /// The error for a value of the wrong kind.
    pub(super) fn mismatch(self, value: &Expr, form: &ValueForm<'_>) -> Error {
        let (option, takes) = (self.option, self.kind.takes());
        let wrong = format!("`{option}` takes {takes}");
        let message = match (self.kind, form) {
            (
                ValueKind::Duration | ValueKind::Expiry | ValueKind::Timeout | ValueKind::Ramp,
                ValueForm::Int(_) | ValueForm::Dotted(..),
            ) => self.unquoted_duration(form),
            (ValueKind::Window, ValueForm::Int(calls)) => with_help(
                wrong,
                format!("for a window of {calls} calls, write `window = calls({calls})`"),
            ),
            (ValueKind::Window, ValueForm::Str(length)) => {
                let length = length.token();
                with_help(wrong, format!("for a window of time, write `window = time({length})`"))
            }
            (_, ValueForm::Negative(number)) => {
                format!("`{option}` is {number}, must be {}", self.limit())
            }
            (_, ValueForm::Off) => format!("`{option}` cannot be `off`; it takes {takes}"),
            _ => self.corrected(form).map_or(wrong.clone(), |help| with_help(wrong, help)),
        };
        Error::new(value.span(), message)
    }

    /// The message for a duration that is not a string.
    fn unquoted_duration(self, form: &ValueForm<'_>) -> String {
        let option = self.option;
        match form {
            ValueForm::Int(number) if !has_unit(number) => {
                let help = format!("write a unit: `\"{number}s\"`, or h, m or ms");
                with_help(format!("`{option}` is {number} without a unit"), help)
            }
            ValueForm::Dotted(number, unit) => {
                let help = format!("write it in quotes: `\"{number}{unit}\"`");
                with_help(format!("`{option}` is {number}.{unit} without quotes"), help)
            }
            ValueForm::Int(number) => {
                let help = format!("write it in quotes: `\"{number}\"`");
                with_help(format!("`{option}` is {number} without quotes"), help)
            }
            _ => format!("`{option}` takes {}", self.kind.takes()),
        }
    }

    /// The value in the form that the option takes, if it can be converted.
    fn corrected(self, form: &ValueForm<'_>) -> Option<String> {
        let option = self.option;
        match (self.kind, form) {
            (
                ValueKind::Count
                | ValueKind::Threshold
                | ValueKind::Percent
                | ValueKind::WholePercent
                | ValueKind::Share,
                ValueForm::Str(text),
            ) if text.value().parse::<f64>().is_ok() => {
                Some(format!("remove the quotes: `{option} = {}`", text.value()))
            }
            (ValueKind::Flag, ValueForm::Str(text)) if text.value().parse::<bool>().is_ok() => {
                Some(format!("remove the quotes: `{option} = {}`", text.value()))
            }
            (ValueKind::Percent | ValueKind::WholePercent, ValueForm::Str(text)) => {
                percentage(&text.value()).map(|percent| format!("write `{option} = {percent}`"))
            }
            (ValueKind::Share, ValueForm::Str(text)) => {
                as_share(&text.value()).map(|share| format!("write `{option} = {share}`"))
            }
            (ValueKind::WholePercent, ValueForm::Float(share)) => share_as_percentage(share)
                .map(|percent| format!("write a percentage: `{option} = {percent}`")),
            _ => None,
        }
    }
}

/// The error for a table in braces.
pub(crate) fn table_mismatch(option: &str, kind: ValueKind, braces: &Group) -> Error {
    let wrong = format!("`{option}` takes {}, not a table", kind.takes());
    let form = match kind {
        ValueKind::Window if braces.to_string().contains("time") => "time(\"10s\")",
        ValueKind::Window => "calls(100)",
        ValueKind::Expiry => PROGRESSIVE,
        _ => return Error::new(braces.span_open(), wrong),
    };
    Error::new(braces.span_open(), with_help(wrong, format!("write `{option} = {form}`")))
}

/// The error for a number with a percent sign.
pub(crate) fn percent_sign_mismatch(option: &str, kind: ValueKind, number: &Literal) -> Error {
    let wrong = format!("`{option}` takes {}", kind.takes());
    let text = format!("{number}%");
    let form = match kind {
        ValueKind::Share => as_share(&text).map(|share| share.to_string()),
        _ => percentage(&text).map(|percent| percent.to_string()),
    };
    let with_form = |form| with_help(&wrong, format!("write `{option} = {form}`"));
    Error::new(number.span(), form.map_or_else(|| wrong.clone(), with_form))
}

/// Whether a number ends in letters: `30s`.
fn has_unit(number: &impl ToString) -> bool {
    number.to_string().ends_with(char::is_alphabetic)
}

/// The number in a text such as `50%`.
fn percentage(text: &str) -> Option<u32> {
    text.strip_suffix('%')?.trim().parse().ok()
}

/// A share of one as a percentage: 0.5 is 50.
fn share_as_percentage(share: &LitFloat) -> Option<u32> {
    let percent = share.base10_parse::<f64>().ok()? * 100.0;
    (1..=100).find(|whole| (f64::from(*whole) - percent).abs() < 1e-6)
}

/// A text such as `50%` as a share of one, 0.5. At most 0.9, the largest jitter.
fn as_share(text: &str) -> Option<f64> {
    percentage(text).filter(|percent| *percent <= 90).map(|percent| f64::from(percent) / 100.0)
}
