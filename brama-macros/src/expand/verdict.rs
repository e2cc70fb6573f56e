//! The verdict: whether the call is a success, a failure or ignored.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;
use syn::{Expr, spanned::Spanned};

use super::{Printer, ending_in, handler::callable};
use crate::{
    options::{ErrorRule, Judge},
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
        let found = match &self.options.judge {
            Judge::Handler(handler) => self.handled(handler),
            Judge::Default(rules) if !rules.is_empty() => self.ruled(rules),
            Judge::Default(_) => {
                let failed = self.failed("ReturnsResult");
                return quote_spanned! {self.at=>
                    let #ending = #private::verdict(#failed).__brama_record(&mut #permit);
                };
            }
        };
        quote_spanned!(self.at=> #found let #ending = #permit.judge(#outcome);)
    }

    /// The explicit type makes rustc compare the handler with the declared type.
    ///
    /// ```text
    /// let outcome = ::brama::__private::handled::<Paid, _>(&ret, error_handler);
    /// ```
    fn handled(&self, handler: &Expr) -> TokenStream {
        let (outcome, returned, ret) = (self.local("outcome"), self.local("ret"), &self.ret);
        let (place, private) = (at(handler.span()), self.private(handler.span()));
        let handler = self.judging(handler);
        quote_spanned! {place=>
            let #outcome = #private::handled::<#ret, _>(&#returned, #handler);
        }
    }

    /// Each rule is a method of `ErrorRules` with the name of its option.
    ///
    /// ```text
    /// let failed = <Paid as HasError<_>>::failed(&ret);
    /// let verdict = ::brama::__private::verdict(failed);
    /// let rules = ErrorRules::new(failed, verdict.__brama_is_rejection());
    /// let rules = rules.ignore_if(PayError::is_mine);
    /// let outcome = rules.or_else(|| { return verdict.__brama_outcome(); });
    /// ```
    fn ruled(&self, rules: &[ErrorRule]) -> TokenStream {
        let (outcome, verdict, failed) =
            (self.local("outcome"), self.local("verdict"), self.local("failed"));
        let (error, private, set) = (self.failed("HasError"), &self.private, self.local("rules"));
        let steps = rules.iter().map(|ErrorRule { option, predicate }| {
            let place = at(predicate.span());
            let (rule, predicate) = (Ident::new(&option.to_string(), place), callable(predicate));
            quote_spanned!(place=> let #set = #set.#rule(#predicate);)
        });
        let end = ending_in(self.at, &quote_spanned!(self.at=> #verdict.__brama_outcome()));
        quote_spanned! {self.at=>
            let #failed = #error;
            let #verdict = #private::verdict(#failed);
            let #set = #private::ErrorRules::new(#failed, #verdict.__brama_is_rejection());
            #(#steps)*
            let #outcome = #set.or_else(|| { #end });
        }
    }

    /// The error of a failed call.
    fn failed(&self, of: &str) -> TokenStream {
        let (ret, private, returned) = (&self.ret, &self.private, self.local("ret"));
        let of = Ident::new(of, self.at);
        quote_spanned!(self.at=> <#ret as #private::#of<_>>::failed(&#returned))
    }
}
