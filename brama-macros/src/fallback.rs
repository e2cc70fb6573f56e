//! What stands after a mistake.

use proc_macro2::TokenStream;
use syn::Error;

/// The messages, and the item as the user wrote it.
///
/// The item stays, so that a mistake in the attribute is not also reported as "cannot find
/// function" at every call.
///
/// ```text
/// #[circuit_breaker()]           ::core::compile_error! { "missing `identifier` …" }
/// fn charge() -> R { body }      fn charge() -> R { body }
/// ```
pub(crate) fn untouched(mistakes: &Error, item: TokenStream) -> TokenStream {
    let mut tokens = mistakes.to_compile_error();
    tokens.extend(item);
    tokens
}
