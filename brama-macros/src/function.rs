//! The function under the attribute. Its body is passed on unread.

use std::{iter, mem};

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute, Error, Expr, Macro, Meta, ReturnType, Signature, Token, Type, Visibility,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    spanned::Spanned,
};

use crate::{
    errors::{Mistakes, with_help},
    literal::ungroup_type,
    options::Options,
};

/// A function or method with a body.
///
/// The body is opaque: rustc reports its errors, and syntax that syn does not know passes through.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) default: Option<Token![default]>,
    pub(crate) signature: Signature,
    /// `#![…]` at the top of the body, which Rust allows only at the top of a function.
    pub(crate) inner_attributes: TokenStream,
    /// The rest of the body, in the user's own braces.
    pub(crate) body: Group,
}

impl Function {
    /// Reads the item except its body, which can be long and is passed on as it is.
    pub(crate) fn read(item: TokenStream) -> syn::Result<Self> {
        let mut tokens: Vec<TokenTree> = item.into_iter().collect();
        let body = tokens.last_mut().and_then(take_body);
        let function: Self = syn::parse2(tokens.into_iter().collect())?;
        Ok(match body {
            Some(body) => function.with_body(body),
            None => function,
        })
    }

    fn with_body(self, body: Group) -> Self {
        let (inner_attributes, body) = split_attributes(body);
        Self { inner_attributes, body, ..self }
    }

    /// Removes and returns the breakers written below this one whose options are valid.
    ///
    /// The compiler expands the first attribute first, which would make it the innermost. A reader
    /// expects the first attribute to be the outermost.
    pub(crate) fn take_breakers(&mut self) -> Vec<Options> {
        let (mut below, signature) = (Vec::new(), &self.signature);
        self.attributes.retain(|attribute| match breaker(attribute) {
            Some(options) if options.check(signature).is_ok() => {
                below.push(options);
                false
            }
            Some(_) | None => true,
        });
        below
    }

    /// Rejects functions that no breaker can protect.
    pub(crate) fn check(&self) -> syn::Result<()> {
        let mut mistakes = Mistakes::default();
        if let Some(keyword) = &self.signature.constness {
            mistakes.push(Error::new(keyword.span, with_help(CONST, NO_CONST)));
        }
        if let Some(variadic) = &self.signature.variadic {
            mistakes.push(Error::new(variadic.dots.span(), with_help(VARIADIC, CALLER)));
        }
        if let Some(never) = self.never() {
            mistakes.push(Error::new(never, with_help(NEVER, CALLED)));
        }
        mistakes.result()
    }

    fn never(&self) -> Option<Span> {
        let ReturnType::Type(_, ty) = &self.signature.output else { return None };
        match ungroup_type(ty) {
            Type::Never(never) => Some(never.span()),
            _ => None,
        }
    }
}

const CONST: &str = "cannot protect a `const fn`: the breaker works at run time";
const NO_CONST: &str = "remove `const`";
const VARIADIC: &str = "cannot protect a variadic function: its arguments cannot be passed on";
const GENERATOR: &str = "cannot protect a `gen fn`: it returns many items, not one result";
const CALLER: &str = "put the attribute on a function that calls this one";
const NEVER: &str = "cannot protect a function that never returns: it has no result";
const CALLED: &str = "put the attribute on the functions that this one calls";
const BODY: &str = "`#[circuit_breaker]` needs a function body to protect";
const IMPLEMENTATION: &str =
    "put the attribute on the implementation, or on a function that calls this one";

/// The last word of the attribute's path, unless it is imported under another name.
const ATTRIBUTE: &str = "circuit_breaker";

fn breaker(attribute: &Attribute) -> Option<Options> {
    let options = attribute.meta.require_list().ok().filter(|_| is_breaker(&attribute.meta))?;
    Options::read(options.tokens.clone()).ok()
}

/// Whether an attribute is a breaker. Under another name, it is recognized by its options: it has
/// an `identifier` and no unknown option.
pub(crate) fn is_breaker(meta: &Meta) -> bool {
    let is_named = meta.path().segments.last().is_some_and(|last| last.ident == ATTRIBUTE);
    is_named
        || meta.require_list().is_ok_and(|options| {
            has_identifier(&options.tokens) && Options::read(options.tokens.clone()).is_ok()
        })
}

/// Most attributes have none, and a look at the tokens is cheaper than to read them.
fn has_identifier(options: &TokenStream) -> bool {
    let is_it = |token| matches!(token, TokenTree::Ident(name) if name == "identifier");
    options.clone().into_iter().any(is_it)
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let ahead = input.fork();
        let default = input.parse()?;
        // Only a foreign function is `safe`. It has no body, and the error below is about that.
        let _: Option<Token![safe]> = input.parse()?;
        let signature: Signature =
            input.parse().map_err(|unread| unsupported(&ahead).unwrap_or(unread))?;
        let body = body(input).ok_or_else(|| without_body(&signature))?;
        let (inner_attributes, body) = split_attributes(body);
        Ok(Self { attributes, visibility, default, signature, inner_attributes, body })
    }
}

/// ```text
/// #[attribute] pub fn charge(card: &Card) -> Paid { #![inner_attribute] body }
/// ```
impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, default, signature, inner_attributes, body } = self;
        let inside = body.stream();
        let body = braced(quote!(#inner_attributes #inside), body.span());
        tokens.extend(quote!(#(#attributes)* #visibility #default #signature #body));
    }
}

/// The error for an item that is known not to be a function that can be protected.
fn unsupported(input: ParseStream<'_>) -> Option<Error> {
    not_a_function(input).or_else(|| generator(input)).or_else(|| no_item(input))
}

fn not_a_function(input: ParseStream<'_>) -> Option<Error> {
    keyword(input).map(|keyword| {
        let wrong =
            format!("`#[circuit_breaker]` protects functions and methods, not `{keyword}` items");
        Error::new(keyword.span(), with_help(wrong, DEPENDENCY))
    })
}

const DEPENDENCY: &str = "put the attribute on a function that calls the dependency";

/// Whether the tokens are an expression, also as a statement. The call of a macro may be an item,
/// and the code after a `let` needs its variables.
pub(crate) fn is_expression(item: &TokenStream) -> bool {
    let read = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        let expression: Expr = input.parse()?;
        input.parse::<Option<Token![;]>>()?;
        Ok(!matches!(expression, Expr::Let(_) | Expr::Macro(_) | Expr::Verbatim(_)))
    };
    read.parse2(item.clone()).unwrap_or(false)
}

/// The error for a statement, an expression or the call of a macro.
fn no_item(input: ParseStream<'_>) -> Option<Error> {
    let (statement, call, expression) = (input.fork(), input.fork(), input.fork());
    let (kind, help) = if statement.peek(Token![let]) {
        ("statements", MOVED)
    } else if call.parse::<Macro>().is_ok() && (call.is_empty() || call.peek(Token![;])) {
        ("macro calls", GENERATED)
    } else if expression.parse::<Expr>().is_ok() {
        ("expressions", MOVED)
    } else {
        return None;
    };
    let wrong = format!("`#[circuit_breaker]` protects functions and methods, not {kind}");
    Some(Error::new(input.span(), with_help(wrong, help)))
}

const MOVED: &str = "move it into a function of its own and put the attribute there";
const GENERATED: &str = "put the attribute on the function in the definition of the macro";

/// The error for a `gen fn`, whose signature syn cannot read yet.
fn generator(input: ParseStream<'_>) -> Option<Error> {
    let ahead = input.fork();
    let words = iter::from_fn(|| ahead.call(Ident::parse_any).ok());
    let generator = words.take_while(|word| word != "fn").find(|word| word == "gen")?;
    Some(Error::new(generator.span(), with_help(GENERATOR, CALLED)))
}

/// The first keyword of another kind of item than a function.
fn keyword(input: ParseStream<'_>) -> Option<Ident> {
    let ahead = input.fork();
    let mut words = iter::from_fn(|| ahead.call(Ident::parse_any).ok());
    words.find(|word| ITEMS.contains(&word.to_string().as_str()))
}

/// The keyword of an item that is not a function.
pub(crate) fn item_keyword(input: ParseStream<'_>) -> Option<Ident> {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer).ok()?;
    ahead.parse::<Visibility>().ok()?;
    keyword(&ahead)
}

const ITEMS: [&str; 12] = [
    "struct",
    "enum",
    "union",
    "trait",
    "impl",
    "mod",
    "type",
    "static",
    "use",
    "extern",
    "const",
    "macro_rules",
];

fn without_body(signature: &Signature) -> Error {
    Error::new(signature.ident.span(), with_help(BODY, IMPLEMENTATION))
}

/// The body's braces, also inside the invisible group of a `macro_rules!` block fragment.
fn body(input: ParseStream<'_>) -> Option<Group> {
    let mut token = input.parse::<TokenTree>().ok()?;
    loop {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return Some(group),
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                token = group.stream().into_iter().next()?;
            }
            _ => return None,
        }
    }
}

/// Takes the braces at the item's end and leaves empty ones in their place.
fn take_body(last: &mut TokenTree) -> Option<Group> {
    match last {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let empty = braced(TokenStream::new(), group.span());
            Some(mem::replace(group, empty))
        }
        _ => None,
    }
}

/// Splits a body into its inner attributes and the braces around the rest.
fn split_attributes(body: Group) -> (TokenStream, Group) {
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    if !tokens.get(..3).is_some_and(is_inner_attribute) {
        return (TokenStream::new(), body);
    }
    let attributes = tokens.chunks(3).take_while(|chunk| is_inner_attribute(chunk)).count();
    let (attributes, rest) = tokens.split_at(attributes * 3);
    (attributes.iter().cloned().collect(), braced(rest.iter().cloned().collect(), body.span()))
}

fn is_inner_attribute(tokens: &[TokenTree]) -> bool {
    match tokens {
        [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(group)] => {
            hash.as_char() == '#'
                && bang.as_char() == '!'
                && group.delimiter() == Delimiter::Bracket
        }
        _ => false,
    }
}

/// Braces with the span of the user's braces.
///
/// rustc takes the edition of a block, and the lint for unused functions, from this span.
pub(crate) fn braced(tokens: TokenStream, braces: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(braces);
    group
}
