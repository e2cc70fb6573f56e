//! The time limit, and what the caller of a cancelled call gets.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, spanned::Spanned};

use super::Printer;
use crate::{literal::DurationValue, options::Judge, span::at};

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
            let declared = self.bind(&body, work);
            return quote_spanned! {self.at=>
                #declared
                let #returned: #ret = #permit.protect(::core::pin::pin!(#body)).await;
                let mut #permit = #permit.guard_panics();
            };
        }
        let (timer, late) = (self.local("timer"), self.late());
        let declared = self.bind(&body, &quote_spanned!(self.at=> #timer.limit(#work)));
        quote_spanned! {self.at=>
            #declared
            let #returned: ::core::result::Result<#ret, _> =
                #permit.protect(::core::pin::pin!(#body)).await;
            let #returned: #ret = match #returned {
                ::core::result::Result::Ok(#returned) => #returned,
                #late
            };
            let mut #permit = #permit.guard_panics();
        }
    }

    /// If a handler may use an argument that an async body has moved, rustc suggests to clone the
    /// argument before the statement of the body. The statement of this macro has no place in the
    /// user's file, so that rustc drops the suggestion.
    ///
    /// ```text
    /// let body = work;
    /// ::brama::__private::declare!(body = work);
    /// ```
    fn bind(&self, body: &Ident, work: &impl ToTokens) -> TokenStream {
        let private = &self.private;
        let has_handler = match &self.options.judge {
            Judge::Handler(_) => true,
            Judge::Default(rules) => !rules.is_empty(),
        };
        if has_handler || self.options.timeout.on_timeout().is_some() {
            quote_spanned!(self.at=> #private::declare!(#body = #work);)
        } else {
            quote_spanned!(self.at=> let #body = #work;)
        }
    }

    /// The arm that records the failure and returns what the caller gets.
    ///
    /// ```text
    /// Err(timed_out) => {
    ///     ::brama::__private::record_timeout(permit, &timed_out);
    ///     let answer: Paid = <Paid as TimeoutOutput>::on_timeout(timed_out);
    ///     let answer: Paid = ::brama::__private::answer_timeout(on_timeout, timed_out);
    ///     return answer;
    /// }
    /// ```
    fn late(&self) -> TokenStream {
        let (permit, timed_out) = (self.local("permit"), self.local("timed_out"));
        let (private, value) = (&self.private, self.timeout_value(&timed_out));
        let (answer, ret) = (self.local("answer"), &self.ret);
        quote_spanned! {self.at=>
            ::core::result::Result::Err(#timed_out) => {
                #private::record_timeout(#permit, &#timed_out);
                let #answer: #ret = #value;
                return #answer;
            }
        }
    }

    fn timeout_value(&self, timed_out: &Ident) -> TokenStream {
        let ret = &self.ret;
        let handled = |on_timeout: &Expr| {
            let place = on_timeout.span();
            let private = self.private(place);
            let call = quote_spanned!(at(place)=> #private::answer_timeout);
            self.answering(&call, on_timeout, timed_out)
        };
        let converted = || {
            let private = &self.private;
            let output = self.for_error("TimeoutOutput", "GenericTimeoutOutput");
            let output = Ident::new(output, self.at);
            quote_spanned!(self.at=> <#ret as #private::#output>::on_timeout(#timed_out))
        };
        self.options.timeout.on_timeout().map_or_else(converted, handled)
    }
}
