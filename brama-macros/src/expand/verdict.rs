//! The verdict: records what the call counts as.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

use super::Printer;
use crate::{
    options::{Excuses, Judge},
    span::at,
};

impl Printer<'_> {
    /// Records the outcome. The type is written, so that a handler of another type is compared
    /// with the declared one.
    ///
    /// ```text
    /// permit.judge::<Paid>(&ret, error_handler);
    /// ```
    pub(super) fn judge(&self) -> TokenStream {
        let (permit, returned, ret) = (self.local("permit"), self.local("ret"), &self.ret);
        let (place, verdict) = match &self.options.judge {
            Judge::Handler(handler) => (handler.span(), handler.to_token_stream()),
            Judge::Default(excuses) => (self.place, self.verdict(excuses)),
        };
        quote_spanned!(at(place)=> #permit.judge::<#ret>(&#returned, #verdict);)
    }

    /// The handler of a function that names none.
    ///
    /// ```text
    /// |ret| ::brama::__private::__default_verdict!(<Paid as Judged<_>>::failed(ret))
    ///
    /// |ret| {
    ///     let failed = <Paid as Questionable<_>>::failed(ret);
    ///     if … { ::brama::Outcome::Ignore } else { __default_verdict!(failed) }
    /// }
    /// ```
    fn verdict(&self, excuses: &Excuses) -> TokenStream {
        let (returned, ret, door) = (self.local("ret"), &self.ret, self.door(self.place));
        let failed = |says: &str| {
            let says = Ident::new(says, at(self.place));
            quote_spanned!(at(self.place)=> <#ret as #door::#says<_>>::failed(#returned))
        };
        let Some(ignored) = self.excused(excuses) else {
            let failed = failed("Judged");
            return quote_spanned!(at(self.place)=> |#returned| #door::__default_verdict!(#failed));
        };
        let failed = failed("Questionable");
        let (error, brama) = (self.local("failed"), self.facade.at(self.place));
        quote_spanned! {at(self.place)=>
            |#returned| {
                let #error = #failed;
                if #ignored { #brama::Outcome::Ignore } else { #door::__default_verdict!(#error) }
            }
        }
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
