//! Values in the place of a function.

use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;
use syn::{
    BinOp, Error, Expr, ExprBinary, ExprLit, ExprMacro, ExprPath, ExprUnary, Lit, Path, UnOp,
    spanned::Spanned,
};

use super::{names, syntax::example};
use crate::{
    errors::with_help,
    excerpt::excerpt,
    literal::{identifiers, ungroup},
};

/// Rejects a value that cannot be called.
pub(super) fn check(option: &Ident, value: &Expr) -> syn::Result<()> {
    match value {
        Expr::Lit(literal) => Err(not_a_literal(option, literal)),
        Expr::Path(path) if !is_value(option, path) => Ok(()),
        _ if is_pattern(value) || is_condition(value) => Err(not_a_value(option, value)),
        Expr::Tuple(_) | Expr::Array(_) => Err(not_a_value(option, value)),
        _ => Ok(()),
    }
}

/// Whether a path names a value. The constructor of a variant is a function, which `on_open` and
/// `on_timeout` may call; its result is no outcome, nor a `bool`.
fn is_value(option: &Ident, ExprPath { path, .. }: &ExprPath) -> bool {
    let is_judge = option != names::ON_OPEN && option != names::ON_TIMEOUT;
    path.is_ident("None") || is_judge && ends_in_camel_case(path)
}

/// Whether a value is one that a user may take for a predicate: `PayError::Late`,
/// `PayError::Code(404) | PayError::Code(429)`, `404 | 429`.
fn is_pattern(value: &Expr) -> bool {
    match ungroup(value) {
        Expr::Binary(ExprBinary { left, op: BinOp::BitOr(_), right, .. }) => {
            is_pattern(left) && is_pattern(right)
        }
        Expr::Call(call) => is_constructor(&call.func),
        Expr::Lit(_) | Expr::Struct(_) => true,
        Expr::Path(path) => ends_in_camel_case(&path.path),
        _ => false,
    }
}

/// Whether a call of this function returns a value and not a function: `Ok`, `PayError::Code`,
/// `Outcome::failure`, `Duration::from_secs`.
fn is_constructor(function: &Expr) -> bool {
    let Expr::Path(ExprPath { path, .. }) = ungroup(function) else { return false };
    ends_in_camel_case(path) || is_of("Outcome", path) || is_of("Duration", path)
}

/// `NotFound`, but not the constant `NOT_FOUND` or the function `not_found`.
fn ends_in_camel_case(path: &Path) -> bool {
    let last = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    last.starts_with(char::is_uppercase) && last.contains(char::is_lowercase)
}

/// `brama::Outcome::failure` is of `Outcome`.
pub(super) fn is_of(name: &str, path: &Path) -> bool {
    path.segments.iter().rev().nth(1).is_some_and(|parent| parent.ident == name)
}

/// Whether an expression can only be a `bool`: `error.code() == 404`, `!matches!(error, Late)`.
fn is_condition(value: &Expr) -> bool {
    match ungroup(value) {
        Expr::Binary(ExprBinary { op, .. }) => is_comparison(op) || is_lazy_boolean(op),
        Expr::Unary(ExprUnary { op: UnOp::Not(_), expr, .. }) => is_condition(expr),
        Expr::Paren(inner) => is_condition(&inner.expr),
        Expr::Macro(call) => is_matches(call),
        _ => false,
    }
}

const fn is_comparison(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_)
    )
}

/// Whether an operator is `&&` or `||`.
const fn is_lazy_boolean(op: &BinOp) -> bool {
    matches!(op, BinOp::And(_) | BinOp::Or(_))
}

/// Whether a macro is the `matches!` of the standard library, by its name and the comma in it.
fn is_matches(ExprMacro { mac, .. }: &ExprMacro) -> bool {
    let is_comma = |token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',');
    mac.path.segments.last().is_some_and(|last| last.ident == "matches")
        && mac.tokens.clone().into_iter().any(is_comma)
}

fn takes_a_function(option: &Ident) -> String {
    format!("`{option}` takes a function or a closure")
}

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

/// The error for a value instead of a function that returns it.
fn not_a_value(option: &Ident, value: &Expr) -> Error {
    let wrong = format!("{}, not a value", takes_a_function(option));
    Error::new(value.span(), with_help(wrong, with_value(option, value)))
}

/// What to write instead of a value.
fn with_value(option: &Ident, value: &Expr) -> String {
    let (shown, paths) = (excerpt(value), paths(value));
    if option == names::ON_OPEN {
        return format!("write `fallback = {shown}`");
    }
    let is_answer = [names::ON_TIMEOUT, names::REASON].iter().any(|name| option == name);
    if is_answer || paths.iter().any(|path| is_of("Outcome", path)) {
        return format!("write `{option} = |_| {shown}`");
    }
    if option == names::RETRY_AFTER && paths.iter().any(|path| is_of("Duration", path)) {
        return format!("write `{option} = |_| Some({shown})`");
    }
    let is_predicate = PREDICATES.iter().any(|name| option == name);
    let is_judge = is_predicate || option == names::ERROR_HANDLER;
    if is_judge && is_condition(value) && !is_of_functions(value) {
        return format!("write `{option} = |{}| {shown}`", parameter(option, value));
    }
    if !is_predicate || paths.is_empty() {
        return example(option);
    }
    let is_kind = |path: &&Path| path.segments.iter().any(|segment| segment.ident == "ErrorKind");
    match (paths.iter().any(is_kind), paths.as_slice()) {
        (true, [_]) => format!("write `{option} = |error| error.kind() == {shown}`"),
        (true, _) => format!("write `{option} = |error| matches!(error.kind(), {shown})`"),
        (false, _) => format!("write `{option} = |error| matches!(error, {shown})`"),
    }
}

/// The options that answer with a `bool`, of those that judge an error.
const PREDICATES: [&str; 3] = [names::IGNORE_IF, names::TRIP_IF, names::FAILURE_IF];

/// The paths of a pattern.
fn paths(value: &Expr) -> Vec<&Path> {
    match ungroup(value) {
        Expr::Path(path) => vec![&path.path],
        Expr::Call(call) => paths(&call.func),
        Expr::Struct(value) => vec![&value.path],
        Expr::Binary(ExprBinary { left, op: BinOp::BitOr(_), right, .. }) => {
            [paths(left), paths(right)].concat()
        }
        _ => Vec::new(),
    }
}

/// Whether a condition joins names, probably of functions: `is_late || is_busy`.
fn is_of_functions(condition: &Expr) -> bool {
    match ungroup(condition) {
        Expr::Binary(ExprBinary { left, op, right, .. }) => {
            is_lazy_boolean(op) && (is_of_functions(left) || is_of_functions(right))
        }
        Expr::Unary(ExprUnary { expr, .. }) => is_of_functions(expr),
        Expr::Paren(inner) => is_of_functions(&inner.expr),
        Expr::Path(_) => true,
        _ => false,
    }
}

/// The parameter of the closure around a condition: the name that the condition has for it.
fn parameter(option: &Ident, condition: &Expr) -> String {
    let usual = if option == names::ERROR_HANDLER { "ret" } else { "error" };
    let words = identifiers(condition.to_token_stream());
    let known = words.into_iter().find(|word| PARAMETERS.iter().any(|name| word == name));
    known.map_or_else(|| usual.to_owned(), |word| word.to_string())
}

const PARAMETERS: [&str; 8] = ["e", "err", "error", "r", "res", "result", "ret", "value"];
