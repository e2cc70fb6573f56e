//! A user's function or closure that generated code calls.

use proc_macro2::Ident;
use syn::{Error, Expr, ExprClosure, ExprLit, ExprPath, Lit, Path, spanned::Spanned};

use super::{names, syntax::example, tail::tails};
use crate::{errors::with_help, excerpt::excerpt, literal::ungroup};

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
    let value = ungroup(handler);
    match value {
        Expr::Lit(literal) => Err(not_a_literal(option, literal)),
        Expr::Tuple(_) | Expr::Array(_) | Expr::Struct(_) => Err(not_a_value(option, value)),
        Expr::Call(call) if is_constructor(&call.func) => Err(not_a_value(option, value)),
        Expr::Path(path) if is_value(option, path) => Err(not_a_value(option, value)),
        Expr::Closure(closure) => check_closure(option, closure),
        _ => Ok(()),
    }
}

/// Whether a call of this function returns a value and not a function: `Ok`, `PayError::Code`,
/// `Outcome::failure`.
fn is_constructor(function: &Expr) -> bool {
    let Expr::Path(path) = ungroup(function) else { return false };
    ends_in_camel_case(&path.path) || is_of_outcome(&path.path)
}

/// Whether a path names a value. The constructor of a variant is a function, which `on_open` and
/// `on_timeout` may call; its result is no outcome, nor a `bool`.
fn is_value(option: &Ident, ExprPath { path, .. }: &ExprPath) -> bool {
    let is_judge = option != names::ON_OPEN && option != names::ON_TIMEOUT;
    path.is_ident("None") || is_judge && ends_in_camel_case(path)
}

/// `NotFound`, but not the constant `NOT_FOUND` or the function `not_found`.
fn ends_in_camel_case(path: &Path) -> bool {
    let last = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    last.starts_with(char::is_uppercase) && last.contains(char::is_lowercase)
}

fn is_of_outcome(path: &Path) -> bool {
    path.segments.iter().rev().nth(1).is_some_and(|parent| parent.ident == "Outcome")
}

fn takes_a_function(option: &Ident) -> String {
    format!("`{option}` takes a function or a closure")
}

/// The error for a value instead of a function that returns it.
fn not_a_value(option: &Ident, value: &Expr) -> Error {
    let wrong = format!("{}, not a value", takes_a_function(option));
    Error::new(value.span(), with_help(wrong, with_value(option, value)))
}

/// What to write instead of a value.
fn with_value(option: &Ident, value: &Expr) -> String {
    let shown = excerpt(value);
    let path = match value {
        Expr::Path(path) => Some(&path.path),
        Expr::Call(call) => match ungroup(&call.func) {
            Expr::Path(path) => Some(&path.path),
            _ => None,
        },
        _ => None,
    };
    if option == names::ON_OPEN {
        return format!("write `fallback = {shown}`");
    }
    let is_answer = [names::ON_TIMEOUT, names::REASON].iter().any(|name| option == name);
    if is_answer || path.is_some_and(is_of_outcome) {
        return format!("write `{option} = |_| {shown}`");
    }
    match path {
        Some(path) if PREDICATES.iter().any(|name| option == name) => {
            let is_kind = path.segments.iter().any(|segment| segment.ident == "ErrorKind");
            if is_kind {
                format!("write `{option} = |error| error.kind() == {shown}`")
            } else {
                format!("write `{option} = |error| matches!(error, {shown})`")
            }
        }
        _ => example(option),
    }
}

/// The options that answer with a `bool`, of those that judge an error.
const PREDICATES: [&str; 3] = [names::IGNORE_IF, names::TRIP_IF, names::FAILURE_IF];

fn not_a_literal(option: &Ident, literal: &ExprLit) -> Error {
    match &literal.lit {
        Lit::Str(path)
            if option != names::REASON && syn::parse_str::<Path>(&path.value()).is_ok() =>
        {
            let wrong = format!("{}, not a string", takes_a_function(option));
            let help = format!("remove the quotes: `{option} = {}`", path.value());
            Error::new(path.span(), with_help(wrong, help))
        }
        _ => not_a_value(option, &Expr::Lit(literal.clone())),
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
            (variant == "Failure" && is_of_outcome(path)).then_some(variant)
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
