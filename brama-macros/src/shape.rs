//! How a function gives its answer: at once, when it is awaited, or by a future that it returns.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, PathArguments, PathSegment, ReturnType,
    Signature, Token, Type, TypeInfer, TypeParamBound, parse_quote, punctuated::Punctuated,
    spanned::Spanned,
};

use crate::{facade::Facade, literal::ungroup_type, span::at};

/// How a function gives its answer.
pub(crate) enum Shape {
    /// At once.
    Sync,
    /// When it is awaited; the keyword's place.
    Async(Span),
    /// By a future that it returns.
    Future(ReturnedFuture),
}

/// The future that a function returns.
pub(crate) struct ReturnedFuture {
    pub(crate) output: Box<Type>,
    /// Where the output stands.
    pub(crate) place: Span,
    /// Whether the function answers with a pinned box.
    pub(crate) boxed: bool,
}

impl Shape {
    /// By the signature alone, unless `future` overrides it.
    pub(crate) fn of(signature: &Signature, future: Option<bool>, facade: &Facade<'_>) -> Self {
        if let Some(keyword) = &signature.asyncness {
            return Self::Async(keyword.span);
        }
        let (seen, named) = match &signature.output {
            ReturnType::Default => (None, None),
            ReturnType::Type(_, ty) => (seen(ty), named(ty)),
        };
        match (future, seen.or_else(|| named.filter(|_| future.is_none()))) {
            (Some(false), _) | (None, None) => Self::Sync,
            (Some(true) | None, Some(returned)) => Self::Future(returned),
            (Some(true), None) => Self::Future(unseen(signature, facade)),
        }
    }
}

/// The future that a type shows to be.
fn seen(ty: &Type) -> Option<ReturnedFuture> {
    match ungroup_type(ty) {
        Type::ImplTrait(hidden) => answer_of(&hidden.bounds, false),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            if last.ident == "Pin" { boxed(type_argument(last)?) } else { None }
        }
        _ => None,
    }
}

/// The boxed future that the names of the futures crate stand for.
fn named(ty: &Type) -> Option<ReturnedFuture> {
    let Type::Path(path) = ungroup_type(ty) else { return None };
    let last = path.path.segments.last()?;
    let is_known = last.ident == "BoxFuture" || last.ident == "LocalBoxFuture";
    let output = type_argument(last).filter(|_| is_known)?;
    Some(ReturnedFuture { place: output.span(), output: Box::new(output.clone()), boxed: true })
}

/// `Box<dyn Future<Output = R>>`, which is pinned.
fn boxed(ty: &Type) -> Option<ReturnedFuture> {
    let Type::Path(path) = ungroup_type(ty) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Box")?;
    match ungroup_type(type_argument(last)?) {
        Type::TraitObject(object) => answer_of(&object.bounds, true),
        Type::ImplTrait(hidden) => answer_of(&hidden.bounds, true),
        _ => None,
    }
}

fn type_argument(segment: &PathSegment) -> Option<&Type> {
    arguments(segment)?.args.iter().rev().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn arguments(segment: &PathSegment) -> Option<&AngleBracketedGenericArguments> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments),
        _ => None,
    }
}

/// The answer of a `Future` among the bounds; one that is not named is left to inference.
fn answer_of(
    bounds: &Punctuated<TypeParamBound, Token![+]>,
    boxed: bool,
) -> Option<ReturnedFuture> {
    let future = bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => {
            bound.path.segments.last().filter(|last| last.ident == "Future")
        }
        _ => None,
    })?;
    let mut named = arguments(future).into_iter().flat_map(|arguments| &arguments.args);
    let output = named.find_map(|argument| match argument {
        GenericArgument::AssocType(named) if named.ident == "Output" => Some(named.ty.clone()),
        _ => None,
    });
    let output = output.unwrap_or_else(|| inferred(future.span()));
    Some(ReturnedFuture { place: output.span(), output: Box::new(output), boxed })
}

fn inferred(place: Span) -> Type {
    let underscore_token = Token![_](at(place));
    Type::Infer(TypeInfer { attrs: Vec::new(), underscore_token })
}

/// A boxed future behind a name: only the compiler knows what it answers.
fn alias(ty: &Type, place: Span, facade: &Facade<'_>) -> ReturnedFuture {
    let brama = facade.at(place);
    let pinned_box = quote_spanned!(at(place)=> #brama::__private::PinnedBox);
    let output = Type::Verbatim(spanning(ty, &pinned_box, "Output"));
    ReturnedFuture { output: Box::new(output), place, boxed: true }
}

/// The item of a trait's that a type has.
///
/// The first and the last token are the user's, as it were: what is wrong with the type is then
/// shown at all of it, and once.
///
/// ```text
/// <Type as Trait>::item
/// ```
pub(crate) fn spanning(ty: &Type, of: &TokenStream, item: &str) -> TokenStream {
    let (place, item) = (ty.span(), Ident::new(item, last(ty)));
    let open = Token![<](place);
    quote_spanned!(at(place)=> #open #ty as #of>::#item)
}

/// The place of a type's last token.
pub(crate) fn last(ty: &Type) -> Span {
    ty.to_token_stream().into_iter().last().map_or_else(|| ty.span(), |token| token.span())
}

fn unseen(signature: &Signature, facade: &Facade<'_>) -> ReturnedFuture {
    match &signature.output {
        ReturnType::Default => alias(&parse_quote!(()), signature.ident.span(), facade),
        ReturnType::Type(_, ty) => match ungroup_type(ty) {
            Type::ImplTrait(_) => ReturnedFuture {
                output: Box::new(inferred(ty.span())),
                place: ty.span(),
                boxed: false,
            },
            _ => alias(ty, ty.span(), facade),
        },
    }
}
