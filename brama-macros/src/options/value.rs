//! The values of single options: names, paths and flags.

use proc_macro2::Ident;
use syn::{Error, Expr, ExprLit, Lit, LitBool, LitStr, Path, spanned::Spanned};

use super::{FutureOption, Identifier, syntax::example};
use crate::{errors::with_help, literal::ungroup};

pub(super) fn identifier(option: &Ident, value: Expr) -> syn::Result<Identifier> {
    match ungroup(&value) {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => {
            not_empty(option, name).map(Identifier::Literal)
        }
        Expr::Lit(other) => Err(Error::new(other.span(), with_help(NO_STRING, NAMED))),
        _ => Ok(Identifier::Expression(value)),
    }
}

const NO_STRING: &str = "`identifier` must be a string";
const NAMED: &str =
    "write `identifier = \"payment-api\"`, or an expression that evaluates to a string";

pub(super) fn literal(option: &Ident, value: &Expr) -> syn::Result<LitStr> {
    match ungroup(value) {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => not_empty(option, name),
        other => {
            let wrong = format!("`{option}` must be a string literal");
            Err(Error::new(other.span(), with_help(wrong, example(option))))
        }
    }
}

pub(super) fn key(value: Expr) -> syn::Result<Expr> {
    match ungroup(&value) {
        Expr::Lit(literal) => Err(Error::new(literal.span(), with_help(SAME_KEY, NO_KEY))),
        _ => Ok(value),
    }
}

const SAME_KEY: &str = "this `key` is the same for every call";
const NO_KEY: &str =
    "make it part of the `identifier`, or write an expression that varies, such as `key = node.id`";

fn not_empty(option: &Ident, name: &LitStr) -> syn::Result<LitStr> {
    if name.value().trim().is_empty() {
        let wrong = format!("`{option}` must not be empty");
        return Err(Error::new(name.span(), with_help(wrong, example(option))));
    }
    Ok(name.clone())
}

impl FutureOption {
    pub(super) fn read(name: &Ident, value: &Expr) -> syn::Result<Self> {
        Ok(Self { place: name.clone(), is_future: flag(name, value)? })
    }
}

/// Whether each call has a span. A function may take back the span of its block.
pub(super) fn span(name: &Ident, value: &Expr) -> syn::Result<bool> {
    let has_span = flag(name, value)?;
    if has_span && !cfg!(feature = "tracing") {
        return Err(Error::new(name.span(), with_help(FEATURE, ADD)));
    }
    Ok(has_span)
}

const FEATURE: &str = "`span` needs the feature `tracing` of brama";
const ADD: &str = "run `cargo add brama --features tracing`";

fn flag(option: &Ident, value: &Expr) -> syn::Result<bool> {
    match ungroup(value) {
        Expr::Lit(ExprLit { lit: Lit::Bool(LitBool { value, .. }), .. }) => Ok(*value),
        other => Err(Error::new(other.span(), format!("`{option}` takes `true` or `false`"))),
    }
}

pub(super) fn facade(value: &Expr) -> syn::Result<Path> {
    match ungroup(value) {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path.clone()),
        Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => {
            let help = format!("remove the quotes: `crate = {}`", path.value());
            Err(Error::new(path.span(), with_help("`crate` takes a path, not a string", help)))
        }
        other => Err(Error::new(other.span(), "`crate` takes a path, such as `crate = ::brama`")),
    }
}
