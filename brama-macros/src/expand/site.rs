//! The call site: asks for the right to the call.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, LitStr, Token, spanned::Spanned};

use super::Printer;
use crate::{
    options::{Identifier, Options},
    span::at,
};

impl Printer<'_> {
    /// Asks for a permit, or leaves with the open answer.
    ///
    /// The inner block ends what asking has borrowed before the body runs, or is awaited.
    ///
    /// ```text
    /// let permit = {
    ///     let asked = …;
    ///     match asked {
    ///         ::core::result::Result::Ok(permit) => permit,
    ///         ::core::result::Result::Err(open) => …,
    ///     }
    /// };
    /// ```
    pub(super) fn ask(&self) -> TokenStream {
        let (permit, asked) = (self.local("permit"), self.local("asked"));
        let (enter, refuse) = (self.enter(), self.refuse());
        let mutable = self.function.signature.asyncness.map(|_| <Token![mut]>::default());
        quote_spanned! {at(self.place)=>
            let #mutable #permit = {
                let #asked = #enter;
                match #asked {
                    ::core::result::Result::Ok(#permit) => #permit,
                    #refuse
                }
            };
        }
    }

    fn enter(&self) -> TokenStream {
        let name: &dyn ToTokens = match &self.options.identifier {
            Identifier::Literal(name) => name,
            Identifier::Expression(name) => name,
        };
        let Options { identifier, registry, key, .. } = self.options;
        match (registry, identifier, key) {
            (Some(registry), _, _) => self.enter_registry(registry, name),
            (None, Identifier::Literal(name), None) => self.enter_site(name),
            (None, _, _) => self.enter_cache(name),
        }
    }

    /// A name that is known now is looked up once.
    ///
    /// ```text
    /// {
    ///     static __BRAMA_SITE: ::brama::__private::CallSite =
    ///         ::brama::__private::CallSite::new("bank", Some("payments"), Attribute::new(…));
    ///     __BRAMA_SITE.enter()
    /// }
    /// ```
    fn enter_site(&self, name: &impl ToTokens) -> TokenStream {
        let place = name.span();
        let (door, scope, attribute) = (self.door(place), self.scope(), self.attribute(place));
        quote_spanned! {at(place)=>
            {
                static __BRAMA_SITE: #door::CallSite =
                    #door::CallSite::new(#name, #scope, #attribute);
                __BRAMA_SITE.enter()
            }
        }
    }

    /// Another name is compared at each call; it may change, and may belong to a type parameter.
    ///
    /// ```text
    /// {
    ///     static __BRAMA_SITE: ::brama::__private::CachedSite = …::empty();
    ///     __BRAMA_SITE.enter(asked, const { &Attribute::new(…) })
    /// }
    /// ```
    fn enter_cache(&self, name: &dyn ToTokens) -> TokenStream {
        let place = name.span();
        let (door, asked, attribute) = (self.door(place), self.asked(name), self.attribute(place));
        quote_spanned! {at(place)=>
            {
                static __BRAMA_SITE: #door::CachedSite = #door::CachedSite::empty();
                __BRAMA_SITE.enter(#asked, const { &#attribute })
            }
        }
    }

    /// In a registry of the user's, which may be another at each call, every name is looked up.
    ///
    /// ```text
    /// ::brama::__private::enter(registry, asked, const { &Attribute::new(…) })
    /// ```
    fn enter_registry(&self, registry: &Expr, name: &dyn ToTokens) -> TokenStream {
        let place = name.span();
        let (door, asked, attribute) = (self.door(place), self.asked(name), self.attribute(place));
        quote_spanned!(at(place)=> #door::enter(#registry, #asked, const { &#attribute }))
    }

    /// What the attribute says of its breaker, as a constant that knows where it stands.
    ///
    /// ```text
    /// ::brama::__private::Attribute::new(Some("http"), ::brama::PolicyPatch::new()…)
    /// ```
    fn attribute(&self, place: Span) -> TokenStream {
        let (door, kind) = (self.door(place), optional(self.options.kind.as_ref()));
        let policy = self.options.policy.patch(&self.facade, place);
        quote_spanned!(at(place)=> #door::Attribute::new(#kind, #policy))
    }

    /// The names of one call, borrowed until it is let through.
    ///
    /// ```text
    /// ::brama::__private::Asked::new(&(name), None).with_key(&(key))
    /// ```
    fn asked(&self, name: &dyn ToTokens) -> TokenStream {
        let (door, scope) = (self.door(name.span()), self.scope());
        let key = self
            .options
            .key
            .as_ref()
            .map(|key| quote_spanned!(at(key.span())=> .with_key(&(#key))));
        quote_spanned!(at(name.span())=> #door::Asked::new(&(#name), #scope) #key)
    }

    fn scope(&self) -> TokenStream {
        optional(self.options.scope.as_ref())
    }
}

fn optional(text: Option<&LitStr>) -> TokenStream {
    let none = || quote!(::core::option::Option::None);
    let some =
        |text: &LitStr| quote_spanned!(at(text.span())=> ::core::option::Option::Some(#text));
    text.map_or_else(none, some)
}
