//! The function with a breaker in front of its body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Expr, LitStr, ReturnType, Token, Type,
    spanned::Spanned,
    visit_mut::{VisitMut, visit_type_mut},
};

use crate::{
    facade::Facade,
    function::{Function, braced},
    options::{Excuses, Identifier, Judge, Options, Refusal},
    span::{at, local},
};

/// Puts a breaker in front of the body; all else of the function stays as it is.
///
/// ```text
/// fn charge(card: &Card) -> Paid { body }    fn charge(card: &Card) -> Paid {
///                                                let permit = …;
///                                                let (ret, permit): (Paid, _) = …;
///                                                permit.judge::<Paid>(…);
///                                                ret
///                                            }
/// ```
pub(crate) fn protected(options: &Options, function: Function) -> Function {
    let printer = Printer::new(options, &function);
    let (ask, run, judge) = (printer.ask(), printer.run(), printer.judge());
    let ret = printer.local("ret");
    let body = braced(quote!(#ask #run #judge #ret), function.body.span());
    Function { body, ..function }
}

struct Printer<'o> {
    options: &'o Options,
    function: &'o Function,
    facade: Facade<'o>,
    /// The declared type; what is hidden behind `impl Trait` is left to inference.
    ret: Type,
    /// Where the type stands, or the name of a function that declares none.
    place: Span,
}

impl<'o> Printer<'o> {
    fn new(options: &'o Options, function: &'o Function) -> Self {
        let name = function.signature.ident.span();
        let (mut ret, place) = match &function.signature.output {
            ReturnType::Default => (unit(name), name),
            ReturnType::Type(_, ty) => (Type::clone(ty), ty.span()),
        };
        Hidden.visit_type_mut(&mut ret);
        Self { options, function, facade: Facade::new(options.facade.as_ref()), ret, place }
    }

    /// A variable of ours.
    fn local(&self, name: &str) -> Ident {
        local(name, self.place)
    }

    /// The hidden door at `place`.
    fn door(&self, place: Span) -> TokenStream {
        let brama = self.facade.at(place);
        quote_spanned!(at(place)=> #brama::__private)
    }

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
    fn ask(&self) -> TokenStream {
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

    /// The arm that leaves the function with the open answer.
    ///
    /// ```text
    /// Err(open) => return <Paid as ::brama::__private::OpenOutput>::on_open(open),
    /// Err(open) => return ::brama::__private::answer::<Paid>(on_open, open),
    /// Err(_) => { let value: Paid = fallback; return value; }
    /// ```
    fn refuse(&self) -> TokenStream {
        match &self.options.refusal {
            Refusal::Converted => self.refuse_converted(),
            Refusal::OnOpen(answer) => self.refuse_with_answer(answer),
            Refusal::Fallback(value) => self.refuse_with_value(value),
        }
    }

    fn refuse_converted(&self) -> TokenStream {
        let (open, ret, door) = (self.local("open"), &self.ret, self.door(self.place));
        quote_spanned! {at(self.place)=>
            ::core::result::Result::Err(#open) => {
                return <#ret as #door::OpenOutput>::on_open(#open);
            }
        }
    }

    fn refuse_with_answer(&self, answer: &Expr) -> TokenStream {
        let (open, ret, door) = (self.local("open"), &self.ret, self.door(answer.span()));
        quote_spanned! {at(answer.span())=>
            ::core::result::Result::Err(#open) => {
                return #door::answer::<#ret>(#answer, #open);
            }
        }
    }

    /// Through a variable, since rustc finds braces around the value of a `return` idle.
    fn refuse_with_value(&self, value: &Expr) -> TokenStream {
        let (answer, ret) = (self.local("answer"), &self.ret);
        quote_spanned! {at(value.span())=>
            ::core::result::Result::Err(_) => {
                #[allow(clippy::diverging_sub_expression)]
                let #answer: #ret = #value;
                #[allow(unreachable_code)]
                return #answer;
            }
        }
    }

    fn run(&self) -> TokenStream {
        match &self.function.signature.asyncness {
            Some(keyword) => self.run_async(keyword.span),
            None => self.run_sync(),
        }
    }

    /// Runs the body in a closure, so that `return`, `?` and macros that hide one end there.
    ///
    /// It is not `move`: arguments live on until the function ends, and are dropped in its order.
    ///
    /// ```text
    /// let (ret, permit): (Paid, _) = permit.run(|| -> Paid { body });
    /// ```
    fn run_sync(&self) -> TokenStream {
        let (permit, returned, ret) = (self.local("permit"), self.local("ret"), &self.ret);
        let body = &self.function.body;
        quote_spanned! {at(self.place)=>
            let (#returned, #permit): (#ret, _) = #permit.run(|| -> #ret #body);
        }
    }

    /// Runs the body in a future of its own, so that a panic in it can be told from being dropped.
    ///
    /// It is declared after the permit and so dropped before it, which abandons the call. It is
    /// `move`: an argument that is `Send` and not `Sync` could not be borrowed across an await. The
    /// early return is never taken. It tells the compiler the type before the body is read, as the
    /// declared type does for a plain `async fn`.
    ///
    /// ```text
    /// let body = async move {
    ///     if let Some(never) = None::<Paid> { return never; }
    ///     let ret: Paid = { body };
    ///     ret
    /// };
    /// let ret: Paid = permit.guard(::core::pin::pin!(body)).await;
    /// ```
    fn run_async(&self, keyword: Span) -> TokenStream {
        let (permit, returned, ret) = (self.local("permit"), self.local("ret"), &self.ret);
        let (future, body, expect) = (self.local("body"), &self.function.body, self.expect_type());
        let block = quote_spanned!(at(keyword)=> async move);
        quote_spanned! {at(self.place)=>
            let #future = #block {
                #expect
                #[allow(clippy::diverging_sub_expression)]
                let #returned: #ret = #body;
                #[allow(unreachable_code)]
                #returned
            };
            let #returned: #ret = #permit.guard(::core::pin::pin!(#future)).await;
        }
    }

    /// The variable stands for the user's type in rustc's notes, and has its very span.
    fn expect_type(&self) -> TokenStream {
        let (never, ret) = (Ident::new("__brama_never", self.place), &self.ret);
        quote_spanned! {at(self.place)=>
            if let ::core::option::Option::Some(#never) = ::core::option::Option::None::<#ret> {
                #[allow(unreachable_code)]
                return #never;
            }
        }
    }

    /// Records the outcome. The type is written, so that a handler of another type is compared
    /// with the declared one.
    ///
    /// ```text
    /// permit.judge::<Paid>(&ret, error_handler);
    /// ```
    fn judge(&self) -> TokenStream {
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
    ///     let failed = <Paid as Judged<_>>::failed(ret);
    ///     if … { ::brama::Outcome::Ignore } else { __default_verdict!(failed) }
    /// }
    /// ```
    fn verdict(&self, excuses: &Excuses) -> TokenStream {
        let (returned, ret, door) = (self.local("ret"), &self.ret, self.door(self.place));
        let failed = quote_spanned!(at(self.place)=> <#ret as #door::Judged<_>>::failed(#returned));
        let Some(ignored) = self.excused(excuses) else {
            return quote_spanned!(at(self.place)=> |#returned| #door::__default_verdict!(#failed));
        };
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

fn optional(text: Option<&LitStr>) -> TokenStream {
    let none = || quote!(::core::option::Option::None);
    let some =
        |text: &LitStr| quote_spanned!(at(text.span())=> ::core::option::Option::Some(#text));
    text.map_or_else(none, some)
}

fn unit(place: Span) -> Type {
    let paren_token = syn::token::Paren(place);
    Type::Tuple(syn::TypeTuple { attrs: Vec::new(), paren_token, elems: <_>::default() })
}

/// Leaves to inference what stands behind `impl Trait`, at any depth.
struct Hidden;

impl VisitMut for Hidden {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::ImplTrait(hidden) => {
                let underscore_token = Token![_](hidden.impl_token.span);
                *ty = Type::Infer(syn::TypeInfer { attrs: Vec::new(), underscore_token });
            }
            _ => visit_type_mut(self, ty),
        }
    }
}
