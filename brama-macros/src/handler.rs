//! A path or closure of the user's that generated code calls.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Error, Expr, ExprCall, ExprClosure, ExprLit, Lit, Path, spanned::Spanned};

use crate::{mistakes::with_help, written::peeled};

/// The `error_handler`.
pub(crate) fn judge(handler: Expr) -> syn::Result<Expr> {
    called("error_handler", "a reference to the return value", handler)
}

/// The `failure_if` or `ignore_if`.
pub(crate) fn question(option: &Ident, handler: Expr) -> syn::Result<Expr> {
    called(&option.to_string(), "a reference to the error", handler)
}

/// The `on_open`.
pub(crate) fn answer(handler: Expr) -> syn::Result<Expr> {
    called("on_open", "the `brama::CircuitOpen`", handler)
}

/// The `on_timeout`.
pub(crate) fn late_answer(handler: Expr) -> syn::Result<Expr> {
    called("on_timeout", "the `brama::TimedOut`", handler)
}

fn called(option: &str, argument: &str, handler: Expr) -> syn::Result<Expr> {
    let value = peeled(&handler);
    match value {
        Expr::Lit(literal) => Err(not_a_literal(option, literal)),
        Expr::Call(call) if call.args.is_empty() => Err(not_a_call(option, call)),
        Expr::Call(_) | Expr::Tuple(_) | Expr::Array(_) | Expr::Struct(_) => {
            Err(not_a_value(option, argument, value))
        }
        Expr::Path(path) if path.path.is_ident("None") => Err(not_a_value(option, argument, value)),
        Expr::Closure(closure) => check(option, argument, closure).map(|()| handler),
        _ => Ok(handler),
    }
}

/// A value, where the function that gives it belongs.
fn not_a_value(option: &str, argument: &str, value: &Expr) -> Error {
    let wrong = format!("`{option}` takes a path or a closure, not a value");
    let shown = value.to_token_stream();
    let help = if option == "on_open" {
        format!("write `fallback = {shown}`")
    } else {
        format!("write a closure of one argument, {argument}")
    };
    Error::new(value.span(), with_help(wrong, help))
}

fn not_a_literal(option: &str, literal: &ExprLit) -> Error {
    let wrong = format!("`{option}` takes a path or a closure");
    match &literal.lit {
        Lit::Str(path) if syn::parse_str::<Path>(&path.value()).is_ok() => {
            let help = format!("remove the quotes: `{option} = {}`", path.value());
            Error::new(path.span(), with_help(format!("{wrong}, not a string"), help))
        }
        other if option == "on_open" => {
            let help = format!("for a value write `fallback = {}`", other.to_token_stream());
            Error::new(other.span(), with_help(wrong, help))
        }
        other => Error::new(other.span(), wrong),
    }
}

fn not_a_call(option: &str, call: &ExprCall) -> Error {
    let wrong = format!("`{option}` must name a function, not call it");
    Error::new(call.paren_token.span.join(), with_help(wrong, "remove the parentheses"))
}

fn check(option: &str, argument: &str, closure: &ExprClosure) -> syn::Result<()> {
    if let Some(keyword) = &closure.asyncness {
        let wrong = format!("`{option}` is called synchronously");
        return Err(Error::new(keyword.span, with_help(wrong, "remove `async`")));
    }
    let mut parameters = closure.inputs.iter();
    let place = match (parameters.next(), parameters.next()) {
        (Some(_), None) => return Ok(()),
        (Some(_), Some(second)) => second.span(),
        (None, _) => closure.inputs_begin.span(),
    };
    Err(Error::new(place, format!("`{option}` takes one argument: {argument}")))
}
