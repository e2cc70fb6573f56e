//! The verdict: whether the call is a success, a failure or ignored.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, spanned::Spanned};

use super::{Printer, ending_in, handler::callable};
use crate::{
    options::{ErrorRule, Judge},
    shape::Shape,
    span::at,
};

impl Printer<'_> {
    /// Judges the call. A failure is recorded at once, a success when `ending` drops, after the
    /// result has been moved out.
    ///
    /// ```text
    /// let outcome = …;
    /// let ending = permit.judge(outcome);
    ///
    /// let ending = ::brama::__private::verdict(<Paid as ReturnsResult<_>>::failed(&ret))
    ///     .__brama_record(&mut permit);
    /// ```
    pub(super) fn judge(&self) -> TokenStream {
        let (outcome, ending) = (self.local("outcome"), self.local("ending"));
        let (permit, private) = (self.local("permit"), &self.private);
        let rejected = quote_spanned! {self.at=>
            #permit.judge(#private::Judgement::InnerRejection)
        };
        let found = match &self.options.judge {
            Judge::Handler(handler) => self.handled(handler),
            Judge::Default(rules) if !rules.is_empty() => self.ruled(rules),
            Judge::Default(_) => {
                let failed = self.failed("ReturnsResult");
                let verdict = quote_spanned! {self.at=>
                    #private::verdict(#failed).__brama_record(&mut #permit)
                };
                let verdict = self.unless_rejected(&rejected, verdict);
                return quote_spanned!(self.at=> let #ending = #verdict;);
            }
        };
        if self.below.is_none() {
            return quote_spanned!(self.at=> #found let #ending = #permit.judge(#outcome););
        }
        let verdict = quote_spanned!(self.at=> #found #permit.judge(#outcome));
        let verdict = self.unless_rejected(&rejected, verdict);
        quote_spanned!(self.at=> let #ending = #verdict;)
    }

    /// The explicit type makes rustc compare the handler with the declared type.
    ///
    /// ```text
    /// let outcome = ::brama::__private::handled::<Paid, _>(&ret, error_handler);
    /// ```
    pub(super) fn handled(&self, handler: &Expr) -> TokenStream {
        let (outcome, returned, ret) = (self.local("outcome"), self.returned(), &self.ret);
        let (place, private) = (at(handler.span()), self.private(handler.span()));
        let handler = self.judging(handler);
        quote_spanned! {place=>
            let #outcome = #private::handled::<#ret, _>(#returned, #handler);
        }
    }

    /// Each rule is a method of `ErrorRules` with the name of its option.
    ///
    /// ```text
    /// let failed = <Paid as HasError<_>>::failed(&ret);
    /// let verdict = ::brama::__private::verdict(failed);
    /// let rules = ErrorRules::new(failed, verdict.__brama_is_rejection());
    /// let rules = rules.after(&timed_out);
    /// let rules = rules.ignore_if(PayError::is_mine);
    /// let outcome = rules.judgement(|| { return verdict.__brama_reason(); });
    /// ```
    pub(super) fn ruled(&self, rules: &[ErrorRule]) -> TokenStream {
        let (outcome, verdict, failed) =
            (self.local("outcome"), self.local("verdict"), self.local("failed"));
        let (error, private, set) = (self.failed("HasError"), &self.private, self.local("rules"));
        let late = self.options.timeout.limit().map(|_| {
            let timed_out = self.borrowed("timed_out");
            quote_spanned!(self.at=> let #set = #set.after(#failed, #timed_out);)
        });
        let steps = rules.iter().map(|ErrorRule { option, function }| {
            let place = at(function.span());
            let (rule, function) = (Ident::new(&option.to_string(), place), callable(function));
            quote_spanned!(place=> let #set = #set.#rule(#function);)
        });
        let end = ending_in(self.at, &quote_spanned!(self.at=> #verdict.__brama_reason()));
        quote_spanned! {self.at=>
            let #failed = #error;
            let #verdict = #private::verdict(#failed);
            let #set = #private::ErrorRules::new(#failed, #verdict.__brama_is_rejection());
            #late
            #(#steps)*
            let #outcome = #set.judgement(|| { #end });
        }
    }

    /// The error of a failed call.
    pub(super) fn failed(&self, of: &str) -> TokenStream {
        let (ret, private, returned) = (&self.ret, &self.private, self.returned());
        let of = Ident::new(of, self.at);
        quote_spanned!(self.at=> <#ret as #private::#of<_>>::failed(#returned))
    }

    /// A reference to what is judged.
    fn returned(&self) -> TokenStream {
        self.borrowed("ret")
    }

    /// A reference to a variable. The verdict on an item has references already.
    fn borrowed(&self, name: &str) -> TokenStream {
        let variable = self.local(name);
        match self.shape {
            Shape::Stream(_) => variable.into_token_stream(),
            Shape::Sync | Shape::Async(_) | Shape::Future(_) => {
                quote_spanned!(self.at=> &#variable)
            }
        }
    }
}
