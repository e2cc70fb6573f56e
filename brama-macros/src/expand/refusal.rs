//! The refusal: leaves with the open answer.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Expr, spanned::Spanned};

use super::Printer;
use crate::{options::OnOpen, span::at};

impl Printer<'_> {
    /// The arm that leaves the function with the open answer.
    ///
    /// ```text
    /// Err(open) => return <Paid as ::brama::__private::OpenOutput>::on_open(open),
    /// Err(open) => return ::brama::__private::answer::<Paid>(on_open, open),
    /// Err(_) => { let value: Paid = fallback; return value; }
    /// ```
    pub(super) fn refuse(&self) -> TokenStream {
        match &self.options.refusal {
            OnOpen::Converted => self.refuse_converted(),
            OnOpen::Handler(answer) => self.refuse_with_answer(answer),
            OnOpen::Fallback(value) => self.refuse_with_value(value),
        }
    }

    fn refuse_converted(&self) -> TokenStream {
        let (open, ret, door) = (self.local("open"), &self.ret, &self.door);
        quote_spanned! {self.at=>
            ::core::result::Result::Err(#open) => {
                return <#ret as #door::OpenOutput>::on_open(#open);
            }
        }
    }

    fn refuse_with_answer(&self, answer: &Expr) -> TokenStream {
        let (open, ret, door) = (self.local("open"), &self.ret, self.door(answer.span()));
        quote_spanned! {at(answer.span())=>
            ::core::result::Result::Err(#open) => {
                return #door::answer::<#ret>(#answer, #open);
            }
        }
    }

    /// Through a variable, since rustc finds braces around the value of a `return` idle.
    fn refuse_with_value(&self, value: &Expr) -> TokenStream {
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
