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
    ///     ::core::result::Result::Err(timed_out) => …,
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
        let (timer, answered) = (self.local("timer"), self.answered());
        let declared = self.bind(&body, &quote_spanned!(self.at=> #timer.limit(#work)));
        quote_spanned! {self.at=>
            #declared
            let #returned: ::core::result::Result<#ret, _> =
                #permit.protect(::core::pin::pin!(#body)).await;
            #answered
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

    /// The answer of a call, in time or late.
    fn answered(&self) -> TokenStream {
        match &self.options.judge {
            Judge::Default(rules) if !rules.is_empty() => self.judged_late(),
            Judge::Default(_) | Judge::Handler(_) => self.failed_late(),
        }
    }

    /// Judges the answer to a late call like any other, since the rules may excuse its error.
    ///
    /// ```text
    /// let mut permit = permit.guard_panics();
    /// let (ret, timed_out): (Paid, _) = match ret {
    ///     Ok(ret) => (ret, None),
    ///     Err(timed_out) => {
    ///         let late = Some(Clone::clone(&timed_out));
    ///         let answer: Paid = <Paid as TimeoutOutput<_, _>>::from_result(
    ///             <PayError as FromTimedOut<_>>::late(timed_out)
    ///         );
    ///         (answer, late)
    ///     }
    /// };
    /// ```
    fn judged_late(&self) -> TokenStream {
        let (permit, returned, ret) = (self.local("permit"), self.local("ret"), &self.ret);
        let (timed_out, late) = (self.local("timed_out"), self.local("late"));
        let (answer, value) = (self.local("answer"), self.timeout_value(&timed_out));
        quote_spanned! {self.at=>
            let mut #permit = #permit.guard_panics();
            let (#returned, #timed_out): (#ret, _) = match #returned {
                ::core::result::Result::Ok(#returned) => {
                    (#returned, ::core::option::Option::None)
                }
                ::core::result::Result::Err(#timed_out) => {
                    let #late = ::core::clone::Clone::clone(&#timed_out);
                    let #answer: #ret = #value;
                    (#answer, ::core::option::Option::Some(#late))
                }
            };
        }
    }

    /// Records the failure and returns what the caller gets.
    ///
    /// ```text
    /// let ret: Paid = match ret {
    ///     Ok(ret) => ret,
    ///     Err(timed_out) => {
    ///         ::brama::__private::record_timeout(permit, &timed_out);
    ///         let answer: Paid = ::brama::__private::answer_timeout(on_timeout, timed_out);
    ///         return answer;
    ///     }
    /// };
    /// let mut permit = permit.guard_panics();
    /// ```
    fn failed_late(&self) -> TokenStream {
        let (permit, timed_out) = (self.local("permit"), self.local("timed_out"));
        let (value, record) = (self.timeout_value(&timed_out), self.record_late());
        let (returned, answer, ret) = (self.local("ret"), self.local("answer"), &self.ret);
        quote_spanned! {self.at=>
            let #returned: #ret = match #returned {
                ::core::result::Result::Ok(#returned) => #returned,
                ::core::result::Result::Err(#timed_out) => {
                    #record
                    let #answer: #ret = #value;
                    return #answer;
                }
            };
            let mut #permit = #permit.guard_panics();
        }
    }

    /// Records a late call. If the breaker below has rejected it, only the answer to the rejection
    /// was late, and the call did not reach the dependency.
    fn record_late(&self) -> TokenStream {
        let (private, permit) = (&self.private, self.local("permit"));
        let timed_out = self.local("timed_out");
        let rejected = quote_spanned!(self.at=> #private::record_rejection(#permit));
        let late = quote_spanned!(self.at=> #private::record_timeout(#permit, &#timed_out));
        let record = self.unless_rejected(&rejected, late);
        quote_spanned!(self.at=> #record;)
    }

    pub(super) fn timeout_value(&self, timed_out: &Ident) -> TokenStream {
        let ret = &self.ret;
        let handled = |on_timeout: &Expr| {
            let place = on_timeout.span();
            let private = self.private(place);
            let call = quote_spanned!(at(place)=> #private::answer_timeout);
            self.answering(&call, on_timeout, timed_out)
        };
        let converted = || {
            let private = &self.private;
            let known = quote_spanned!(self.at=> FromTimedOut<_>);
            let generic = quote_spanned!(self.at=> GenericFromTimedOut);
            let conversion = self.conversion(&known, &generic);
            quote_spanned! {self.at=>
                <#ret as #private::TimeoutOutput<_, _>>::from_result(
                    #conversion::late(#timed_out)
                )
            }
        };
        self.options.timeout.on_timeout().map_or_else(converted, handled)
    }
}
