//! A path or closure of the user's that generated code calls.

use proc_macro2::Ident;
use syn::{Error, Expr, ExprCall, ExprClosure, ExprLit, Lit, spanned::Spanned};

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

fn called(option: &str, argument: &str, handler: Expr) -> syn::Result<Expr> {
    match peeled(&handler) {
        Expr::Lit(literal) => Err(not_a_literal(option, literal)),
        Expr::Call(call) => Err(not_a_call(option, call)),
        Expr::Closure(closure) => check(option, argument, closure).map(|()| handler),
        _ => Ok(handler),
    }
}

fn not_a_literal(option: &str, literal: &ExprLit) -> Error {
    let wrong = format!("`{option}` takes a path or a closure");
    match &literal.lit {
        Lit::Str(path) => {
            let help = format!("remove the quotes: `{option} = {}`", path.value());
            Error::new(path.span(), with_help(format!("{wrong}, not a string"), help))
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
