//! The time limit, and what the caller of a cancelled call gets.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, spanned::Spanned};

use super::Printer;
use crate::{literal::DurationValue, span::at};

impl Printer<'_> {
    /// The limit, evaluated before the body can take what it borrows.
    ///
    /// ```text
    /// let limit: ::core::time::Duration = …;
    /// ```
    pub(super) fn limit(&self) -> Option<TokenStream> {
        let (length, limit) = (self.options.timeout.limit()?, self.local("limit"));
        let place = match length {
            DurationValue::Millis(_, place) => *place,
            DurationValue::Constant(expression) => expression.span(),
        };
        Some(quote_spanned!(at(place)=> let #limit: ::core::time::Duration = #length;))
    }

    /// The timer. It is made before admission uses up `found`, because its error names the breaker.
    ///
    /// ```text
    /// let timer = ::brama::__private::CallTimer::new(&found, limit);
    /// ```
    pub(super) fn timer(&self) -> Option<TokenStream> {
        self.options.timeout.limit()?;
        let (timer, found, limit) = (self.local("timer"), self.local("found"), self.local("limit"));
        let private = &self.private;
        Some(quote_spanned!(self.at=> let #timer = #private::CallTimer::new(&#found, #limit);))
    }

    /// Awaits the work under the permit, and returns early if it takes too long.
    ///
    /// The work is declared after the permit and so dropped before it, which abandons the call.
    ///
    /// ```text
    /// let body = work;
    /// let ret: Paid = permit.protect(::core::pin::pin!(body)).await;
    /// let mut permit = permit.guard_panics();
    ///
    /// let body = timer.limit(work);
    /// let ret: ::core::result::Result<Paid, _> = permit.protect(::core::pin::pin!(body)).await;
    /// let ret: Paid = match ret {
    ///     ::core::result::Result::Ok(ret) => ret,
    ///     ::core::result::Result::Err(timed_out) => { …; return …; }
    /// };
    /// let mut permit = permit.guard_panics();
    /// ```
    pub(super) fn wait(&self, work: &impl ToTokens) -> TokenStream {
        let (permit, returned, ret) = (self.local("permit"), self.local("ret"), &self.ret);
        let body = self.local("body");
        if self.options.timeout.limit().is_none() {
            return quote_spanned! {self.at=>
                let #body = #work;
                let #returned: #ret = #permit.protect(::core::pin::pin!(#body)).await;
                let mut #permit = #permit.guard_panics();
            };
        }
        let (timer, late) = (self.local("timer"), self.late());
        quote_spanned! {self.at=>
            let #body = #timer.limit(#work);
            let #returned: ::core::result::Result<#ret, _> =
                #permit.protect(::core::pin::pin!(#body)).await;
            let #returned: #ret = match #returned {
                ::core::result::Result::Ok(#returned) => #returned,
                #late
            };
            let mut #permit = #permit.guard_panics();
        }
    }

    /// The arm that records the failure and returns what the caller gets.
    ///
    /// ```text
    /// Err(timed_out) => {
    ///     ::brama::__private::record_timeout(permit, &timed_out);
    ///     return <Paid as ::brama::__private::TimeoutOutput>::on_timeout(timed_out);
    ///     return ::brama::__private::answer_timeout::<Paid>(on_timeout, timed_out);
    /// }
    /// ```
    fn late(&self) -> TokenStream {
        let (permit, timed_out) = (self.local("permit"), self.local("timed_out"));
        let (private, value) = (&self.private, self.timeout_value(&timed_out));
        quote_spanned! {self.at=>
            ::core::result::Result::Err(#timed_out) => {
                #private::record_timeout(#permit, &#timed_out);
                return #value;
            }
        }
    }

    fn timeout_value(&self, timed_out: &Ident) -> TokenStream {
        let ret = &self.ret;
        let handled = |on_timeout: &Expr| {
            let place = on_timeout.span();
            let private = self.private(place);
            quote_spanned!(at(place)=> #private::answer_timeout::<#ret>(#on_timeout, #timed_out))
        };
        let converted = || {
            let private = &self.private;
            quote_spanned!(self.at=> <#ret as #private::TimeoutOutput>::on_timeout(#timed_out))
        };
        self.options.timeout.on_timeout().map_or_else(converted, handled)
    }
}
