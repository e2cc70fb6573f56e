//! How a function returns its result: directly, when awaited, or through a future or a stream.

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
    Future(Returned),
    /// As the items of a stream that the function returns.
    Stream(Returned),
}

/// The future or stream that a function returns.
pub(crate) struct Returned {
    /// The output of the future, or an item of the stream.
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
            ReturnType::Type(_, ty) => {
                (ReturnedTrait::FUTURE.visible(ty), ReturnedTrait::FUTURE.named(ty))
            }
        };
        match (future, visible.or_else(|| named.filter(|_| future.is_none()))) {
            (Some(false), _) | (None, None) => Self::Sync,
            (Some(true) | None, Some(returned)) => Self::Future(returned),
            (Some(true), None) => Self::Future(hidden(signature, facade)),
        }
    }
}

/// A trait of what a function may return, and how it is found in a type.
pub(crate) struct ReturnedTrait {
    name: &'static str,
    output: &'static str,
    /// Aliases of the `futures` crate.
    boxes: [&'static str; 2],
    /// The trait of the runtime for an alias that hides the box, and its type for the output.
    of_box: [&'static str; 2],
}

impl ReturnedTrait {
    const FUTURE: Self = Self {
        name: "Future",
        output: "Output",
        boxes: ["BoxFuture", "LocalBoxFuture"],
        of_box: ["PinnedBox", "Output"],
    };

    pub(crate) const STREAM: Self = Self {
        name: "Stream",
        output: "Item",
        boxes: ["BoxStream", "LocalBoxStream"],
        of_box: ["PinnedBoxOfStream", "Item"],
    };

    /// What is visible in a type.
    pub(crate) fn visible(&self, ty: &Type) -> Option<Returned> {
        match ungroup_type(ty) {
            Type::ImplTrait(opaque) => self.among(&opaque.bounds, false),
            Type::Path(path) => {
                let last = path.path.segments.last()?;
                if last.ident == "Pin" { self.boxed(type_argument(last)?) } else { None }
            }
            _ => None,
        }
    }

    /// The box behind an alias of the `futures` crate.
    pub(crate) fn named(&self, ty: &Type) -> Option<Returned> {
        let Type::Path(path) = ungroup_type(ty) else { return None };
        let last = path.path.segments.last()?;
        let is_known = self.boxes.iter().any(|name| last.ident == name);
        let output = type_argument(last).filter(|_| is_known)?;
        Some(Returned { place: output.span(), output: Box::new(output.clone()), boxed: true })
    }

    /// What is in the `Box<dyn Future<Output = R>>` of a `Pin`.
    fn boxed(&self, ty: &Type) -> Option<Returned> {
        let Type::Path(path) = ungroup_type(ty) else { return None };
        let last = path.path.segments.last().filter(|last| last.ident == "Box")?;
        match ungroup_type(type_argument(last)?) {
            Type::TraitObject(object) => self.among(&object.bounds, true),
            Type::ImplTrait(opaque) => self.among(&opaque.bounds, true),
            _ => None,
        }
    }

    /// The output of the trait among the bounds; inferred if the bound does not name it.
    fn among(
        &self,
        bounds: &Punctuated<TypeParamBound, Token![+]>,
        boxed: bool,
    ) -> Option<Returned> {
        let found = bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => {
                bound.path.segments.last().filter(|last| last.ident == self.name)
            }
            _ => None,
        })?;
        let mut named = arguments(found).into_iter().flat_map(|arguments| &arguments.args);
        let output = named.find_map(|argument| match argument {
            GenericArgument::AssocType(named) if named.ident == self.output => {
                Some(named.ty.clone())
            }
            _ => None,
        });
        let output = output.unwrap_or_else(|| inferred(found.span()));
        Some(Returned { place: output.span(), output: Box::new(output), boxed })
    }

    /// A box behind an alias: only the compiler knows its output.
    pub(crate) fn alias(&self, ty: &Type, place: Span, facade: &Facade<'_>) -> Returned {
        let (brama, [of_box, output]) = (facade.at(place), self.of_box);
        let of_box = Ident::new(of_box, at(place));
        let of_box = quote_spanned!(at(place)=> #brama::__private::#of_box);
        let output = Type::Verbatim(spanning(ty, &of_box, output));
        Returned { output: Box::new(output), place, boxed: true }
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

fn inferred(place: Span) -> Type {
    let underscore_token = Token![_](at(place));
    Type::Infer(TypeInfer { attrs: Vec::new(), underscore_token })
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
fn hidden(signature: &Signature, facade: &Facade<'_>) -> Returned {
    match &signature.output {
        ReturnType::Default => {
            ReturnedTrait::FUTURE.alias(&parse_quote!(()), signature.ident.span(), facade)
        }
        ReturnType::Type(_, ty) => match ungroup_type(ty) {
            Type::ImplTrait(_) => {
                Returned { output: Box::new(inferred(ty.span())), place: ty.span(), boxed: false }
            }
            _ => ReturnedTrait::FUTURE.alias(ty, ty.span(), facade),
        },
    }
}
