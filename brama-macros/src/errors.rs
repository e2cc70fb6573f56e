//! The errors of one attribute, collected so that one run reports them all.

use std::fmt::Display;

use proc_macro2::TokenStream;
use syn::Error;

/// The mistakes found so far, each on its token.
#[derive(Default)]
pub(crate) struct Mistakes(Option<Error>);

impl Mistakes {
    /// Adds a mistake.
    pub(crate) fn push(&mut self, mistake: Error) {
        match &mut self.0 {
            Some(mistakes) => mistakes.combine(mistake),
            None => self.0 = Some(mistake),
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the mistakes as an error if there are any.
    pub(crate) fn result(self) -> syn::Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

/// A message of two lines: what is wrong, and what to write.
pub(crate) fn with_help(wrong: impl Display, help: impl Display) -> String {
    format!("{wrong}\nhelp: {help}")
}

/// The errors, followed by the item as the user wrote it.
///
/// Without the item, a mistake in the attribute would also be reported as "cannot find function" at
/// every call.
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
