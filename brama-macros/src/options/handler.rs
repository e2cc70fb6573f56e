//! A user's function or closure that generated code calls.

use proc_macro2::Ident;
use syn::{Error, Expr, ExprClosure, ExprPath, spanned::Spanned};

use super::{
    names,
    no_function::{self, is_of},
    syntax::example,
    tail::tails,
};
use crate::{errors::with_help, literal::ungroup};

/// The options whose values are called, and what generated code passes to them.
const ARGUMENTS: [(&str, &str); 8] = [
    (names::ERROR_HANDLER, "a reference to the return value"),
    (names::FAILURE_IF, "a reference to the error"),
    (names::IGNORE_IF, "a reference to the error"),
    (names::TRIP_IF, "a reference to the error"),
    (names::RETRY_AFTER, "a reference to the error"),
    (names::REASON, "a reference to the error"),
    (names::ON_OPEN, "the `brama::CircuitOpen`"),
    (names::ON_TIMEOUT, "the `brama::TimedOut`"),
];

/// Rejects a value that cannot be called. Whether other values can is for rustc to decide.
pub(super) fn check(option: &Ident, handler: &Expr) -> syn::Result<()> {
    match ungroup(handler) {
        Expr::Closure(closure) => check_closure(option, closure),
        value => no_function::check(option, value),
    }
}

fn check_closure(option: &Ident, closure: &ExprClosure) -> syn::Result<()> {
    if let Some(keyword) = &closure.asyncness {
        let wrong = format!("`{option}` cannot be async");
        return Err(Error::new(keyword.span, with_help(wrong, "remove `async`")));
    }
    let mut parameters = closure.inputs.iter();
    let place = match (parameters.next(), parameters.next()) {
        (Some(_), None) => return check_failures(option, closure),
        (Some(_), Some(second)) => second.span(),
        (None, _) => closure.inputs_begin.span(),
    };
    let known = ARGUMENTS.iter().find(|(name, _)| option == name);
    let argument = known.map_or("the value", |(_, argument)| argument);
    let wrong = format!("`{option}` takes one argument: {argument}");
    Err(Error::new(place, with_help(wrong, example(option))))
}

/// Rejects an `error_handler` that returns a failure without a reason. rustc would report that a
/// function is no outcome.
fn check_failures(option: &Ident, closure: &ExprClosure) -> syn::Result<()> {
    let mut failures = tails(&closure.body).into_iter().filter_map(variant_of_failure);
    match failures.next().filter(|_| option == names::ERROR_HANDLER) {
        Some(failure) => Err(Error::new(failure.span(), with_help(NO_REASON, WITH_REASON))),
        None => Ok(()),
    }
}

/// `Outcome::Failure`, alone or with a literal in its parentheses.
fn variant_of_failure(value: &Expr) -> Option<&Ident> {
    match ungroup(value) {
        Expr::Path(ExprPath { path, .. }) => {
            let variant = &path.segments.last()?.ident;
            (variant == "Failure" && is_of("Outcome", path)).then_some(variant)
        }
        Expr::Call(call) if matches!(call.args.first(), None | Some(Expr::Lit(_))) => {
            variant_of_failure(&call.func)
        }
        Expr::MethodCall(call) => variant_of_failure(&call.receiver),
        _ => None,
    }
}

const NO_REASON: &str = "`Outcome::Failure` needs a reason";
const WITH_REASON: &str = "write `Outcome::failure(\"…\")`";
