//! The syntax around a value: the sign before it, the comma after it, and common wrong forms.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::{Error, Expr, Token, ext::IdentExt, parse::ParseStream};

use super::names;
use crate::{errors::with_help, excerpt::excerpt};

/// The options in parentheses whose span is that of the last token.
///
/// syn reports a token that is missing at the end at the closing parenthesis. Without the
/// parentheses, it would report it at the whole attribute.
pub(super) fn in_parentheses(options: TokenStream) -> TokenStream {
    let last = options.clone().into_iter().last();
    let mut group = Group::new(Delimiter::Parenthesis, options);
    group.set_span(last.map_or_else(Span::call_site, |last| last.span()));
    TokenTree::from(group).into()
}

pub(super) fn comma(input: ParseStream<'_>) -> bool {
    input.parse::<Token![,]>().is_ok()
}

/// Whether an option follows, so that only the comma before it was missing.
pub(super) fn is_option(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok() && ahead.peek(Token![=])
}

/// Reads the words that follow a name after hyphens, and returns the whole: `failure-threshold`.
pub(super) fn hyphened(name: &Ident, input: ParseStream<'_>) -> String {
    let mut word = name.to_string();
    while input.peek(Token![-]) && input.peek2(Ident::peek_any) {
        let part = input.parse::<Token![-]>().and_then(|_| input.call(Ident::parse_any));
        if let Ok(part) = part {
            word.extend(["-", &part.to_string()]);
        }
    }
    word
}

pub(super) fn equals(name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if let Some(value) = value_of_other_form(input) {
        let help = format!("write `{name} = {value}`");
        return Err(Error::new(name.span(), with_help(FORM, help)));
    }
    if input.parse::<Token![=]>().is_err() {
        let wrong = format!("`{name}` needs a value");
        return Err(Error::new(name.span(), with_help(wrong, example(name))));
    }
    if input.is_empty() || input.peek(Token![,]) {
        let wrong = format!("`{name} =` is missing a value");
        return Err(Error::new(name.span(), with_help(wrong, example(name))));
    }
    Ok(())
}

/// An option with a value, to copy.
pub(super) fn example(name: &Ident) -> String {
    format!("write, for example, `{}`", names::as_written(&name.to_string()))
}

/// Reads the value of an option. An error in it names the option.
pub(super) fn value(name: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
    let start = input.fork();
    input.parse().map_err(|mistake: Error| {
        let unread = mistake.to_string();
        if unread.starts_with("unexpected end of input") || ends_early(&start, input) {
            let wrong = format!("the value of `{name}` is incomplete");
            return Error::new(name.span(), with_help(wrong, example(name)));
        }
        Error::new(mistake.span(), format!("syntax error in `{name}`: {unread}"))
    })
}

/// Whether syn read the value from `start` to its end before it failed, and did not stop at a
/// mistake inside its last brackets.
fn ends_early(start: ParseStream<'_>, end: ParseStream<'_>) -> bool {
    let mut last = None;
    while start.cursor() != end.cursor() && !start.is_empty() {
        last = start.parse().ok();
    }
    (end.is_empty() || end.peek(Token![,])) && !matches!(last, Some(TokenTree::Group(_)))
}

/// The value after `:`, `==` or `=>`, or in parentheses.
fn value_of_other_form(input: ParseStream<'_>) -> Option<String> {
    if input.peek(Token![=]) && !input.peek(Token![==]) && !input.peek(Token![=>]) {
        return None;
    }
    let ahead = input.fork();
    let sign = ahead.parse::<Token![==]>().is_ok()
        || ahead.parse::<Token![=>]>().is_ok()
        || ahead.parse::<Token![:]>().is_ok();
    if sign {
        let value: Expr = ahead.parse().ok()?;
        return Some(excerpt(&value));
    }
    match ahead.parse().ok()? {
        TokenTree::Group(list) if list.delimiter() == Delimiter::Parenthesis => {
            Some(excerpt(&list.stream())).filter(|value| !value.is_empty())
        }
        _ => None,
    }
}

/// Skips everything up to the comma after the value.
///
/// The value is parsed if possible, since the parameters of a closure contain commas.
pub(super) fn skip_rest(input: ParseStream<'_>) {
    let _: syn::Result<Token![=]> = input.parse();
    if !input.peek(Token![,]) {
        let _: syn::Result<Expr> = input.parse();
    }
    while !input.is_empty() && !input.peek(Token![,]) {
        let _: syn::Result<TokenTree> = input.parse();
    }
}

pub(super) const FORM: &str = "options are written as `name = value`";
