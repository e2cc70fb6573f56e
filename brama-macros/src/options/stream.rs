//! The options that judge a returned stream by its items.

use proc_macro2::Ident;
use syn::{Error, Expr, ReturnType, Signature, Type, spanned::Spanned};

use super::{FutureOption, Judge, OnOpen, Options, names::STREAM, syntax::example};
use crate::{
    errors::with_help,
    excerpt::excerpt,
    facade::Facade,
    literal::{ValueForm, ungroup_type},
    shape::{Returned, ReturnedTrait, type_arguments},
};

/// When the call of a stream is judged, and how long it lasts.
#[derive(Default)]
pub(crate) struct StreamOptions {
    stream: Option<(Ident, DecidedBy)>,
    slow_until: Option<Ident>,
}

/// What decides the call of a stream.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecidedBy {
    FirstItem,
    /// A failure, or else the last item.
    End,
    /// As `End`. The time of the call stops at the first item.
    EndTimedToFirstItem,
}

impl StreamOptions {
    pub(super) fn set(&mut self, place: &Ident, value: &Expr) -> syn::Result<()> {
        let judged_at = match word(place, value, &["first_item", "end"])?.as_str() {
            "first_item" => DecidedBy::FirstItem,
            _ => DecidedBy::End,
        };
        self.stream = Some((place.clone(), judged_at));
        Ok(())
    }

    pub(super) fn set_slow_until(&mut self, place: &Ident, value: &Expr) -> syn::Result<()> {
        word(place, value, &["first_item"])?;
        self.slow_until = Some(place.clone());
        Ok(())
    }

    /// Rejects a `slow_until` without a stream that is judged at its end. A `stream` with an
    /// invalid value is still `given`.
    pub(super) fn check_given(&self, given: &[Ident]) -> syn::Result<()> {
        let Some(slow_until) = &self.slow_until else { return Ok(()) };
        match &self.stream {
            Some((_, DecidedBy::FirstItem)) => {
                Err(Error::new(slow_until.span(), with_help(JUDGED_EARLY, REMOVE)))
            }
            None if !given.iter().any(|name| name == STREAM) => {
                Err(Error::new(slow_until.span(), with_help(NO_STREAM, ADD)))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What decides the call, if the function returns a stream that is judged by its items.
    pub(crate) fn judged_at(&self) -> Option<DecidedBy> {
        let (_, judged_at) = self.stream.as_ref()?;
        match (judged_at, &self.slow_until) {
            (DecidedBy::End, Some(_)) => Some(DecidedBy::EndTimedToFirstItem),
            (other, _) => Some(*other),
        }
    }

    /// The stream that the function returns, if it is judged by its items.
    pub(super) fn returned(&self, signature: &Signature, facade: &Facade<'_>) -> Option<Returned> {
        let (None, Some(_)) = (&signature.asyncness, &self.stream) else { return None };
        let ReturnType::Type(_, ty) = &signature.output else { return None };
        let seen = visible(ty);
        seen.or_else(|| {
            may_be_alias(ty).then(|| ReturnedTrait::STREAM.alias(ty, ty.span(), facade))
        })
    }

    /// Rejects options that do not fit the function.
    pub(super) fn check(&self, options: &Options, signature: &Signature) -> syn::Result<()> {
        let Some((place, _)) = &self.stream else { return unjudged(options, signature) };
        if let Some(FutureOption { place, .. }) = &options.future {
            return Err(Error::new(place.span(), with_help(FUTURE, NO_FUTURE)));
        }
        if signature.asyncness.is_some() {
            return Err(Error::new(place.span(), with_help(ASYNC, NO_ASYNC)));
        }
        let facade = Facade::new(options.facade.as_ref());
        if self.returned(signature, &facade).is_some() {
            return Ok(());
        }
        let ReturnType::Type(_, ty) = &signature.output else {
            let wrong = format!("{OTHER}; `{}` returns none", signature.ident);
            return Err(Error::new(place.span(), with_help(wrong, FORMS)));
        };
        let help = if is_result_of_stream(ty) { INSIDE } else { FORMS };
        let wrong = format!("{OTHER}, not `{}`", excerpt(ty));
        Err(Error::new_spanned(ty, with_help(wrong, help)))
    }
}

/// Rejects a stream that nothing judges. Its creation alone shows neither what a failure is nor
/// what a rejected caller gets.
fn unjudged(options: &Options, signature: &Signature) -> syn::Result<()> {
    let ReturnType::Type(_, ty) = &signature.output else { return Ok(()) };
    let is_judged =
        matches!(options.judge, Judge::Handler(_)) && !matches!(options.on_open, OnOpen::Converted);
    if signature.asyncness.is_some() || is_judged || visible(ty).is_none() {
        return Ok(());
    }
    Err(Error::new_spanned(ty, with_help(UNJUDGED, JUDGED)))
}

fn visible(ty: &Type) -> Option<Returned> {
    ReturnedTrait::STREAM.visible(ty).or_else(|| ReturnedTrait::STREAM.named(ty))
}

/// Whether a type may be an alias of a boxed stream: it is a name, and not that of a common type.
fn may_be_alias(ty: &Type) -> bool {
    let Type::Path(path) = ungroup_type(ty) else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| !COMMON.iter().any(|name| last.ident == name))
}

const COMMON: [&str; 12] =
    ["Result", "Option", "Vec", "Box", "Pin", "String", "bool", "u8", "u32", "u64", "usize", "i32"];

/// `Result<impl Stream, E>`
fn is_result_of_stream(ty: &Type) -> bool {
    let Type::Path(path) = ungroup_type(ty) else { return false };
    let last = path.path.segments.last().filter(|last| last.ident == "Result");
    last.and_then(|last| type_arguments(last).next()).is_some_and(|ty| visible(ty).is_some())
}

/// One of some words in quotes.
fn word(option: &Ident, value: &Expr, known: &[&str]) -> syn::Result<String> {
    let choices: Vec<_> = known.iter().map(|word| format!("`\"{word}\"`")).collect();
    let choices = choices.join(" or ");
    match ValueForm::of(value) {
        ValueForm::Str(text) if known.contains(&text.value().as_str()) => Ok(text.value()),
        ValueForm::Str(text) => {
            let wrong = format!("`{option}` is {:?}, must be {choices}", text.value());
            Err(Error::new(text.span(), wrong))
        }
        ValueForm::Word(name) if known.iter().any(|word| name == word) => {
            let wrong = format!("`{option}` is {name} without quotes");
            let help = format!("write it in quotes: `{option} = \"{name}\"`");
            Err(Error::new(name.span(), with_help(wrong, help)))
        }
        _ => {
            let wrong = format!("`{option}` must be {choices}");
            Err(Error::new(value.span(), with_help(wrong, example(option))))
        }
    }
}

const NO_STREAM: &str = "`slow_until` is for functions with `stream = \"end\"`";
const ADD: &str = "add `stream = \"end\"`, or remove `slow_until`";
const JUDGED_EARLY: &str =
    "with `stream = \"first_item\"`, the duration of a call ends with its first item anyway";
const REMOVE: &str = "remove `slow_until`";
const FUTURE: &str = "a function returns a future or a stream, not both";
const NO_FUTURE: &str = "remove `future` or `stream`";
const ASYNC: &str = "`stream` is for functions that return a stream; this one is async";
const NO_ASYNC: &str = "remove `async` and return the stream itself, such as \
                        `stream::once(async move { … }).try_flatten()` of the crate `futures`";
const OTHER: &str = "with `stream`, a function returns a stream";
const FORMS: &str = "return `impl Stream<Item = …>`, `Pin<Box<dyn Stream<Item = …>>>` or \
                     `BoxStream`, or remove `stream`";
const INSIDE: &str = "return the stream itself, such as \
                      `stream::once(async move { … }).try_flatten()` of the crate `futures`";
const UNJUDGED: &str = "a stream is judged by its items, which needs the option `stream`";
const JUDGED: &str = "add `stream = \"end\"`, or `stream = \"first_item\"` if the first item \
                      decides\nhelp: to judge its creation alone, add `error_handler` and `fallback`";
