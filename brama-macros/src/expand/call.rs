//! A function with neither handlers nor other special options: one call of the runtime.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::LitStr;

use super::Printer;
use crate::{
    literal::identifiers,
    options::{Identifier, Judge, OnOpen, Options},
    shape::Shape,
    span::at,
};

impl Printer<'_> {
    /// The whole body, if one function of the runtime admits, runs and judges the call. The fewer
    /// expressions there are, the sooner the compiler has checked them.
    ///
    /// ```text
    /// return ::brama::__private::call(
    ///     { static __BRAMA_SITE: CallSite = CallSite::EMPTY; &__BRAMA_SITE },
    ///     "bank",
    ///     <Paid as ::brama::__private::OpenOutput<_, _>>::from_result,
    ///     <PayError as ::brama::__private::FromCircuitOpen<_>>::rejected,
    ///     <Paid as ::brama::__private::ReturnsResult<_>>::failed,
    ///     <Paid as ::brama::__private::ReturnsResult<_>>::unknown().__brama_judge(),
    ///     || -> Paid { body },
    /// );
    ///
    /// let mut permit = …;
    /// return ::brama::__private::judged(
    ///     permit.protect(::core::pin::pin!(async move { body })).await,
    ///     permit,
    ///     …
    /// );
    /// ```
    pub(super) fn whole_call(&self) -> Option<TokenStream> {
        let Identifier::Literal(name) = &self.options.identifier else { return None };
        if !self.is_simple() {
            return None;
        }
        let (private, conversion, ret) = (&self.private, self.default_conversion(), &self.ret);
        let answer = quote_spanned!(self.at=> <#ret as #private::OpenOutput<_, _>>::from_result);
        let result = quote_spanned!(self.at=> <#ret as #private::ReturnsResult<_>>);
        let verdict = quote_spanned! {self.at=>
            #result::failed, #result::unknown().__brama_judge()
        };
        Some(match &self.shape {
            Shape::Sync => {
                let (call, function) = self.call_and_function(name);
                let body = self.closure();
                quote_spanned! {self.at=>
                    return #private::#call(
                        #function, #answer, #conversion::rejected, #verdict, #body
                    );
                }
            }
            Shape::Async(keyword) => {
                let (admit, permit) = (self.admit(), self.local("permit"));
                let body = self.future(*keyword);
                quote_spanned! {self.at=>
                    #admit
                    return #private::judged(
                        #permit.protect(::core::pin::pin!(#body)).await, #permit, #verdict
                    );
                }
            }
            Shape::Future(_) | Shape::Stream(_) => return None,
        })
    }

    /// The function of the runtime, with its arguments for the site and the declaration. Each
    /// static stands in a block, since the body may use its name for a variable.
    fn call_and_function(&self, name: &LitStr) -> (Ident, TokenStream) {
        let (place, private) = (at(name.span()), self.private(name.span()));
        let (declared, declaration) = self.declaration(name);
        let site = quote_spanned! {place=>
            { static __BRAMA_SITE: #private::CallSite = #private::CallSite::EMPTY; &__BRAMA_SITE }
        };
        match declared {
            None => (Ident::new("call", self.at), quote_spanned!(place=> #site, #declaration)),
            Some(declared) => {
                let declaration = quote_spanned!(place=> { #declared #declaration });
                let call = Ident::new("call_declared", self.at);
                (call, quote_spanned!(place=> #site, #declaration))
            }
        }
    }

    /// Whether nothing but the answer decides about the call. A hidden type is inferred from the
    /// answer, which does not exist yet when its kind of error is found.
    fn is_simple(&self) -> bool {
        let Options { judge, on_open, timeout, has_span, .. } = self.options;
        let has_rules = match judge {
            Judge::Default(rules) => !rules.is_empty(),
            Judge::Handler(_) => true,
        };
        let is_converted = matches!(on_open, OnOpen::Converted);
        let is_alone = self.above == 0 && self.below.is_none();
        let output = self.function.signature.output.to_token_stream();
        let hides = identifiers(output).iter().any(|name| name == "impl");
        self.site_is_fixed()
            && is_alone
            && is_converted
            && !has_rules
            && timeout.limit().is_none()
            && !has_span
            && !hides
    }
}
