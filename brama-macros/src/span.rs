//! Where generated tokens claim to stand.
//!
//! A token that rustc may blame has the span of what the user wrote: an error then underlines that
//! and not the whole attribute. It is resolved where the macro stands all the same, so that clippy
//! leaves it alone and the user's names are out of its reach.

use proc_macro2::{Ident, Span};

/// The place of `user` for generated tokens.
pub(crate) fn at(user: Span) -> Span {
    user.resolved_at(Span::call_site())
}

/// The place of `user` for local variables: the user's code and they are invisible to each other.
pub(crate) fn mixed(user: Span) -> Span {
    user.resolved_at(Span::mixed_site())
}

/// A local variable at a place that is `mixed`.
///
/// A static or constant of the user's would be seen all the same, and a variable cannot shadow one:
/// hence the prefix.
pub(crate) fn local(name: &str, place: Span) -> Ident {
    Ident::new(&format!("__brama_{name}"), place)
}
