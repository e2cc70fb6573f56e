//! The future that a function returns, protected by another future around it.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::Printer;
use crate::{
    shape::{ReturnedFuture, last, spanning},
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
        returned: &ReturnedFuture,
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
    fn make(&self, returned: &ReturnedFuture) -> TokenStream {
        let (future, declared, ret) = (self.local("future"), &self.declared, &self.ret);
        let (body, place) = (&self.function.body, declared.span());
        let body = quote_spanned!(at(place)=> || -> #declared #body);
        let made = if returned.boxed {
            self.pinned_box("make_future", &body)
        } else {
            let private = self.private(place);
            quote_spanned!(at(place)=> #private::make_future::<#ret, #declared, _>(#body))
        };
        quote_spanned!(at(place)=> let #future = #made;)
    }

    /// ```text
    /// <Declared as ::brama::__private::PinnedBox>::method(argument)
    /// ```
    fn pinned_box(&self, method: &str, argument: &TokenStream) -> TokenStream {
        let (declared, private) = (&self.declared, self.private(self.declared.span()));
        let pinned_box = quote_spanned!(at(declared.span())=> #private::PinnedBox);
        let method = spanning(declared, &pinned_box, method);
        let mut arguments = Group::new(Delimiter::Parenthesis, argument.clone());
        arguments.set_span(last(declared));
        quote!(#method #arguments)
    }
}
