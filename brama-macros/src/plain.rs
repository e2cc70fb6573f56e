//! The short way for most functions: no generics, and an attribute that only names its breaker.
//!
//! The macro is built without optimization in most programs, where it takes as long to read a
//! function with syn and to print it with many small streams as the compiler takes to check the
//! function. What is printed here is what [`expand`](crate::expand) prints; anything that does not
//! look plain is left to it.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::{
    expand::declares,
    function::braced,
    span::{at, local, mixed},
};

/// Expands the function if it is plain.
pub(crate) fn expand(options: &TokenStream, item: &TokenStream) -> Option<TokenStream> {
    if declares() {
        return None;
    }
    let name = identifier(options)?;
    let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    let body = body(tokens.pop()?)?;
    let head = Head::read(&tokens)?;
    let error = head.error()?;
    let place = head.returned.first()?.span();
    let printed = Printed { name, place, returned: head.returned, error, body: &body };
    let printed = match head.keyword {
        None => printed.sync(),
        Some(keyword) => printed.later(keyword),
    };
    tokens.push(braced(printed, body.span()).into());
    Some(tokens.into_iter().collect())
}

/// The literal in `identifier = "bank"`.
fn identifier(options: &TokenStream) -> Option<TokenTree> {
    let mut tokens = options.clone().into_iter();
    let name = matches!(tokens.next()?, TokenTree::Ident(name) if name == "identifier");
    let equals = matches!(tokens.next()?, TokenTree::Punct(sign) if sign.as_char() == '=');
    let literal = tokens.next()?;
    let text = literal.to_string();
    let text = text.strip_prefix('"')?.strip_suffix('"')?;
    // The argument of a macro is a group, in which an expression may begin and end with quotes.
    let is_literal = matches!(literal, TokenTree::Literal(_));
    let is_text = is_literal && !text.trim().is_empty() && !text.contains('\\');
    (name && equals && is_text && tokens.next().is_none()).then_some(literal)
}

/// The body, unless it begins with an attribute, which may be one of the whole function.
fn body(token: TokenTree) -> Option<Group> {
    let TokenTree::Group(body) = token else { return None };
    let first = body.stream().into_iter().next();
    let has_attribute = matches!(first, Some(TokenTree::Punct(sign)) if sign.as_char() == '#');
    (body.delimiter() == Delimiter::Brace && !has_attribute).then_some(body)
}

/// What stands before the body.
struct Head<'t> {
    /// The span of `async`.
    keyword: Option<Span>,
    /// The return type: a path.
    returned: &'t [TokenTree],
}

impl<'t> Head<'t> {
    /// Reads `#[…] pub(…) async fn name(…) -> Type`.
    fn read(mut tokens: &'t [TokenTree]) -> Option<Self> {
        while let [TokenTree::Punct(hash), TokenTree::Group(attribute), rest @ ..] = tokens {
            if hash.as_char() != '#' || !is_known(attribute) {
                return None;
            }
            tokens = rest;
        }
        if let [TokenTree::Ident(word), rest @ ..] = tokens
            && word == "pub"
        {
            tokens = match rest {
                [TokenTree::Group(_), after @ ..] => after,
                _ => rest,
            };
        }
        let mut keyword = None;
        if let [TokenTree::Ident(word), rest @ ..] = tokens
            && word == "async"
        {
            (keyword, tokens) = (Some(word.span()), rest);
        }
        match tokens {
            [
                TokenTree::Ident(function),
                TokenTree::Ident(_),
                TokenTree::Group(arguments),
                TokenTree::Punct(dash),
                TokenTree::Punct(arrow),
                returned @ ..,
            ] if function == "fn"
                && arguments.delimiter() == Delimiter::Parenthesis
                && dash.as_char() == '-'
                && arrow.as_char() == '>' =>
            {
                Some(Self { keyword, returned })
            }
            _ => None,
        }
    }

    /// The `E` in `Result<T, E>`, without tokens behind an alias. `None` if the type is no plain
    /// path, may be a future, or has an error that may be generic.
    fn error(&self) -> Option<&'t [TokenTree]> {
        if self.returned.iter().any(is_special) {
            return None;
        }
        let angle = self.returned.iter().position(|token| is_sign(token, '<'));
        let (path, arguments) = self.returned.split_at(angle.unwrap_or(self.returned.len()));
        let last = path.last()?;
        let error = match arguments {
            [] => &[],
            [_, inside @ .., _] if closes_at_its_end(arguments) => second(inside),
            _ => return None,
        };
        let is_result = matches!(last, TokenTree::Ident(name) if name == "Result");
        let judged = if is_result && !error.is_empty() { error } else { self.returned };
        let error = if is_result { error } else { &[] };
        (is_path(path) && !judged.iter().any(may_be_generic)).then_some(error)
    }
}

/// Whether an attribute is known, and so is not a breaker under another name.
fn is_known(attribute: &Group) -> bool {
    const KNOWN: [&str; 8] =
        ["allow", "cfg", "doc", "expect", "inline", "must_use", "tracing", "warn"];
    let first = attribute.stream().into_iter().next();
    matches!(first, Some(TokenTree::Ident(name)) if KNOWN.iter().any(|known| name == known))
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Whether a token makes a type more than a path of types: a group, a lifetime, a number, a bound,
/// a keyword, or a name under which a future may be returned.
fn is_special(token: &TokenTree) -> bool {
    const NAMES: [&str; 10] =
        ["impl", "dyn", "where", "Pin", "BoxFuture", "LocalBoxFuture", "for", "fn", "Self", "as"];
    match token {
        TokenTree::Group(_) => !matches!(token, TokenTree::Group(group) if is_unit(group)),
        TokenTree::Literal(_) => true,
        TokenTree::Ident(name) => NAMES.iter().any(|special| name == special),
        TokenTree::Punct(sign) => !matches!(sign.as_char(), ':' | '<' | '>' | ','),
    }
}

fn is_unit(group: &Group) -> bool {
    group.delimiter() == Delimiter::Parenthesis && group.stream().is_empty()
}

/// Whether these tokens are names with `::` between them.
fn is_path(tokens: &[TokenTree]) -> bool {
    let names = |token: &TokenTree| matches!(token, TokenTree::Ident(_)) || is_sign(token, ':');
    tokens.iter().all(names)
}

/// Whether the bracket that opens at the beginning closes at the end.
fn closes_at_its_end(tokens: &[TokenTree]) -> bool {
    let mut depth = 0_usize;
    let closing = tokens.iter().position(|token| {
        depth += usize::from(is_sign(token, '<'));
        depth = depth.saturating_sub(usize::from(is_sign(token, '>')));
        depth == 0
    });
    closing == tokens.len().checked_sub(1)
}

/// The second of the arguments between angle brackets; empty if there is one.
fn second(arguments: &[TokenTree]) -> &[TokenTree] {
    let mut depth = 0_usize;
    let mut parts = arguments.split(|token| {
        depth += usize::from(is_sign(token, '<'));
        depth = depth.saturating_sub(usize::from(is_sign(token, '>')));
        depth == 0 && is_sign(token, ',')
    });
    parts.nth(1).unwrap_or_default()
}

/// Whether a name may be that of a type parameter of the `impl` around the function.
fn may_be_generic(token: &TokenTree) -> bool {
    let TokenTree::Ident(name) = token else { return false };
    let name = name.to_string();
    name.len() <= 2 && !name.contains(char::is_lowercase)
}

/// The parts of what is printed.
struct Printed<'t> {
    name: TokenTree,
    place: Span,
    returned: &'t [TokenTree],
    error: &'t [TokenTree],
    body: &'t Group,
}

impl Printed<'_> {
    fn sync(self) -> TokenStream {
        let Self { name, place, returned, body, .. } = &self;
        let (error, site) =
            (self.error(), self.site(&quote_spanned!(at(name.span())=> &__BRAMA_SITE)));
        quote_spanned! {at(*place)=>
            return ::brama::__private::call(
                #site,
                #name,
                <#(#returned)* as ::brama::__private::OpenOutput<_, _>>::from_result,
                <#(#error)* as ::brama::__private::FromCircuitOpen<_>>::rejected,
                <#(#returned)* as ::brama::__private::ReturnsResult<_>>::failed,
                <#(#returned)* as ::brama::__private::ReturnsResult<_>>::unknown().__brama_judge(),
                || -> #(#returned)* #body
            );
        }
    }

    fn later(self, keyword: Span) -> TokenStream {
        let Self { name, place, returned, body, .. } = &self;
        let (error, here, locals) = (self.error(), at(*place), mixed(*place));
        let (permit, open) = (local("permit", locals), local("open", locals));
        let never = Ident::new("__brama_never", *place);
        let block = quote_spanned!(at(keyword)=> async move);
        let admit = self.site(&quote_spanned!(at(name.span())=> __BRAMA_SITE.admit(#name)));
        quote_spanned! {here=>
            let mut #permit = match #admit {
                ::core::result::Result::Ok(#permit) => #permit,
                ::core::result::Result::Err(#open) => {
                    return <#(#returned)* as ::brama::__private::OpenOutput<_, _>>::from_result(
                        <#(#error)* as ::brama::__private::FromCircuitOpen<_>>::rejected(#open)
                    );
                }
            };
            return ::brama::__private::judged(
                #permit.protect(::core::pin::pin!(#block {
                    if let ::core::option::Option::Some(#never) =
                        ::core::option::Option::None::<#(#returned)*>
                    {
                        #[allow(unreachable_code)]
                        return #never;
                    }
                    #[allow(clippy::diverging_sub_expression)]
                    #body
                })).await,
                #permit,
                <#(#returned)* as ::brama::__private::ReturnsResult<_>>::failed,
                <#(#returned)* as ::brama::__private::ReturnsResult<_>>::unknown().__brama_judge()
            );
        }
    }

    /// The call site, in a block, with what is done with it.
    fn site(&self, with: &TokenStream) -> TokenStream {
        quote_spanned! {at(self.name.span())=>
            {
                static __BRAMA_SITE: ::brama::__private::CallSite =
                    ::brama::__private::CallSite::EMPTY;
                #with
            }
        }
    }

    /// The error's type. Behind an alias, only the compiler knows it.
    fn error(&self) -> Vec<TokenTree> {
        if self.error.is_empty() {
            vec![TokenTree::Ident(Ident::new("_", self.place))]
        } else {
            self.error.to_vec()
        }
    }
}
