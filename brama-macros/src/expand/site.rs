//! The call site, which admits or rejects the call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, LitStr, Token, spanned::Spanned};

use super::Printer;
use crate::{
    options::{Identifier, Options},
    shape::Shape,
    span::at,
};

impl Printer<'_> {
    /// Acquires a permit, or answers the rejected call.
    ///
    /// The inner block ends the borrows of the look-up before the body runs. A fixed site borrows
    /// nothing and needs no block.
    ///
    /// ```text
    /// let permit = {
    ///     let admission = …;
    ///     match admission {
    ///         ::core::result::Result::Ok(permit) => permit,
    ///         ::core::result::Result::Err(open) => …,
    ///     }
    /// };
    /// ```
    pub(super) fn admit(&self) -> TokenStream {
        let (permit, enter, reject) = (self.local("permit"), self.enter(), self.reject());
        let mutable = match self.shape {
            Shape::Sync | Shape::Stream(_) => None,
            Shape::Async(_) | Shape::Future(_) => Some(<Token![mut]>::default()),
        };
        let admitted = |admission: &TokenStream| {
            quote_spanned! {self.at=>
                match #admission {
                    ::core::result::Result::Ok(#permit) => #permit,
                    #reject
                }
            }
        };
        if self.is_found_first() || self.site_is_fixed() {
            let permit_or_return = admitted(&enter);
            return quote_spanned!(self.at=> let #mutable #permit = #permit_or_return;);
        }
        let admission = self.local("admission");
        let permit_or_return = admitted(&admission.to_token_stream());
        quote_spanned! {self.at=>
            let #mutable #permit = {
                let #admission = #enter;
                #permit_or_return
            };
        }
    }

    /// The body of a synchronous function runs to its end where it is admitted, and may call its
    /// breaker again. Another one does so when it is polled.
    fn enter(&self) -> TokenStream {
        if !self.is_found_first() {
            return self.at_site(match self.shape {
                Shape::Sync => "enter",
                Shape::Async(_) | Shape::Future(_) | Shape::Stream(_) => "admit",
            });
        }
        let (private, found) = (&self.private, self.local("found"));
        match self.shape {
            Shape::Sync => quote_spanned!(self.at=> #private::acquire_on_thread(#found)),
            Shape::Async(_) | Shape::Future(_) | Shape::Stream(_) => {
                quote_spanned!(self.at=> #private::acquire(#found))
            }
        }
    }

    /// Finds the breaker in a step of its own if code has to run before the call is admitted.
    ///
    /// ```text
    /// let found = …;
    /// ```
    pub(super) fn find(&self) -> Option<TokenStream> {
        let (found, find) = (self.local("found"), self.at_site("find"));
        self.is_found_first().then(|| quote_spanned!(self.at=> let #found = #find;))
    }

    fn is_found_first(&self) -> bool {
        let is_later = matches!(self.shape, Shape::Future(_) | Shape::Stream(_));
        let is_named = self.options.timeout.limit().is_some() || self.options.has_span;
        is_named || is_later && !self.site_is_fixed()
    }

    /// Whether every call has the same breaker, so that finding it evaluates no expression.
    pub(super) fn site_is_fixed(&self) -> bool {
        let Options { identifier, registry, key, .. } = self.options;
        matches!((registry, identifier, key), (None, Identifier::Literal(_), None))
    }

    /// Calls `enter` or `find` on the function's call site.
    fn at_site(&self, method: &str) -> TokenStream {
        let name: &dyn ToTokens = match &self.options.identifier {
            Identifier::Literal(name) => name,
            Identifier::Expression(name) => name,
        };
        let method = Ident::new(method, at(name.span()));
        match &self.options.registry {
            Some(registry) => self.at_registry(&method, registry, name),
            None if self.site_is_fixed() => self.at_call_site(&method, name),
            None => self.at_cache(&method, name),
        }
    }

    /// A name that is known at compile time is looked up once.
    ///
    /// ```text
    /// {
    ///     static __BRAMA_SITE: ::brama::__private::CallSite = ::brama::__private::CallSite::EMPTY;
    ///     __BRAMA_SITE.enter("bank")
    /// }
    /// ```
    fn at_call_site(&self, method: &Ident, name: &dyn ToTokens) -> TokenStream {
        let (place, private) = (name.span(), self.private(name.span()));
        let (declared, declaration) = self.declaration(name);
        quote_spanned! {at(place)=>
            {
                static __BRAMA_SITE: #private::CallSite = #private::CallSite::EMPTY;
                #declared
                __BRAMA_SITE.#method(#declaration)
            }
        }
    }

    /// What the function declares: its name alone, or a static if the attribute gives more or if
    /// functions are declared before their first call.
    ///
    /// ```text
    /// static __BRAMA_DECLARATION: ::brama::__private::Declaration =
    ///     ::brama::__private::Declaration::new("bank", Some("payments"), Attribute::new(…));
    /// ```
    pub(super) fn declaration(&self, name: &dyn ToTokens) -> (Option<TokenStream>, TokenStream) {
        let (place, listed) = (name.span(), self.declare_site());
        let Options { scope, kind, policy, timeout, .. } = self.options;
        let is_bare = policy.is_empty() && timeout.limit().is_none();
        if scope.is_none() && kind.is_none() && is_bare && listed.is_none() {
            return (None, name.to_token_stream());
        }
        let (private, scope, attribute) =
            (self.private(place), self.scope(), self.attribute(place));
        let declared = quote_spanned! {at(place)=>
            static __BRAMA_DECLARATION: #private::Declaration =
                #private::Declaration::new(#name, #scope, #attribute);
            #listed
        };
        (Some(declared), quote_spanned!(at(place)=> &__BRAMA_DECLARATION))
    }

    /// A name from an expression is compared at each call: it may change, also with a type
    /// parameter.
    ///
    /// ```text
    /// {
    ///     static __BRAMA_SITE: ::brama::__private::CachedSite = …::empty();
    ///     __BRAMA_SITE.enter(lookup, const { &Attribute::new(…) })
    /// }
    /// ```
    fn at_cache(&self, method: &Ident, name: &dyn ToTokens) -> TokenStream {
        let place = name.span();
        let (private, lookup, attribute) =
            (self.private(place), self.lookup(name), self.attribute(place));
        let declaration = self.declare();
        quote_spanned! {at(place)=>
            {
                #declaration
                static __BRAMA_SITE: #private::CachedSite = #private::CachedSite::empty();
                __BRAMA_SITE.#method(#lookup, const { &#attribute })
            }
        }
    }

    /// A registry from an expression may change at each call, so every name is looked up in it.
    ///
    /// ```text
    /// ::brama::__private::enter(
    ///     OwnRegistry { registry }.registry, lookup, const { &Attribute::new(…) }
    /// )
    /// ```
    fn at_registry(&self, method: &Ident, registry: &Expr, name: &dyn ToTokens) -> TokenStream {
        let place = name.span();
        let (private, lookup, attribute) =
            (self.private(place), self.lookup(name), self.attribute(place));
        let registry = quote_spanned! {at(place)=>
            #private::OwnRegistry { registry: #registry }.registry
        };
        let find = quote_spanned! {at(place)=>
            #private::#method(#registry, #lookup, const { &#attribute })
        };
        let Some(declaration) = self.declare() else { return find };
        quote_spanned!(at(place)=> { #declaration #find })
    }

    /// The attribute's configuration, as a constant that records its source location.
    ///
    /// ```text
    /// ::brama::__private::Attribute::new(Some("http"), ::brama::PolicyPatch::new()…)
    /// ::brama::__private::Attribute::plain()
    /// ```
    pub(super) fn attribute(&self, place: Span) -> TokenStream {
        let Options { policy, timeout, .. } = self.options;
        let limit = timeout.literal();
        if policy.is_empty() && limit.is_none() {
            return self.attribute_without_policy(place);
        }
        let patch = policy.patch(&self.facade, place);
        let limit = limit.map(|limit| quote_spanned!(at(place)=> .timeout(#limit)));
        self.attribute_with(&quote!(#patch #limit), place)
    }

    pub(super) fn attribute_without_policy(&self, place: Span) -> TokenStream {
        let (private, brama) = (self.private(place), self.facade.at(place));
        if self.options.kind.is_none() {
            let timed = self.timed(place);
            return quote_spanned!(at(place)=> #private::Attribute::plain() #timed);
        }
        let none = quote_spanned!(at(place)=> #brama::PolicyPatch::new());
        self.attribute_with(&none, place)
    }

    fn attribute_with(&self, policy: &TokenStream, place: Span) -> TokenStream {
        let (private, kind) = (self.private(place), optional(self.options.kind.as_ref()));
        let timed = self.timed(place);
        quote_spanned!(at(place)=> #private::Attribute::new(#kind, #policy) #timed)
    }

    /// Adds that the function has a time limit, whatever it is.
    fn timed(&self, place: Span) -> Option<TokenStream> {
        self.options.timeout.limit()?;
        Some(quote_spanned!(at(place)=> .timed()))
    }

    /// The names of one call, borrowed for the look-up.
    ///
    /// ```text
    /// ::brama::__private::Lookup::new(&(name), None)
    ///     .with_key(::brama::__private::key(&(key)).__brama_key_text())
    /// ```
    fn lookup(&self, name: &dyn ToTokens) -> TokenStream {
        let (private, scope) = (self.private(name.span()), self.scope());
        let key = self.options.key.as_ref().map(|key| {
            let private = self.private(key.span());
            quote_spanned!(at(key.span())=> .with_key(#private::key(&(#key)).__brama_key_text()))
        });
        let place = at(name.span());
        match &self.options.identifier {
            Identifier::Literal(name) => {
                quote_spanned!(place=> #private::Lookup::constant(#name, #scope) #key)
            }
            Identifier::Expression(_) => {
                quote_spanned!(place=> #private::Lookup::new(&(#name), #scope) #key)
            }
        }
    }

    pub(super) fn scope(&self) -> TokenStream {
        optional(self.options.scope.as_ref())
    }
}

fn optional(text: Option<&LitStr>) -> TokenStream {
    let none = || quote!(::core::option::Option::None);
    let some =
        |text: &LitStr| quote_spanned!(at(text.span())=> ::core::option::Option::Some(#text));
    text.map_or_else(none, some)
}
