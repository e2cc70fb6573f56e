//! Expands a function: puts a breaker in front of its body.

mod body;
mod call;
mod declaration;
mod future;
mod handler;
mod rejection;
mod site;
mod spanned;
mod stack;
mod stream;
mod timeout;
mod verdict;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    ReturnType, Type,
    spanned::Spanned,
    visit_mut::{VisitMut, visit_type_mut},
};

pub(crate) use self::declaration::declares;
use crate::{
    facade::Facade,
    function::{Function, braced},
    literal::{identifiers, ungroup_type},
    options::Options,
    shape::{Shape, type_arguments},
    span::{at, local, mixed},
};

/// Puts a breaker in front of the body. The rest of the function stays as it is.
///
/// ```text
/// fn charge(card: &Card) -> Paid { body }    fn charge(card: &Card) -> Paid {
///                                                let mut permit = …;
///                                                let ret: Paid = …;
///                                                let ending = permit.judge(…);
///                                                return ret;
///                                            }
/// ```
///
/// The first breaker of a stack is the outermost.
pub(crate) fn protected(stack: &[Options], function: Function) -> Function {
    (0..stack.len()).rev().fold(function, |function, place| {
        let Some(printer) = Printer::new(stack, place, &function) else { return function };
        let body = braced(printer.body(), function.body.span());
        Function { body, ..function }
    })
}

struct Printer<'o> {
    options: &'o Options,
    /// How many breakers of the stack are above this one.
    above: usize,
    /// The options of the breaker directly below this one.
    below: Option<&'o Options>,
    function: &'o Function,
    facade: Facade<'o>,
    shape: Shape,
    /// The declared type, with `_` for each `impl Trait`.
    declared: Type,
    /// The type of the result: the declared one, or the output of the declared future.
    ret: Type,
    /// The span of the result's type, or of the name of a function that declares none.
    place: Span,
    /// The spans of generated tokens and variables at `place`. Computed once, since each is a
    /// request to the compiler.
    at: Span,
    local: Span,
    /// The path of the hidden module `__private` at `place`.
    private: TokenStream,
}

impl<'o> Printer<'o> {
    fn new(stack: &'o [Options], above: usize, function: &'o Function) -> Option<Self> {
        let (options, below) = (stack.get(above)?, stack.get(above + 1));
        let name = function.signature.ident.span();
        let (declared, place) = match &function.signature.output {
            ReturnType::Default => (unit(name), name),
            ReturnType::Type(_, ty) => (Type::clone(ty), ty.span()),
        };
        let shape = options.shape(&function.signature);
        let (ret, place) = match &shape {
            Shape::Sync | Shape::Async(_) => (declared.clone(), place),
            Shape::Future(returned) | Shape::Stream(returned) => {
                (Type::clone(&returned.output), returned.place)
            }
        };
        let (declared, ret) = (without_impl_trait(declared), without_impl_trait(ret));
        let facade = Facade::new(options.facade.as_ref());
        let (at, local) = (at(place), mixed(place));
        let private = private(&facade, place);
        Some(Self {
            options,
            above,
            below,
            function,
            facade,
            shape,
            declared,
            ret,
            place,
            at,
            local,
            private,
        })
    }

    fn body(&self) -> TokenStream {
        if let Shape::Stream(returned) = &self.shape {
            return self.streamed(returned);
        }
        if let Some(call) = self.whole_call() {
            return call;
        }
        let (find, limit, timer) = (self.find(), self.limit(), self.timer());
        let (admit, run, judge, ret) = (self.admit(), self.run(), self.judge(), self.local("ret"));
        let end = ending_in(self.at, &ret);
        let call = self.spanned(quote!(#timer #admit #run #judge #end));
        let note = self.declare_note();
        match &self.shape {
            Shape::Sync | Shape::Async(_) | Shape::Stream(_) => quote!(#find #limit #note #call),
            Shape::Future(returned) if self.site_is_fixed() => {
                self.later(returned, &quote!(#limit #note), &quote!(#find #call))
            }
            Shape::Future(returned) => self.later(returned, &quote!(#find #limit #note), &call),
        }
    }

    /// A generated variable.
    fn local(&self, name: &str) -> Ident {
        local(name, self.local)
    }

    /// The conversion of a value into the error: `known`, or `generic` for an error that looks
    /// generic, whose bound rustc suggests.
    ///
    /// ```text
    /// <PayError as ::brama::__private::FromCircuitOpen<_>>
    /// ```
    fn conversion(&self, known: &TokenStream, generic: &TokenStream) -> TokenStream {
        let (error, private) = (self.error(), &self.private);
        let from = if self.is_generic() { generic } else { known };
        quote_spanned!(self.at=> <#error as #private::#from>)
    }

    /// The `E` in `Result<T, E>`. Behind an alias, only the compiler knows it.
    fn error(&self) -> TokenStream {
        let error = result_error(&self.ret).map(ToTokens::to_token_stream);
        error.unwrap_or_else(|| quote_spanned!(self.place=> _))
    }

    /// Whether the error, or a return type that may have it as a parameter, names a type parameter.
    /// One of the `impl` is not in sight: one or two capitals are taken for one.
    fn is_generic(&self) -> bool {
        let is_parameter = |name: &Ident| {
            let text = name.to_string();
            let is_short = text.len() <= 2 && !text.contains(char::is_lowercase);
            let mut parameters = self.function.signature.generics.type_params();
            is_short || text == "Self" || parameters.any(|parameter| parameter.ident == *name)
        };
        let error = result_error(&self.ret).unwrap_or(&self.ret);
        identifiers(error.to_token_stream()).iter().any(is_parameter)
    }

    /// The path of the hidden module `__private` at `place`.
    fn private(&self, place: Span) -> TokenStream {
        private(&self.facade, place)
    }
}

/// The end of a generated body. clippy would report a value without `return` at the attribute.
fn ending_in(place: Span, value: &impl ToTokens) -> TokenStream {
    quote_spanned!(place=> return #value;)
}

fn private(facade: &Facade<'_>, place: Span) -> TokenStream {
    let brama = facade.at(place);
    quote_spanned!(at(place)=> #brama::__private)
}

/// The `E` in `Result<T, E>`.
fn result_error(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ungroup_type(ty) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Result")?;
    type_arguments(last).nth(1)
}

fn unit(place: Span) -> Type {
    let paren_token = syn::token::Paren(place);
    Type::Tuple(syn::TypeTuple { attrs: Vec::new(), paren_token, elems: <_>::default() })
}

fn without_impl_trait(mut ty: Type) -> Type {
    InferImplTrait.visit_type_mut(&mut ty);
    ty
}

/// Replaces `impl Trait` by `_`, at any depth.
struct InferImplTrait;

impl VisitMut for InferImplTrait {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::ImplTrait(opaque) => {
                let underscore_token = syn::Token![_](opaque.impl_token.span);
                *ty = Type::Infer(syn::TypeInfer { attrs: Vec::new(), underscore_token });
            }
            _ => visit_type_mut(self, ty),
        }
    }
}
