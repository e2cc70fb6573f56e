//! A user's function or closure that generated code calls.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Error, Expr, ExprCall, ExprClosure, ExprLit, Lit, Path, spanned::Spanned};

use crate::{errors::with_help, literal::ungroup};

/// Checks an `error_handler`.
pub(crate) fn error_handler(handler: Expr) -> syn::Result<Expr> {
    HandlerOption {
        option: "error_handler",
        argument: "a reference to the return value",
        form: "|ret| <outcome>",
    }
    .check(handler)
}

/// Checks a `failure_if` or `ignore_if`.
pub(crate) fn predicate(option: &Ident, handler: Expr) -> syn::Result<Expr> {
    HandlerOption {
        option: &option.to_string(),
        argument: "a reference to the error",
        form: "|error| <bool>",
    }
    .check(handler)
}

/// Checks an `on_open`.
pub(crate) fn on_open(handler: Expr) -> syn::Result<Expr> {
    HandlerOption {
        option: "on_open",
        argument: "the `brama::CircuitOpen`",
        form: "|open| <value>",
    }
    .check(handler)
}

/// Checks an `on_timeout`.
pub(crate) fn on_timeout(handler: Expr) -> syn::Result<Expr> {
    HandlerOption {
        option: "on_timeout",
        argument: "the `brama::TimedOut`",
        form: "|timed_out| <value>",
    }
    .check(handler)
}

/// An option whose value is called.
struct HandlerOption<'o> {
    option: &'o str,
    /// What generated code passes to the handler.
    argument: &'static str,
    form: &'static str,
}

impl HandlerOption<'_> {
    fn check(&self, handler: Expr) -> syn::Result<Expr> {
        let value = ungroup(&handler);
        match value {
            Expr::Lit(literal) => Err(self.not_a_literal(literal)),
            Expr::Call(call) if call.args.is_empty() => Err(self.not_a_call(call)),
            Expr::Call(_) | Expr::Tuple(_) | Expr::Array(_) | Expr::Struct(_) => {
                Err(self.not_a_value(value))
            }
            Expr::Path(path) if path.path.is_ident("None") => Err(self.not_a_value(value)),
            Expr::Closure(closure) => self.check_closure(closure).map(|()| handler),
            _ => Ok(handler),
        }
    }

    fn wrong(&self) -> String {
        format!("`{}` takes a function or a closure", self.option)
    }

    fn closure(&self) -> String {
        format!("write `{} = {}`", self.option, self.form)
    }

    /// The error for a value instead of a function that returns it.
    fn not_a_value(&self, value: &Expr) -> Error {
        let wrong = format!("{}, not a value", self.wrong());
        let help = if self.option == "on_open" {
            format!("write `fallback = {}`", value.to_token_stream())
        } else {
            self.closure()
        };
        Error::new(value.span(), with_help(wrong, help))
    }

    fn not_a_literal(&self, literal: &ExprLit) -> Error {
        match &literal.lit {
            Lit::Str(path) if syn::parse_str::<Path>(&path.value()).is_ok() => {
                let wrong = format!("{}, not a string", self.wrong());
                let help = format!("remove the quotes: `{} = {}`", self.option, path.value());
                Error::new(path.span(), with_help(wrong, help))
            }
            _ => self.not_a_value(&Expr::Lit(literal.clone())),
        }
    }

    fn not_a_call(&self, call: &ExprCall) -> Error {
        let wrong = format!("`{}` must name a function, not call it", self.option);
        Error::new(call.paren_token.span.join(), with_help(wrong, "remove the parentheses"))
    }

    fn check_closure(&self, closure: &ExprClosure) -> syn::Result<()> {
        if let Some(keyword) = &closure.asyncness {
            let wrong = format!("`{}` cannot be async", self.option);
            return Err(Error::new(keyword.span, with_help(wrong, "remove `async`")));
        }
        let mut parameters = closure.inputs.iter();
        let place = match (parameters.next(), parameters.next()) {
            (Some(_), None) => return Ok(()),
            (Some(_), Some(second)) => second.span(),
            (None, _) => closure.inputs_begin.span(),
        };
        let wrong = format!("`{}` takes one argument: {}", self.option, self.argument);
        Err(Error::new(place, with_help(wrong, self.closure())))
    }
}
