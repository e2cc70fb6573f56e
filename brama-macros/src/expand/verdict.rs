//! The verdict: what the call counts as.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

use super::Printer;
use crate::{
    options::{Excuses, Judge},
    span::at,
};

impl Printer<'_> {
    /// Judges the call: a failure is recorded at once, a success when `ending` is dropped, once the answer
    /// has been moved. The type is written, so that a handler of another type is compared
    /// with the declared one.
    ///
    /// ```text
    /// let ending = permit.judge::<Paid>(&ret, error_handler);
    /// let ending = ::brama::__private::verdict(<Paid as Judged<_>>::failed(&ret)).__brama_record(&mut permit);
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
        let (permit, returned, door) = (self.local("permit"), self.local("ret"), &self.door);
        let failed = self.failed("Judged", &quote_spanned!(self.at=> &#returned));
        let ending = self.local("ending");
        quote_spanned!(self.at=> let #ending = #door::verdict(#failed).__brama_record(&mut #permit);)
    }

    /// The handler of a function that excuses some errors.
    ///
    /// ```text
    /// |ret| {
    ///     let failed = <Paid as Questionable<_>>::failed(ret);
    ///     if … { ::brama::Outcome::Ignore } else { verdict(failed).__brama_outcome() }
    /// }
    /// ```
    fn excusing(&self, ignored: &TokenStream) -> TokenStream {
        let (returned, door) = (self.local("ret"), &self.door);
        let (error, brama) = (self.local("failed"), self.facade.at(self.place));
        let failed = self.failed("Questionable", &returned);
        quote_spanned! {self.at=>
            |#returned| {
                let #error = #failed;
                if #ignored {
                    #brama::Outcome::Ignore
                } else {
                    #door::verdict(#error).__brama_outcome()
                }
            }
        }
    }

    /// The error of a failed call.
    fn failed(&self, says: &str, returned: &impl ToTokens) -> TokenStream {
        let (ret, door) = (&self.ret, &self.door);
        let says = Ident::new(says, self.at);
        quote_spanned!(self.at=> <#ret as #door::#says<_>>::failed(#returned))
    }

    /// Whether the error is none of the dependency's, where the user has something to say of it.
    ///
    /// ```text
    /// ::brama::__private::is_ignored(failed, ignore_if)
    ///     || ::brama::__private::is_no_failure(failed, failure_if)
    /// ```
    fn excused(&self, Excuses { ignore_if, failure_if }: &Excuses) -> Option<TokenStream> {
        let failed = self.local("failed");
        let ask = |helper: &str, question: &Expr| {
            let place = at(question.span());
            let (door, helper) = (self.door(place), Ident::new(helper, place));
            quote_spanned!(place=> #door::#helper(#failed, #question))
        };
        let ignored = ignore_if.as_ref().map(|question| ask("is_ignored", question));
        let harmless = failure_if.as_ref().map(|question| ask("is_no_failure", question));
        ignored.into_iter().chain(harmless).reduce(|first, then| quote!(#first || #then))
    }
}
