//! The future that a function returns, protected by another future around it.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::Printer;
use crate::{
    shape::{Returned, Shape, last, spanning},
    span::at,
};

impl Printer<'_> {
    /// Runs the body when the function is called, since it only makes the future, and protects
    /// that.
    ///
    /// The user's expressions are evaluated before the body moves what they borrow. The call is
    /// admitted when the future is first polled. There is no `return` before the future: clippy
    /// finds the result that needs an `# Errors` section only in a last expression.
    ///
    /// ```text
    /// let found = …;
    /// let future = …;
    /// async move {
    ///     if let Some(never) = None::<Paid> { return never; }
    ///     let permit = …;
    ///     let body = future;
    ///     let ret: Paid = permit.protect(::core::pin::pin!(body)).await;
    ///     let ending = permit.judge(…);
    ///     return ret;
    /// }
    /// ```
    pub(super) fn later(
        &self,
        returned: &Returned,
        evaluated: &TokenStream,
        call: &TokenStream,
    ) -> TokenStream {
        let (make, expect) = (self.make(returned), self.expect_type());
        let place = at(self.declared.span());
        let future = quote_spanned!(place=> async move { #expect #call });
        let protected = if returned.boxed {
            self.pinned_box("declared", &quote_spanned!(place=> ::std::boxed::Box::pin(#future)))
        } else {
            future
        };
        quote_spanned! {place=>
            #evaluated
            #make
            #[allow(clippy::implicit_return)]
            #protected
        }
    }

    /// ```text
    /// let future = ::brama::__private::make_future::<Paid, _, _>(|| -> _ { body });
    /// let future =
    ///     <Declared as ::brama::__private::PinnedBox>::make_future(|| -> Declared { body });
    /// ```
    pub(super) fn make(&self, returned: &Returned) -> TokenStream {
        let [variable, make, _] = self.names_of_returned();
        let (future, declared, ret) = (self.local(variable), &self.declared, &self.ret);
        let (body, place) = (&self.function.body, declared.span());
        let body = quote_spanned!(at(place)=> || -> #declared #body);
        let value = if returned.boxed {
            self.pinned_box(make, &body)
        } else {
            let (private, make) = (self.private(place), Ident::new(make, at(place)));
            quote_spanned!(at(place)=> #private::#make::<#ret, #declared, _>(#body))
        };
        quote_spanned!(at(place)=> let #future = #value;)
    }

    /// ```text
    /// <Declared as ::brama::__private::PinnedBox>::method(argument)
    /// ```
    pub(super) fn pinned_box(&self, method: &str, argument: &TokenStream) -> TokenStream {
        let (declared, private) = (&self.declared, self.private(self.declared.span()));
        let [_, _, of_box] = self.names_of_returned();
        let of_box = Ident::new(of_box, at(declared.span()));
        let pinned_box = quote_spanned!(at(declared.span())=> #private::#of_box);
        let method = spanning(declared, &pinned_box, method);
        let mut arguments = Group::new(Delimiter::Parenthesis, argument.clone());
        arguments.set_span(last(declared));
        quote!(#method #arguments)
    }

    /// The variable for what the body makes, the function that makes it, and the trait of a box.
    const fn names_of_returned(&self) -> [&'static str; 3] {
        match self.shape {
            Shape::Stream(_) => ["stream", "make_stream", "PinnedBoxOfStream"],
            Shape::Sync | Shape::Async(_) | Shape::Future(_) => {
                ["future", "make_future", "PinnedBox"]
            }
        }
    }
}
