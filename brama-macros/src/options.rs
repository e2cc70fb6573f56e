//! What the user asked for in the attribute's brackets.

use proc_macro2::TokenStream;
use syn::{Expr, LitStr, Path};

use crate::{draft::Draft, policy::Policy};

/// What the user asked for.
pub(crate) struct Options {
    pub(crate) identifier: Identifier,
    pub(crate) scope: Option<LitStr>,
    /// `error_handler`
    pub(crate) judge: Option<Expr>,
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

/// What a refused caller gets.
pub(crate) enum Refusal {
    /// The error, made of the rejection.
    Converted,
    OnOpen(Expr),
    Fallback(Expr),
}

impl Options {
    /// Reads option by option; a mistake in one does not hide those in the others.
    pub(crate) fn read(tokens: TokenStream) -> syn::Result<Self> {
        Draft::read(tokens)?.finished()
    }
}
