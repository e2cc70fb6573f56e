//! An `impl` block or a module under the attribute: it sets options for the functions inside.

use std::mem;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Error, Expr, MacroDelimiter, Meta, MetaList, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
    token::Paren,
};

use crate::{
    errors::{self, Mistakes, with_help},
    function::{self, ATTRIBUTE},
    options::{OptionsParser, names},
};

/// The block, of which nothing is read but the attributes in it.
pub(crate) struct Block {
    keyword: Ident,
    tokens: TokenStream,
}

impl Block {
    /// The item, if it is a block with braces.
    pub(crate) fn find(item: &TokenStream) -> Option<Self> {
        if may_be_block(item) { syn::parse2(item.clone()).ok() } else { None }
    }

    /// Hands the options down to every breaker inside, which has the last word on each.
    ///
    /// ```text
    /// #[circuit_breaker(scope = "eu", max_attempts = 3)]
    /// impl Bank {                         impl Bank {
    ///     #[circuit_breaker(                  #[circuit_breaker(
    ///         identifier = "bank",                identifier = "bank",
    ///         max_attempts = 5,                   max_attempts = 5,
    ///     )]                                      scope = "eu"
    ///     fn charge(&self) -> Paid            )]
    ///     { … }                               fn charge(&self) -> Paid
    /// }                                       { … }
    ///                                     }
    /// ```
    pub(crate) fn decorated(self, options: TokenStream) -> TokenStream {
        let settings = BlockOptions::read(options);
        let hand_down = |meta: &Meta| match &settings {
            Ok(settings) => settings.handed(meta),
            Err(_) => undecorated(),
        };
        let change = |attribute| changed_meta(&syn::parse2(attribute).ok()?, &hand_down);
        let block = changed(self.tokens.clone(), &change);
        let mut mistakes = Mistakes::default();
        if block.is_none() {
            mistakes.push(nothing_in(&self.keyword));
        }
        settings.map_or_else(|wrong| mistakes.push(wrong), drop);
        let block = block.unwrap_or(self.tokens);
        match mistakes.result() {
            Ok(()) => block,
            Err(mistakes) => errors::untouched(&mistakes, block),
        }
    }
}

impl Parse for Block {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let tokens: TokenStream = input.fork().parse()?;
        let keyword = function::item_keyword(input).filter(|word| word == "impl" || word == "mod");
        let keyword = keyword.ok_or_else(|| input.error("no block"))?;
        match input.parse::<TokenStream>()?.into_iter().last() {
            Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
                Ok(Self { keyword, tokens })
            }
            _ => Err(input.error("no body")),
        }
    }
}

/// Whether one of its keywords comes before any `fn`: most items are functions, and to look is
/// quicker than to read them.
fn may_be_block(item: &TokenStream) -> bool {
    let mut words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    });
    words
        .find(|word| ["impl", "mod", "fn"].iter().any(|known| word == known))
        .is_some_and(|word| word != "fn")
}

fn nothing_in(keyword: &Ident) -> Error {
    let wrong = format!(
        "over `{keyword}`, `#[circuit_breaker]` sets options for the functions inside that carry \
         it, and none does"
    );
    Error::new(keyword.span(), with_help(wrong, "put `#[circuit_breaker]` on those to protect"))
}

/// What stands instead of a breaker's attribute after a mistake, so that what the block was to set
/// is not also reported as missing.
fn undecorated() -> Meta {
    syn::parse_quote!(cfg(all()))
}

/// The options of a block, as they were written.
struct BlockOptions(Punctuated<BlockOption, Token![,]>);

struct BlockOption {
    name: Ident,
    value: Expr,
}

impl BlockOptions {
    fn read(options: TokenStream) -> syn::Result<Self> {
        OptionsParser::read(options.clone())?.check_for_block()?;
        Punctuated::parse_terminated.parse2(options).map(Self)
    }

    /// The attribute with those options that it leaves open.
    fn handed(&self, attribute: &Meta) -> Meta {
        let own = match attribute {
            Meta::List(list) => list.tokens.clone(),
            Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
        };
        let given =
            OptionsParser::read(own.clone()).map_or_else(|_| Vec::new(), OptionsParser::names);
        let is_open = |setting: &&BlockOption| {
            let name = setting.name.to_string();
            !given.iter().any(|given| names::overrides(&given.to_string(), &name))
        };
        let open: Vec<_> = self.0.iter().filter(is_open).collect();
        let needs_comma = !open.is_empty() && !own.is_empty() && !ends_in_comma(&own);
        let comma = needs_comma.then(<Token![,]>::default);
        list(attribute, quote!(#own #comma #(#open),*))
    }
}

impl Parse for BlockOption {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        Ok(Self { name, value: input.parse()? })
    }
}

impl ToTokens for BlockOption {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { name, value } = self;
        let name = names::handed_down(name);
        tokens.extend(quote!(#name = #value));
    }
}

fn ends_in_comma(tokens: &TokenStream) -> bool {
    let last = tokens.clone().into_iter().last();
    last.is_some_and(|last| is_punct(&last, ','))
}

fn is_punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn list(attribute: &Meta, tokens: TokenStream) -> Meta {
    let delimiter = match attribute {
        Meta::List(list) => list.delimiter.clone(),
        Meta::Path(_) | Meta::NameValue(_) => MacroDelimiter::Paren(Paren::default()),
    };
    Meta::List(MetaList { path: attribute.path().clone(), delimiter, tokens })
}

/// What is in an attribute's brackets, changed where it is a breaker, also under a `cfg_attr`.
fn changed_meta(meta: &Meta, change: &dyn Fn(&Meta) -> Meta) -> Option<TokenStream> {
    let name = &meta.path().segments.last()?.ident;
    if name == ATTRIBUTE {
        return Some(change(meta).into_token_stream());
    }
    let conditional = meta.require_list().ok().filter(|_| name == "cfg_attr")?;
    let metas = Punctuated::<Meta, Token![,]>::parse_terminated;
    let metas = conditional.parse_args_with(metas).ok()?;
    let changed: Vec<_> = metas.iter().map(|meta| changed_meta(meta, change)).collect();
    changed.iter().any(Option::is_some).then(|| {
        let metas = metas.iter().zip(changed);
        let metas = metas.map(|(meta, changed)| changed.unwrap_or_else(|| quote!(#meta)));
        list(meta, quote!(#(#metas),*)).into_token_stream()
    })
}

type Rewrite<'c> = dyn Fn(TokenStream) -> Option<TokenStream> + 'c;

/// The tokens with each attribute changed that wants to be; `None` where none does.
fn changed(tokens: TokenStream, change: &Rewrite<'_>) -> Option<TokenStream> {
    let mut walk = Walk { change, found: false, after_hash: false, under_breaker: false };
    let tokens = tokens.into_iter().map(|token| walk.step(token)).collect();
    walk.found.then_some(tokens)
}

struct Walk<'c> {
    change: &'c Rewrite<'c>,
    found: bool,
    after_hash: bool,
    /// Whether the next braces are those of a breaker's item: a block of its own hands down what it
    /// was given, and the body of a function is not ours to read.
    under_breaker: bool,
}

impl Walk<'_> {
    fn step(&mut self, token: TokenTree) -> TokenTree {
        let after_hash = mem::replace(&mut self.after_hash, is_punct(&token, '#'));
        self.under_breaker &= !is_punct(&token, ';');
        let TokenTree::Group(group) = token else { return token };
        let changed = match group.delimiter() {
            Delimiter::Bracket if after_hash => self.attribute(group.stream()),
            Delimiter::Brace if mem::take(&mut self.under_breaker) => None,
            _ => changed(group.stream(), self.change),
        };
        self.found |= changed.is_some();
        TokenTree::Group(changed.map_or_else(|| group.clone(), |inside| refilled(&group, inside)))
    }

    fn attribute(&mut self, inside: TokenStream) -> Option<TokenStream> {
        let changed = (self.change)(inside);
        self.under_breaker |= changed.is_some();
        changed
    }
}

fn refilled(group: &Group, inside: TokenStream) -> Group {
    let mut filled = Group::new(group.delimiter(), inside);
    filled.set_span(group.span());
    filled
}
