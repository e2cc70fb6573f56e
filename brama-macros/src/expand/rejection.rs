//! The arm for a rejected call.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Expr, spanned::Spanned};

use super::Printer;
use crate::{options::OnOpen, span::at};

impl Printer<'_> {
    /// The arm that answers a rejected call.
    ///
    /// ```text
    /// Err(open) => return <Paid as ::brama::__private::OpenOutput>::on_open(open),
    /// Err(open) => return ::brama::__private::call_on_open::<Paid>(on_open, open),
    /// Err(_) => { let value: Paid = fallback; return value; }
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
        quote_spanned! {self.at=>
            ::core::result::Result::Err(#open) => {
                return <#ret as #private::OpenOutput>::on_open(#open);
            }
        }
    }

    fn reject_with_handler(&self, handler: &Expr) -> TokenStream {
        let (open, ret, private) = (self.local("open"), &self.ret, self.private(handler.span()));
        quote_spanned! {at(handler.span())=>
            ::core::result::Result::Err(#open) => {
                return #private::call_on_open::<#ret>(#handler, #open);
            }
        }
    }

    /// Assigns to a variable first, since rustc warns of braces around the value of a `return`.
    fn reject_with_value(&self, value: &Expr) -> TokenStream {
        let (answer, ret) = (self.local("answer"), &self.ret);
        quote_spanned! {at(value.span())=>
            ::core::result::Result::Err(_) => {
                #[allow(clippy::diverging_sub_expression)]
                let #answer: #ret = #value;
                #[allow(unreachable_code)]
                return #answer;
            }
        }
    }
}
