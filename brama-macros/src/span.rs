//! The spans of generated tokens.
//!
//! A token that rustc may report has the location of the code that the user wrote, so that the
//! error underlines that code and not the whole attribute. Its names still resolve at the macro:
//! clippy then ignores it, and the user's names are out of its reach.

use proc_macro2::{Ident, Span};

/// The location of `user`, for generated tokens.
pub(crate) fn at(user: Span) -> Span {
    user.resolved_at(Span::call_site())
}

/// The location of `user`, for local variables that the user's code can neither see nor shadow.
pub(crate) fn mixed(user: Span) -> Span {
    user.resolved_at(Span::mixed_site())
}

/// A local variable with a `mixed` span.
///
/// The prefix avoids the statics and constants of the user: they are visible in spite of the span,
/// and a variable cannot shadow one.
pub(crate) fn local(name: &str, place: Span) -> Ident {
    Ident::new(&format!("__brama_{name}"), place)
}
