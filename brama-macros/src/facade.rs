//! The path of the facade in generated code.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Path;

use crate::span::at;

/// `::brama`, or the path that the user gave.
pub(crate) struct Facade<'o>(Option<&'o Path>);

impl<'o> Facade<'o> {
    pub(crate) const fn new(path: Option<&'o Path>) -> Self {
        Self(path)
    }

    /// The path with the location `place`. A path from the user keeps its spans, `$crate` included.
    pub(crate) fn at(&self, place: Span) -> TokenStream {
        let default = || quote_spanned!(at(place)=> ::brama);
        self.0.map_or_else(default, ToTokens::to_token_stream)
    }
}
