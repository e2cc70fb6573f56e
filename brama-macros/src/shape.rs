//! How a function returns its result: directly, when awaited, or through a future.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, PathArguments, PathSegment, ReturnType,
    Signature, Token, Type, TypeInfer, TypeParamBound, parse_quote, punctuated::Punctuated,
    spanned::Spanned,
};

use crate::{facade::Facade, literal::ungroup_type, span::at};

/// How a function returns its result.
pub(crate) enum Shape {
    /// Directly.
    Sync,
    /// An `async fn`, with the span of the keyword.
    Async(Span),
    /// Through a future that the function returns.
    Future(ReturnedFuture),
}

/// The future that a function returns.
pub(crate) struct ReturnedFuture {
    pub(crate) output: Box<Type>,
    /// The span of the output type.
    pub(crate) place: Span,
    /// Whether the function returns a pinned box.
    pub(crate) boxed: bool,
}

impl Shape {
    /// Decides by the signature alone, unless the option `future` overrides it.
    pub(crate) fn of(signature: &Signature, future: Option<bool>, facade: &Facade<'_>) -> Self {
        if let Some(keyword) = &signature.asyncness {
            return Self::Async(keyword.span);
        }
        let (visible, named) = match &signature.output {
            ReturnType::Default => (None, None),
            ReturnType::Type(_, ty) => (visible(ty), named(ty)),
        };
        match (future, visible.or_else(|| named.filter(|_| future.is_none()))) {
            (Some(false), _) | (None, None) => Self::Sync,
            (Some(true) | None, Some(returned)) => Self::Future(returned),
            (Some(true), None) => Self::Future(hidden(signature, facade)),
        }
    }
}

/// The future that is visible in a type.
fn visible(ty: &Type) -> Option<ReturnedFuture> {
    match ungroup_type(ty) {
        Type::ImplTrait(opaque) => future_of(&opaque.bounds, false),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            if last.ident == "Pin" { boxed(type_argument(last)?) } else { None }
        }
        _ => None,
    }
}

/// The boxed future behind an alias of the `futures` crate.
fn named(ty: &Type) -> Option<ReturnedFuture> {
    let Type::Path(path) = ungroup_type(ty) else { return None };
    let last = path.path.segments.last()?;
    let is_known = last.ident == "BoxFuture" || last.ident == "LocalBoxFuture";
    let output = type_argument(last).filter(|_| is_known)?;
    Some(ReturnedFuture { place: output.span(), output: Box::new(output.clone()), boxed: true })
}

/// The future in the `Box<dyn Future<Output = R>>` of a `Pin`.
fn boxed(ty: &Type) -> Option<ReturnedFuture> {
    let Type::Path(path) = ungroup_type(ty) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Box")?;
    match ungroup_type(type_argument(last)?) {
        Type::TraitObject(object) => future_of(&object.bounds, true),
        Type::ImplTrait(opaque) => future_of(&opaque.bounds, true),
        _ => None,
    }
}

fn type_argument(segment: &PathSegment) -> Option<&Type> {
    type_arguments(segment).last()
}

/// The types between the angle brackets.
pub(crate) fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = arguments(segment).into_iter().flat_map(|arguments| &arguments.args);
    arguments.filter_map(|argument| match argument {
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

/// The output of the `Future` among the bounds; inferred if the bound does not name it.
fn future_of(
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

/// A boxed future behind an alias: only the compiler knows its output.
fn alias(ty: &Type, place: Span, facade: &Facade<'_>) -> ReturnedFuture {
    let brama = facade.at(place);
    let pinned_box = quote_spanned!(at(place)=> #brama::__private::PinnedBox);
    let output = Type::Verbatim(spanning(ty, &pinned_box, "Output"));
    ReturnedFuture { output: Box::new(output), place, boxed: true }
}

/// An item of a trait that a type implements.
///
/// The first and the last token have spans of the user's type, so that rustc underlines the whole
/// type, and reports it once.
///
/// ```text
/// <Type as Trait>::item
/// ```
pub(crate) fn spanning(ty: &Type, of: &TokenStream, item: &str) -> TokenStream {
    let (place, item) = (ty.span(), Ident::new(item, last(ty)));
    let open = Token![<](place);
    quote_spanned!(at(place)=> #open #ty as #of>::#item)
}

/// The span of a type's last token.
pub(crate) fn last(ty: &Type) -> Span {
    ty.to_token_stream().into_iter().last().map_or_else(|| ty.span(), |token| token.span())
}

/// The future of a function that `future = true` declares to return one.
fn hidden(signature: &Signature, facade: &Facade<'_>) -> ReturnedFuture {
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
