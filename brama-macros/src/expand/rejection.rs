//! The arm for a rejected call.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Expr, spanned::Spanned};

use super::{Printer, handler::labelled};
use crate::{options::OnOpen, span::at};

impl Printer<'_> {
    /// The arm that answers a rejected call.
    ///
    /// ```text
    /// Err(open) => {
    ///     return <Paid as ::brama::__private::OpenOutput<_, _>>::from_result(
    ///         <PayError as ::brama::__private::FromCircuitOpen<_>>::rejected(open)
    ///     );
    /// }
    /// Err(open) => { let answer: Paid = call_on_open(on_open, open); return answer; }
    /// Err(_) => { let answer: Paid = fallback; return answer; }
    /// ```
    pub(super) fn reject(&self) -> TokenStream {
        match &self.options.on_open {
            OnOpen::Converted => self.reject_converted(),
            OnOpen::Handler(handler) => self.reject_with_handler(handler),
            OnOpen::Fallback(value) => self.reject_with_value(value),
        }
    }

    fn reject_converted(&self) -> TokenStream {
        let (open, ret, private) = (self.local("open"), &self.ret, &self.private);
        let known = quote_spanned!(self.at=> FromCircuitOpen<_>);
        let generic = quote_spanned!(self.at=> GenericFromCircuitOpen);
        let (note, conversion) = (self.note_rejection(), self.conversion(&known, &generic));
        quote_spanned! {self.at=>
            ::core::result::Result::Err(#open) => {
                #note
                return <#ret as #private::OpenOutput<_, _>>::from_result(
                    #conversion::rejected(#open)
                );
            }
        }
    }

    /// Assigns to a variable first, so that rustc labels its type if the handler returns another.
    fn reject_with_handler(&self, handler: &Expr) -> TokenStream {
        let (open, answer) = (self.local("open"), self.local("answer"));
        let (ret, private) = (&self.ret, self.private(handler.span()));
        let call = quote_spanned!(at(handler.span())=> #private::call_on_open);
        let (call, note) = (self.answering(&call, handler, &open), self.note_rejection());
        quote_spanned! {at(handler.span())=>
            ::core::result::Result::Err(#open) => {
                #note
                let #answer: #ret = #call;
                return #answer;
            }
        }
    }

    /// Assigns to a variable first, since rustc warns of braces around the value of a `return`.
    fn reject_with_value(&self, value: &Expr) -> TokenStream {
        let (answer, ret, note) = (self.local("answer"), &self.ret, self.note_rejection());
        let (place, value) = (at(value.span()), labelled(value, ret));
        quote_spanned! {place=>
            ::core::result::Result::Err(_) => {
                #note
                #[allow(clippy::diverging_sub_expression)]
                let #answer: #ret = #value;
                #[allow(unreachable_code)]
                return #answer;
            }
        }
    }
}
