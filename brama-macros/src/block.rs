//! An `impl` block, a trait or a module under the attribute, which sets options for the functions
//! inside.

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
    function,
    options::{OptionsParser, names},
};

/// The block. Only the attributes in it are read.
pub(crate) struct Block {
    keyword: Ident,
    tokens: TokenStream,
}

impl Block {
    /// The item, if it is a block with braces.
    pub(crate) fn find(item: &TokenStream) -> Option<Self> {
        if may_be_block(item) { syn::parse2(item.clone()).ok() } else { None }
    }

    /// Adds the options to every breaker inside that does not set them itself.
    ///
    /// ```text
    /// #[circuit_breaker(scope = "eu", max_attempts = 3)]
    /// impl Bank {                         impl Bank {
    ///     #[circuit_breaker(                  #[circuit_breaker(
    ///         identifier = "bank",                scope = "eu",
    ///         max_attempts = 5,                   identifier = "bank",
    ///     )]                                      max_attempts = 5,
    ///     fn charge(&self) -> Paid            )]
    ///     { … }                               fn charge(&self) -> Paid
    /// }                                       { … }
    ///                                     }
    /// ```
    pub(crate) fn decorate(self, options: TokenStream) -> TokenStream {
        let options = BlockOptions::read(options);
        let can_be_protected = self.keyword != "trait" || self.has_a_method_with_a_body();
        let hand_down = |meta: &Meta| match &options {
            Ok(options) if can_be_protected => options.added_to(meta),
            Ok(_) | Err(_) => no_attribute(),
        };
        let change = |attribute| changed_meta(&syn::parse2(attribute).ok()?, &hand_down);
        let block = changed(self.tokens.clone(), &change);
        let mut mistakes = Mistakes::default();
        if !can_be_protected {
            mistakes.push(Error::new(self.keyword.span(), with_help(NO_BODY, IMPLEMENTATIONS)));
        } else if block.is_none() {
            mistakes.push(self.nothing());
        }
        options.map_or_else(|wrong| mistakes.push(wrong), drop);
        let block = block.unwrap_or(self.tokens);
        match mistakes.result() {
            Ok(()) => block,
            Err(mistakes) => errors::untouched(&mistakes, block),
        }
    }

    /// The tokens in the braces.
    fn inside(&self) -> Vec<TokenTree> {
        match self.tokens.clone().into_iter().last() {
            Some(TokenTree::Group(body)) => body.stream().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn has_a_method_with_a_body(&self) -> bool {
        let mut in_function = false;
        self.inside().iter().any(|token| match token {
            TokenTree::Ident(word) if word == "fn" => {
                in_function = true;
                false
            }
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => {
                mem::take(&mut in_function)
            }
            end => {
                in_function &= !is_punct(end, ';');
                false
            }
        })
    }

    /// The first macro that is called among the items.
    fn macro_call(&self) -> Option<Ident> {
        self.inside().windows(3).find_map(|tokens| match tokens {
            [TokenTree::Ident(name), sign, TokenTree::Group(_)] if is_punct(sign, '!') => {
                Some(name.clone())
            }
            _ => None,
        })
    }

    /// The error for a block without a breaker.
    fn nothing(&self) -> Error {
        let wrong = format!("no function in this `{}` carries `#[circuit_breaker]`", self.keyword);
        let made = self.macro_call().map(|name| {
            format!("\nhelp: the block does not see what `{name}!` makes: write options there")
        });
        let help = [MARK.to_owned(), made.unwrap_or_default()].concat();
        Error::new(self.keyword.span(), with_help(wrong, help))
    }
}

impl Parse for Block {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let tokens: TokenStream = input.fork().parse()?;
        let keyword = function::item_keyword(input);
        let keyword = keyword.filter(|word| BLOCKS.iter().any(|block| word == block));
        let keyword = keyword.ok_or_else(|| input.error("no block"))?;
        match input.parse::<TokenStream>()?.into_iter().last() {
            Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
                Ok(Self { keyword, tokens })
            }
            _ => Err(input.error("no body")),
        }
    }
}

const BLOCKS: [&str; 3] = ["impl", "mod", "trait"];

/// Whether `impl`, `mod` or `trait` comes before any `fn`. Most items are functions, and a look at
/// the tokens is cheaper than to parse them.
fn may_be_block(item: &TokenStream) -> bool {
    let mut words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    });
    words
        .find(|word| word == "fn" || BLOCKS.iter().any(|block| word == block))
        .is_some_and(|word| word != "fn")
}

const MARK: &str = "the attribute on a block only sets defaults: put `#[circuit_breaker]` on the \
                    functions to protect";
const NO_BODY: &str = "no method of this trait has a body to protect";
const IMPLEMENTATIONS: &str =
    "put the attribute on the implementations, or on functions that call these methods";

/// Replaces a breaker's attribute after a mistake on the block. Else an option that the block
/// should have set would also be reported as missing.
fn no_attribute() -> Meta {
    syn::parse_quote!(cfg(all()))
}

/// The options of a block, as the user wrote them.
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

    /// The attribute, with the options that it does not set itself in front of its own. Behind
    /// them, they would be read as part of an incomplete value.
    fn added_to(&self, attribute: &Meta) -> Meta {
        let own = match attribute {
            Meta::List(list) => list.tokens.clone(),
            Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
        };
        let given =
            OptionsParser::read(own.clone()).map_or_else(|_| Vec::new(), OptionsParser::names);
        let is_unset = |option: &&BlockOption| {
            let name = option.name.to_string();
            !given.iter().any(|given| names::overrides(&given.to_string(), &name))
        };
        let unset = self.0.iter().filter(is_unset);
        list(attribute, quote!(#(#unset,)* #own))
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

/// Rewrites the content of an attribute's brackets if it is a breaker, also inside a `cfg_attr`.
fn changed_meta(meta: &Meta, change: &dyn Fn(&Meta) -> Meta) -> Option<TokenStream> {
    if function::is_breaker(meta) {
        return Some(change(meta).into_token_stream());
    }
    let name = &meta.path().segments.last()?.ident;
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

/// Rewrites each attribute for which `change` returns tokens; `None` if it returns none at all.
fn changed(tokens: TokenStream, change: &Rewrite<'_>) -> Option<TokenStream> {
    let mut walk = Walk { change, found: false, after_hash: false, under_breaker: false };
    let tokens = tokens.into_iter().map(|token| walk.step(token)).collect();
    walk.found.then_some(tokens)
}

struct Walk<'c> {
    change: &'c Rewrite<'c>,
    found: bool,
    after_hash: bool,
    /// Whether the next braces belong to the item of a breaker. A block with an attribute of its
    /// own passes its options on itself, and the body of a function is not read.
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
