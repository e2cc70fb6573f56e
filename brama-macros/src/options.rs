//! What the user asked for in the attribute's brackets.

use syn::{Expr, LitStr, Path};

use crate::policy::Policy;

/// What the user asked for.
pub(crate) struct Options {
    pub(crate) identifier: Identifier,
    pub(crate) scope: Option<LitStr>,
    /// `type`
    pub(crate) kind: Option<LitStr>,
    pub(crate) key: Option<Expr>,
    pub(crate) judge: Judge,
    pub(crate) refusal: Refusal,
    pub(crate) policy: Policy,
    pub(crate) registry: Option<Expr>,
    /// `crate`
    pub(crate) facade: Option<Path>,
}

/// The breaker's name.
pub(crate) enum Identifier {
    Literal(LitStr),
    /// May name an argument or `Self::NAME`, so it is evaluated before each call.
    Expression(Expr),
}

/// What a finished call counts as.
pub(crate) enum Judge {
    /// `error_handler`
    Handler(Expr),
    /// What the return type says of itself, save for the errors that are excused.
    Default(Excuses),
}

/// The errors that are no failures, in the order in which they are asked for.
#[derive(Default)]
pub(crate) struct Excuses {
    pub(crate) ignore_if: Option<Expr>,
    /// Excuses every other error.
    pub(crate) failure_if: Option<Expr>,
}

/// What a refused caller gets.
pub(crate) enum Refusal {
    /// The error, made of the rejection.
    Converted,
    OnOpen(Expr),
    Fallback(Expr),
}
