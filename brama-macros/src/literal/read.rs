//! Reads the value of a setting.

use std::{fmt::Display, ops::RangeInclusive};

use proc_macro2::{Ident, Literal, Span};
use quote::ToTokens;
use syn::{Error, Expr, LitInt, LitStr, spanned::Spanned};

use super::{Arguments, DurationValue, NumberValue, Value, ValueForm, duration, kind::ValueKind};
use crate::{errors::with_help, nearest::nearest, span::at};

/// Reads the value of the option that the user wrote as `option`. Anything but a literal is a
/// constant, for the compiler to check.
pub(crate) fn read(option: &str, kind: ValueKind, value: &Expr) -> syn::Result<Value> {
    ValueReader { option, kind }.read(value)
}

/// Reads a duration, or `None` for `off`. Anything but a literal is an expression.
pub(crate) fn timeout(option: &str, value: &Expr) -> syn::Result<Option<DurationValue>> {
    match ValueForm::of(value) {
        ValueForm::Off => Ok(None),
        _ => ValueReader { option, kind: ValueKind::Timeout }.length(value).map(Some),
    }
}

#[derive(Clone, Copy)]
pub(super) struct ValueReader<'o> {
    pub(super) option: &'o str,
    pub(super) kind: ValueKind,
}

impl ValueReader<'_> {
    fn read(self, value: &Expr) -> syn::Result<Value> {
        match (self.kind, ValueForm::of(value)) {
            (
                ValueKind::Threshold
                | ValueKind::Percent
                | ValueKind::WholePercent
                | ValueKind::Ramp,
                ValueForm::Off,
            ) => Ok(Value::Off),
            (
                ValueKind::Count
                | ValueKind::Threshold
                | ValueKind::Percent
                | ValueKind::WholePercent,
                ValueForm::Int(number),
            ) => self.count(number).map(Value::Number),
            (ValueKind::Percent, ValueForm::Float(_)) => self.decimal(value).map(Value::Decimal),
            (ValueKind::Duration, ValueForm::Str(_)) => self.length(value).map(Value::Duration),
            (ValueKind::Ramp, ValueForm::Str(_)) => self.ramp(value).map(Value::Duration),
            (ValueKind::Expiry, ValueForm::Str(_)) => self.length(value).map(Value::Fixed),
            (ValueKind::Expiry, ValueForm::Call(name, durations)) if name == "progressive" => {
                self.progressive(name, durations)
            }
            (ValueKind::Window, ValueForm::Call(name, size)) if name == "calls" => {
                self.calls(name, size)
            }
            (ValueKind::Window, ValueForm::Call(name, size)) if name == "time" => {
                self.time(name, size)
            }
            (ValueKind::Abandoned, ValueForm::Str(verdict)) => self.abandoned(verdict),
            (ValueKind::Share, ValueForm::Int(_) | ValueForm::Float(_)) => self.share(value),
            (ValueKind::Flag, ValueForm::Bool(flag)) => Ok(Value::Flag(flag.clone())),
            (ValueKind::Abandoned, ValueForm::Word(verdict))
                if verdict == "ignore" || verdict == "failure" =>
            {
                Err(self.unquoted(verdict))
            }
            (_, ValueForm::Call(name, _)) if self.near_form(name).is_some() => {
                Err(self.misspelt(name))
            }
            (ValueKind::Expiry, ValueForm::Expr | ValueForm::Word(_) | ValueForm::Call(..)) => {
                Ok(Value::Expiry(Box::new(value.clone())))
            }
            (_, ValueForm::Expr | ValueForm::Word(_) | ValueForm::Call(..)) => {
                Ok(Value::Constant(Box::new(value.clone())))
            }
            (_, form) => Err(self.mismatch(value, &form)),
        }
    }

    fn count(self, number: &LitInt) -> syn::Result<NumberValue> {
        self.check_suffix(number.suffix(), "u32", number.span())?;
        let is_percentage = matches!(self.kind, ValueKind::Percent | ValueKind::WholePercent);
        let limit = if is_percentage { 100 } else { u32::MAX };
        match number.base10_parse::<u32>() {
            Ok(count) if 1 <= count && count <= limit => Ok(NumberValue::Whole(number.clone())),
            Ok(_) => Err(self.out_of_range(number.span(), number, self.limit())),
            Err(_) => {
                let limit = format!("at most {}", u32::MAX);
                Err(self.out_of_range(number.span(), number, limit))
            }
        }
    }

    pub(super) const fn limit(self) -> &'static str {
        match self.kind {
            ValueKind::Count | ValueKind::Window => "at least 1",
            ValueKind::Threshold => "at least 1, or `off`",
            ValueKind::Percent => {
                "a percentage from 0.01 to 100 with at most two decimals, or `off`"
            }
            ValueKind::WholePercent => "a percentage from 1 to 100, or `off`",
            ValueKind::Ramp => "at least 100 ms, or `off`",
            ValueKind::Duration | ValueKind::Expiry => "at least 1 ms",
            ValueKind::Timeout => "at least 1 ms, or `off`",
            ValueKind::Share => "a share from 0 to 0.9 in whole thousandths",
            ValueKind::Abandoned | ValueKind::Flag => self.kind.takes(),
        }
    }

    /// Reads a duration of at least 1 ms, or a constant.
    fn length(self, value: &Expr) -> syn::Result<DurationValue> {
        self.length_within(|millis| 1 <= millis, self.limit(), value)
    }

    fn ramp(self, value: &Expr) -> syn::Result<DurationValue> {
        self.length_within(|millis| SHORTEST_RAMP <= millis, self.limit(), value)
    }

    fn length_within(
        self,
        is_valid: fn(u64) -> bool,
        limit: &str,
        value: &Expr,
    ) -> syn::Result<DurationValue> {
        match ValueForm::of(value) {
            ValueForm::Str(text) => {
                let millis = self.millis(text)?;
                if !is_valid(millis) {
                    return Err(self.out_of_range(text.span(), text.value(), limit));
                }
                Ok(DurationValue::Millis(millis, text.span()))
            }
            ValueForm::Call(..) | ValueForm::Word(_) | ValueForm::Expr => {
                Ok(DurationValue::Constant(Box::new(value.clone())))
            }
            form => Err(self.mismatch(value, &form)),
        }
    }

    fn millis(self, text: &LitStr) -> syn::Result<u64> {
        duration::millis(&text.value()).map_err(|[wrong, help]| {
            let wrong = format!("`{}` is not a duration: {wrong}", self.option);
            Error::new(text.span(), with_help(wrong, help))
        })
    }

    fn progressive(self, name: &Ident, durations: &Arguments) -> syn::Result<Value> {
        let durations: Vec<&Expr> = durations.iter().collect();
        let (initial, max, factor) = match durations.as_slice() {
            [initial, max] => (initial, max, None),
            [initial, max, factor] => (initial, max, Some(factor)),
            _ => return Err(Error::new(name.span(), with_help(DURATIONS, DURATIONS_EXAMPLE))),
        };
        let (initial, longest) = (self.length(initial)?, self.length(max)?);
        if let (DurationValue::Millis(first, _), DurationValue::Millis(last, place)) =
            (&initial, &longest)
            && last < first
        {
            return Err(self.out_of_range(*place, max.to_token_stream(), MAX));
        }
        let factor = factor.map(|factor| self.factor(factor)).transpose()?;
        Ok(Value::Progressive { initial, max: longest, factor })
    }

    fn factor(self, value: &Expr) -> syn::Result<NumberValue> {
        self.fraction(value, 1_000, 1_000..=100_000, FACTOR)
    }

    fn share(self, value: &Expr) -> syn::Result<Value> {
        self.fraction(value, 1_000, 0..=900, self.limit()).map(Value::Number)
    }

    /// Reads a percentage with decimals.
    fn decimal(self, value: &Expr) -> syn::Result<NumberValue> {
        self.fraction(value, 100, 1..=10_000, self.limit())
    }

    /// Reads a number that is whole as a number of `parts` of one, or a constant.
    fn fraction(
        self,
        value: &Expr,
        parts: u16,
        range: RangeInclusive<u32>,
        limit: &str,
    ) -> syn::Result<NumberValue> {
        let (shown, digits, suffix) = match ValueForm::of(value) {
            ValueForm::Int(number) => (number.to_string(), number.base10_digits(), number.suffix()),
            ValueForm::Float(number) => {
                (number.to_string(), number.base10_digits(), number.suffix())
            }
            ValueForm::Call(..) | ValueForm::Word(_) | ValueForm::Expr => {
                return Ok(NumberValue::Constant(Box::new(value.clone())));
            }
            form => return Err(self.mismatch(value, &form)),
        };
        self.check_suffix(suffix, "f64", value.span())?;
        let number: f64 = digits.parse().unwrap_or(f64::NAN);
        if !is_in(number * f64::from(parts), range) {
            return Err(self.out_of_range(value.span(), shown, limit));
        }
        let mut literal = Literal::f64_unsuffixed(number);
        literal.set_span(value.span());
        Ok(NumberValue::Fraction(literal))
    }

    fn calls(self, name: &Ident, size: &Arguments) -> syn::Result<Value> {
        let size = one_argument(name, size, "`calls(100)`")?;
        match ValueForm::of(size) {
            ValueForm::Int(count) => self.count(count).map(Value::Calls),
            ValueForm::Call(..) | ValueForm::Word(_) | ValueForm::Expr => {
                Ok(Value::Calls(NumberValue::Constant(Box::new(size.clone()))))
            }
            _ => Err(Error::new(size.span(), with_help(NO_COUNT, "write `window = calls(100)`"))),
        }
    }

    fn time(self, name: &Ident, size: &Arguments) -> syn::Result<Value> {
        let size = one_argument(name, size, "`time(\"10s\")`")?;
        let is_valid = |millis: u64| 0 < millis && millis.is_multiple_of(10);
        Self { kind: ValueKind::Duration, ..self }
            .length_within(is_valid, TIME, size)
            .map(Value::Time)
    }

    fn abandoned(self, verdict: &LitStr) -> syn::Result<Value> {
        let variant = match verdict.value().as_str() {
            "ignore" => "Ignore",
            "failure" => "Failure",
            _ => return Err(self.out_of_range(verdict.span(), verdict.token(), self.limit())),
        };
        Ok(Value::Abandoned(Ident::new(variant, at(verdict.span()))))
    }

    fn check_suffix(self, suffix: &str, wanted: &str, place: Span) -> syn::Result<()> {
        if suffix.is_empty() || suffix == wanted {
            return Ok(());
        }
        let wrong = format!("`{}` is a `{wanted}`, not a `{suffix}`", self.option);
        Err(Error::new(place, with_help(wrong, format!("remove the suffix `{suffix}`"))))
    }

    fn out_of_range(self, place: Span, shown: impl Display, limit: impl Display) -> Error {
        Error::new(place, format!("`{}` is {shown}, must be {limit}", self.option))
    }

    fn unquoted(self, word: &Ident) -> Error {
        let wrong = format!("`{}` is {word} without quotes", self.option);
        let help = format!("write it in quotes: `{} = \"{word}\"`", self.option);
        Error::new(word.span(), with_help(wrong, help))
    }

    /// The form that was probably meant by a call of an unknown function.
    fn near_form(self, name: &Ident) -> Option<&'static str> {
        let word = name.to_string();
        match (self.kind, word.as_str()) {
            (ValueKind::Window, "count" | "requests" | "size") => Some("calls(100)"),
            (ValueKind::Window, "duration" | "seconds" | "secs") => Some("time(\"10s\")"),
            (ValueKind::Window, _) => match nearest(["calls", "time"], &word)? {
                "calls" => Some("calls(100)"),
                _ => Some("time(\"10s\")"),
            },
            (ValueKind::Expiry, "fixed") => Some("\"30s\""),
            (ValueKind::Expiry, "exponential" | "backoff") => Some(PROGRESSIVE),
            (ValueKind::Expiry, _) => nearest(["progressive"], &word).map(|_| PROGRESSIVE),
            _ => None,
        }
    }

    fn misspelt(self, name: &Ident) -> Error {
        let wrong = format!("`{}` takes {}", self.option, self.kind.takes());
        let form = self.near_form(name).unwrap_or_default();
        let help = format!("write `{} = {form}`", self.option);
        Error::new(name.span(), with_help(wrong, help))
    }
}

pub(super) const PROGRESSIVE: &str = "progressive(\"5s\", \"300s\")";

const NO_COUNT: &str = "`calls` takes a whole number";
/// In milliseconds.
const SHORTEST_RAMP: u64 = 100;
const TIME: &str = "a multiple of 10 ms, at least 10 ms";
const MAX: &str = "at least the first duration";
const FACTOR: &str = "a factor from 1 to 100 in whole thousandths";
const DURATIONS: &str =
    "`progressive` takes the first duration, the longest one and, optionally, a factor";
const DURATIONS_EXAMPLE: &str = "write `progressive(\"5s\", \"300s\")`";

fn one_argument<'e>(name: &Ident, size: &'e Arguments, form: &str) -> syn::Result<&'e Expr> {
    match size.first() {
        Some(only) if size.len() == 1 => Ok(only),
        _ => Err(Error::new(name.span(), format!("`{name}` takes one value: {form}"))),
    }
}

/// Whether the number is whole and in the range, up to the error of binary fractions.
fn is_in(parts: f64, range: RangeInclusive<u32>) -> bool {
    let (least, most) = range.into_inner();
    let whole = parts.round();
    (parts - whole).abs() < 1e-6 && f64::from(least) <= whole && whole <= f64::from(most)
}
