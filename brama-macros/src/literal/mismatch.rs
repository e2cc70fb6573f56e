//! The message for a value of another sort than its option takes.

use proc_macro2::{Group, Literal};
use syn::{Error, Expr, LitFloat, spanned::Spanned};

use super::{
    ValueForm,
    read::{PROGRESSIVE, ValueKind, ValueReader},
};
use crate::errors::with_help;

impl ValueReader<'_> {
    /// The message for a value of another sort.
    pub(super) fn mismatch(self, value: &Expr, form: &ValueForm<'_>) -> Error {
        let (option, takes) = (self.option, self.kind.takes());
        let wrong = format!("`{option}` takes {takes}");
        let message = match (self.kind, form) {
            (
                ValueKind::Duration | ValueKind::Expiry | ValueKind::Timeout,
                ValueForm::Int(_) | ValueForm::Dotted(..),
            ) => self.unquoted_duration(form),
            (ValueKind::Window, ValueForm::Int(calls)) => {
                with_help(wrong, format!("for that many calls write `window = calls({calls})`"))
            }
            (ValueKind::Window, ValueForm::Str(length)) => {
                let length = length.token();
                with_help(wrong, format!("for that much time write `window = time({length})`"))
            }
            (_, ValueForm::Negative(number)) => {
                format!("`{option}` is {number}, must be {}", self.limit())
            }
            (_, ValueForm::Off) => format!("`{option}` cannot be `off`, it takes {takes}"),
            _ => self.corrected(form).map_or(wrong.clone(), |help| with_help(wrong, help)),
        };
        Error::new(value.span(), message)
    }

    /// The message for a duration that is no text.
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

    /// The same value in the form that the option takes.
    fn corrected(self, form: &ValueForm<'_>) -> Option<String> {
        let option = self.option;
        match (self.kind, form) {
            (
                ValueKind::Count | ValueKind::Threshold | ValueKind::Percent | ValueKind::Share,
                ValueForm::Str(text),
            ) if text.value().parse::<f64>().is_ok() => {
                Some(format!("remove the quotes: `{option} = {}`", text.value()))
            }
            (ValueKind::Flag, ValueForm::Str(text)) if text.value().parse::<bool>().is_ok() => {
                Some(format!("remove the quotes: `{option} = {}`", text.value()))
            }
            (ValueKind::Percent, ValueForm::Str(text)) => {
                percentage(&text.value()).map(|percent| format!("write `{option} = {percent}`"))
            }
            (ValueKind::Share, ValueForm::Str(text)) => {
                as_share(&text.value()).map(|share| format!("write `{option} = {share}`"))
            }
            (ValueKind::Percent, ValueForm::Float(share)) => share_as_percentage(share)
                .map(|percent| format!("write a percentage: `{option} = {percent}`")),
            _ => None,
        }
    }
}

/// The message for a value in braces.
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

/// The message for a number with a percent sign.
pub(crate) fn percent_sign_mismatch(option: &str, kind: ValueKind, number: &Literal) -> Error {
    let wrong = format!("`{option}` takes {}", kind.takes());
    let written = format!("{number}%");
    let form = match kind {
        ValueKind::Share => as_share(&written).map(|share| share.to_string()),
        _ => percentage(&written).map(|percent| percent.to_string()),
    };
    let told = |form| with_help(&wrong, format!("write `{option} = {form}`"));
    Error::new(number.span(), form.map_or_else(|| wrong.clone(), told))
}

/// Whether a number bears letters: `30s`.
fn has_unit(number: &impl ToString) -> bool {
    number.to_string().ends_with(char::is_alphabetic)
}

/// The number of a percentage in words.
fn percentage(text: &str) -> Option<u32> {
    text.strip_suffix('%')?.trim().parse().ok()
}

/// A share of one as a percentage: 0.5 is 50.
fn share_as_percentage(share: &LitFloat) -> Option<u32> {
    let percent = share.base10_parse::<f64>().ok()? * 100.0;
    (1..=100).find(|whole| (f64::from(*whole) - percent).abs() < 1e-6)
}

/// A percentage in words as a share of one, up to the largest jitter: `50%` is 0.5.
fn as_share(text: &str) -> Option<f64> {
    percentage(text).filter(|percent| *percent <= 90).map(|percent| f64::from(percent) / 100.0)
}
