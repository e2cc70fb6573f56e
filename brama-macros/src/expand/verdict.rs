//! The verdict: whether the call is a success, a failure or ignored.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

use super::Printer;
use crate::{
    options::{Excuses, Judge},
    span::at,
};

impl Printer<'_> {
    /// Judges the call. A failure is recorded at once, a success when `ending` drops, after the
    /// result has been moved out. The explicit type makes rustc compare a handler with the declared
    /// type.
    ///
    /// ```text
    /// let ending = permit.judge::<Paid>(&ret, error_handler);
    /// let ending = ::brama::__private::verdict(<Paid as ReturnsResult<_>>::failed(&ret))
    ///     .__brama_record(&mut permit);
    /// ```
    pub(super) fn judge(&self) -> TokenStream {
        match &self.options.judge {
            Judge::Handler(handler) => self.judge_with(handler, handler.span()),
            Judge::Default(excuses) => match self.excused(excuses) {
                Some(ignored) => self.judge_with(&self.excusing(&ignored), self.place),
                None => self.judge_by_default(),
            },
        }
    }

    fn judge_with(&self, verdict: &impl ToTokens, place: Span) -> TokenStream {
        let (permit, returned, ret) = (self.local("permit"), self.local("ret"), &self.ret);
        let ending = self.local("ending");
        quote_spanned!(at(place)=> let #ending = #permit.judge::<#ret>(&#returned, #verdict);)
    }

    fn judge_by_default(&self) -> TokenStream {
        let (permit, returned, private) = (self.local("permit"), self.local("ret"), &self.private);
        let failed = self.failed("ReturnsResult", &quote_spanned!(self.at=> &#returned));
        let ending = self.local("ending");
        quote_spanned! {self.at=>
            let #ending = #private::verdict(#failed).__brama_record(&mut #permit);
        }
    }

    /// The handler of a function that excuses some errors.
    ///
    /// ```text
    /// |ret| {
    ///     let failed = <Paid as HasError<_>>::failed(ret);
    ///     if … { ::brama::Outcome::Ignore } else { verdict(failed).__brama_outcome() }
    /// }
    /// ```
    fn excusing(&self, ignored: &TokenStream) -> TokenStream {
        let (returned, private) = (self.local("ret"), &self.private);
        let (error, brama) = (self.local("failed"), self.facade.at(self.place));
        let failed = self.failed("HasError", &returned);
        quote_spanned! {self.at=>
            |#returned| {
                let #error = #failed;
                if #ignored {
                    #brama::Outcome::Ignore
                } else {
                    #private::verdict(#error).__brama_outcome()
                }
            }
        }
    }

    /// The error of a failed call.
    fn failed(&self, of: &str, returned: &impl ToTokens) -> TokenStream {
        let (ret, private) = (&self.ret, &self.private);
        let of = Ident::new(of, self.at);
        quote_spanned!(self.at=> <#ret as #private::#of<_>>::failed(#returned))
    }

    /// Whether `ignore_if` or `failure_if` excuses the error.
    ///
    /// ```text
    /// ::brama::__private::is_ignored(failed, ignore_if)
    ///     || ::brama::__private::is_no_failure(failed, failure_if)
    /// ```
    fn excused(&self, Excuses { ignore_if, failure_if }: &Excuses) -> Option<TokenStream> {
        let failed = self.local("failed");
        let call = |helper: &str, predicate: &Expr| {
            let place = at(predicate.span());
            let (private, helper) = (self.private(place), Ident::new(helper, place));
            quote_spanned!(place=> #private::#helper(#failed, #predicate))
        };
        let ignored = ignore_if.as_ref().map(|predicate| call("is_ignored", predicate));
        let harmless = failure_if.as_ref().map(|predicate| call("is_no_failure", predicate));
        ignored.into_iter().chain(harmless).reduce(|first, then| quote!(#first || #then))
    }
}
