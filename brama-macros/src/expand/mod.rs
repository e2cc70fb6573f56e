//! The function with a breaker in front of its body.

mod body;
mod refusal;
mod site;
mod verdict;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    ReturnType, Type,
    spanned::Spanned,
    visit_mut::{VisitMut, visit_type_mut},
};

use crate::{
    facade::Facade,
    function::{Function, braced},
    options::Options,
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
                let underscore_token = syn::Token![_](hidden.impl_token.span);
                *ty = Type::Infer(syn::TypeInfer { attrs: Vec::new(), underscore_token });
            }
            _ => visit_type_mut(self, ty),
        }
    }
}
