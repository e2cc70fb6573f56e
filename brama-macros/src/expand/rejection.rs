//! The arm for a rejected call.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, spanned::Spanned};

use super::{Printer, ending_in, handler::labelled};
use crate::{options::OnOpen, shape::Shape, span::at};

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
        let (note, conversion) = (self.note_rejection(), self.default_conversion());
        let give = self.give(
            self.at,
            &quote_spanned! {self.at=>
                <#ret as #private::OpenOutput<_, _>>::from_result(#conversion::rejected(#open))
            },
        );
        quote_spanned! {self.at=>
            ::core::result::Result::Err(#open) => {
                #note
                #give
            }
        }
    }

    /// The conversion of a rejection into the error.
    pub(super) fn default_conversion(&self) -> TokenStream {
        let known = quote_spanned!(self.at=> FromCircuitOpen<_>);
        let generic = quote_spanned!(self.at=> GenericFromCircuitOpen);
        self.conversion(&known, &generic)
    }

    /// Assigns to a variable first, so that rustc labels its type if the handler returns another.
    fn reject_with_handler(&self, handler: &Expr) -> TokenStream {
        let (open, answer) = (self.local("open"), self.local("answer"));
        let (ret, private) = (&self.ret, self.private(handler.span()));
        let call = quote_spanned!(at(handler.span())=> #private::call_on_open);
        let (call, note) = (self.answering(&call, handler, &open), self.note_rejection());
        let give = self.give(at(handler.span()), &answer);
        quote_spanned! {at(handler.span())=>
            ::core::result::Result::Err(#open) => {
                #note
                let #answer: #ret = #call;
                #give
            }
        }
    }

    /// Assigns to a variable first, since rustc warns of braces around the value of a `return`.
    fn reject_with_value(&self, value: &Expr) -> TokenStream {
        let (answer, ret, note) = (self.local("answer"), &self.ret, self.note_rejection());
        let (place, value) = (at(value.span()), labelled(value, ret));
        let give = quote_spanned! {place=>
            #[allow(clippy::diverging_sub_expression)]
            let #answer: #ret = #value;
            #[allow(unreachable_code)]
            return #answer;
        };
        let give = self.leaving_closure(place, give);
        quote_spanned! {place=>
            ::core::result::Result::Err(_) => {
                #note
                #give
            }
        }
    }

    /// A `return` or `?` in the value for a rejected call of a stream leaves the value alone, since
    /// the closure around it returns something else.
    ///
    /// ```text
    /// return ::core::result::Result::Err(::brama::__private::answer(|| -> Item { … }));
    /// ```
    fn leaving_closure(&self, place: Span, give: TokenStream) -> TokenStream {
        let (ret, private) = (&self.ret, self.private(place));
        match self.shape {
            Shape::Stream(_) => {
                let value = quote_spanned!(place=> #private::answer(|| -> #ret { #give }));
                self.give(place, &value)
            }
            Shape::Sync | Shape::Async(_) | Shape::Future(_) => give,
        }
    }

    /// Returns the value for a rejected caller.
    fn give(&self, place: Span, value: &impl ToTokens) -> TokenStream {
        match self.shape {
            Shape::Stream(_) => {
                quote_spanned!(place=> return ::core::result::Result::Err(#value);)
            }
            Shape::Sync | Shape::Async(_) | Shape::Future(_) => ending_in(place, value),
        }
    }
}
