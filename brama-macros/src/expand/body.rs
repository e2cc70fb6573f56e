//! The body, which runs under the permit.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use super::Printer;
use crate::{shape::Shape, span::at};

impl Printer<'_> {
    pub(super) fn run(&self) -> TokenStream {
        match &self.shape {
            Shape::Sync => self.run_sync(),
            Shape::Async(keyword) => self.run_async(*keyword),
            Shape::Future(_) | Shape::Stream(_) => self.wait(&self.local("future")),
        }
    }

    /// Runs the body in a closure, which `return` and `?` leave instead of the function.
    ///
    /// The closure is not `move`: arguments live until the function ends, and drop in its order.
    ///
    /// ```text
    /// let mut permit = permit.guard_panics();
    /// let ret: Paid = permit.run(|| -> Paid { body });
    /// ```
    fn run_sync(&self) -> TokenStream {
        let (permit, returned, ret) = (self.local("permit"), self.local("ret"), &self.ret);
        let closure = self.closure();
        quote_spanned! {self.at=>
            let mut #permit = #permit.guard_panics();
            let #returned: #ret = #permit.run(#closure);
        }
    }

    pub(super) fn closure(&self) -> TokenStream {
        let (ret, body) = (&self.ret, &self.function.body);
        quote_spanned!(self.at=> || -> #ret #body)
    }

    /// Runs the body in a future of its own, to distinguish a panic in it from a drop.
    ///
    /// The future is declared after the permit and so dropped before it, which abandons the call.
    /// It is `move`: an argument that is `Send` but not `Sync` could not be borrowed across an
    /// await. The early return is never taken. It gives the compiler the return type before the
    /// body, as the signature of a plain `async fn` does. No statement stands around the body:
    /// rustc would suggest to insert a line before it. The body keeps its braces, since its items
    /// must not hide the return type, and has an attribute, since rustc reports braces without
    /// one as unused.
    ///
    /// ```text
    /// let body = async move {
    ///     if let Some(never) = None::<Paid> { return never; }
    ///     { body }
    /// };
    /// let ret: Paid = permit.protect(::core::pin::pin!(body)).await;
    /// let mut permit = permit.guard_panics();
    /// ```
    fn run_async(&self, keyword: Span) -> TokenStream {
        self.wait(&self.future(keyword))
    }

    pub(super) fn future(&self, keyword: Span) -> TokenStream {
        let (body, expect) = (&self.function.body, self.expect_type());
        let block = quote_spanned!(at(keyword)=> async move);
        quote_spanned! {self.at=>
            #block {
                #expect
                #[allow(clippy::diverging_sub_expression)]
                #body
            }
        }
    }

    /// rustc's notes about the return type underline the variable, so it has the span of the type.
    pub(super) fn expect_type(&self) -> TokenStream {
        let (never, ret) = (Ident::new("__brama_never", self.place), &self.ret);
        quote_spanned! {self.at=>
            if let ::core::option::Option::Some(#never) = ::core::option::Option::None::<#ret> {
                #[allow(unreachable_code)]
                return #never;
            }
        }
    }
}
