//! The future that a function returns: asks and is judged in another around it.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::Printer;
use crate::{shape::Returned, span::at};

impl Printer<'_> {
    /// Runs the body at the call, since it only makes the future, and protects what it made.
    ///
    /// What the user's expressions borrow is evaluated before the body can take it; the circuit is
    /// asked when the future is first polled.
    ///
    /// ```text
    /// let found = …;
    /// let future = ::brama::__private::made::<Paid, Declared>(|| -> Declared { body });
    /// ::std::boxed::Box::pin(async move {
    ///     if let Some(never) = None::<Paid> { return never; }
    ///     let permit = …;
    ///     let body = future;
    ///     let ret: Paid = permit.guard(::core::pin::pin!(body)).await;
    ///     permit.judge::<Paid>(…);
    ///     ret
    /// })
    /// ```
    pub(super) fn later(
        &self,
        returned: &Returned,
        evaluated: &TokenStream,
        call: &TokenStream,
    ) -> TokenStream {
        let (make, expect) = (self.make(), self.expect_type());
        let place = at(self.declared.span());
        let future = quote_spanned!(place=> async move { #expect #call });
        let answer = if returned.boxed {
            quote_spanned!(place=> ::std::boxed::Box::pin(#future))
        } else {
            future
        };
        quote_spanned!(place=> #evaluated #make #answer)
    }

    fn make(&self) -> TokenStream {
        let (future, declared, ret) = (self.local("future"), &self.declared, &self.ret);
        let (body, place) = (&self.function.body, declared.span());
        let door = self.door(place);
        quote_spanned! {at(place)=>
            let #future = #door::made::<#ret, #declared>(|| -> #declared #body);
        }
    }
}
