//! The declaration of a function with a literal identifier, which makes it known before its first
//! call. Feature `declared`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::LitStr;

use super::Printer;
use crate::{
    options::{Identifier, Options},
    span::at,
};

impl Printer<'_> {
    /// Lists the declaration of a function whose call site is a static.
    ///
    /// ```text
    /// ::brama::__private::list! {
    ///     ::brama::__private::DeclarationEntry::of_site(&__BRAMA_DECLARATION)
    /// }
    /// ```
    pub(super) fn declare_site(&self) -> Option<TokenStream> {
        let place = at(self.literal_identifier()?.span());
        let private = self.private(place);
        Some(quote_spanned! {place=>
            #private::list! { #private::DeclarationEntry::of_site(&__BRAMA_DECLARATION) }
        })
    }

    /// Declares a function with a key or a registry of its own. Its settings are left out if they
    /// contain constants: those may depend on type parameters, which a static cannot name.
    ///
    /// ```text
    /// ::brama::__private::list! {
    ///     ::brama::__private::DeclarationEntry::of(Declaration::new("bank", …)).keyed()
    /// }
    /// ```
    pub(super) fn declare(&self) -> Option<TokenStream> {
        let name = self.literal_identifier()?;
        let place = at(name.span());
        let (private, scope) = (self.private(place), self.scope());
        let Options { policy, key, registry, .. } = self.options;
        let (attribute, unknown) = if policy.is_literal() {
            (self.attribute(place), None)
        } else {
            (self.attribute_without_policy(place), Some(quote!(.without_policy())))
        };
        let keyed = key.as_ref().map(|_| quote!(.keyed()));
        let elsewhere = registry.as_ref().map(|_| quote!(.in_own_registry()));
        Some(quote_spanned! {place=>
            #private::list! {
                #private::DeclarationEntry::of(#private::Declaration::new(#name, #scope, #attribute))
                    #keyed #elsewhere #unknown
            }
        })
    }

    /// The identifier, if the function is to be declared.
    fn literal_identifier(&self) -> Option<&LitStr> {
        match &self.options.identifier {
            Identifier::Literal(name) if declares() => Some(name),
            Identifier::Literal(_) | Identifier::Expression(_) => None,
        }
    }
}

#[cfg(not(test))]
pub(crate) const fn declares() -> bool {
    cfg!(feature = "declared")
}

#[cfg(test)]
pub(crate) fn declares() -> bool {
    crate::tests::DECLARES.get()
}
