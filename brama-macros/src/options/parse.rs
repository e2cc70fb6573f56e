//! The options while they are read, with the mistakes found so far.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Error, Expr, ExprLit, Lit, LitBool, LitStr, Path, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    spanned::Spanned,
};

use super::{
    Excuses, FutureOption, Identifier, Judge, OnOpen, Options, aliases, handler, names,
    policy::{self, PolicyOptions},
    timeout::TimeoutOptions,
};
use crate::{
    errors::{Mistakes, with_help},
    literal::ungroup,
    nearest::nearest,
};

impl Options {
    /// Reads option by option; a mistake in one does not hide those in the others.
    pub(crate) fn read(tokens: TokenStream) -> syn::Result<Self> {
        OptionsParser::read(tokens)?.finished()
    }
}

/// What is known while reading.
#[derive(Default)]
pub(crate) struct OptionsParser {
    mistakes: Mistakes,
    given: Vec<Ident>,
    /// Whether something unreadable was probably meant as the identifier.
    identifier_is_near: bool,
    identifier: Option<Identifier>,
    scope: Option<LitStr>,
    /// `type`
    kind: Option<LitStr>,
    key: Option<Expr>,
    handler: Option<Expr>,
    excuses: Excuses,
    refusal: Option<OnOpen>,
    policy: PolicyOptions,
    timeout: TimeoutOptions,
    future: Option<FutureOption>,
    registry: Option<Expr>,
    facade: Option<Path>,
}

impl OptionsParser {
    /// Reads all that can be read.
    pub(crate) fn read(tokens: TokenStream) -> syn::Result<Self> {
        let mut parser = Self::default();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                parser.read_one(input);
            }
            Ok(())
        };
        // syn complains of what is left in a value's brackets, though the mistake there was told.
        match read.parse2(tokens) {
            Err(left) if parser.mistakes.is_empty() => Err(left),
            Ok(()) | Err(_) => Ok(parser),
        }
    }

    /// Reads an option and the comma after it.
    fn read_one(&mut self, input: ParseStream<'_>) {
        if let Err(mistake) = self.option(input) {
            self.mistakes.push(mistake);
            skip_rest(input);
        }
        if input.is_empty() || comma(input) {
            return;
        }
        self.mistakes.push(input.error("expected `,` between options"));
        if !is_option(input) {
            skip_rest(input);
            comma(input);
        }
    }

    fn option(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let name = input.call(Ident::parse_any).map_err(|_| self.positional(input))?;
        self.know(&name, &hyphened(&name, input))?;
        self.once(&name)?;
        equals(&name, input)?;
        self.value(&name, input).map_err(|mistake| at_the_end(&name, mistake))
    }

    fn positional(&mut self, input: ParseStream<'_>) -> Error {
        match input.fork().parse::<LitStr>() {
            Ok(name) => {
                self.identifier_is_near = true;
                let help = format!("write `identifier = \"{}\"`", name.value());
                Error::new(name.span(), with_help(FORM, help))
            }
            Err(_) => input.error(with_help(FORM, "such as `identifier = \"payment-api\"`")),
        }
    }

    /// Refuses a name that is no option's, or is written otherwise.
    fn know(&mut self, name: &Ident, word: &str) -> syn::Result<()> {
        if names::is_option(word) || names::is_inherited(word) {
            self.identifier_is_near |= word == "identifier";
            return Ok(());
        }
        let meaning = aliases::meaning(word);
        let near = nearest(names::all(), &word.replace('-', "_"));
        let near = near.filter(|_| meaning.is_none());
        self.identifier_is_near |= meaning.is_some_and(|(option, _)| option == "identifier");
        self.identifier_is_near |= near == Some("identifier");
        let help = match (near, meaning) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some((option, says))) => format!("`{option}` {says}"),
            (None, None) => names::listed(),
        };
        Err(Error::new(name.span(), with_help(format!("unknown option `{word}`"), help)))
    }

    fn once(&mut self, name: &Ident) -> syn::Result<()> {
        let word = name.to_string();
        let key = names::unaliased(&word);
        let before = self.given.iter().find(|given| names::unaliased(&given.to_string()) == key);
        let Some(before) = before else {
            self.given.push(name.clone());
            return Ok(());
        };
        let wrong = format!("`{key}` is given twice");
        if *before == word {
            return Err(Error::new(name.span(), wrong));
        }
        let help = format!("`{}` is another name for it", names::MAX_ATTEMPTS);
        Err(Error::new(name.span(), with_help(wrong, help)))
    }

    fn value(&mut self, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        policy::refuse_form(name, input)?;
        match name.to_string().as_str() {
            "identifier" => self.identifier = Some(identifier(input.parse()?)?),
            "scope" => self.scope = Some(literal(name, &input.parse()?)?),
            "type" => self.kind = Some(literal(name, &input.parse()?)?),
            "key" => self.key = Some(key(input.parse()?)?),
            "error_handler" => {
                self.exclude(name, &["failure_if", "ignore_if"])?;
                self.handler = Some(handler::judge(input.parse()?)?);
            }
            "failure_if" => self.excuses.failure_if = Some(self.question(name, input)?),
            "ignore_if" => self.excuses.ignore_if = Some(self.question(name, input)?),
            "on_open" => {
                let answer = handler::answer(input.parse()?)?;
                self.refuse_with(name, OnOpen::Handler(answer))?;
            }
            "fallback" => {
                let value = input.parse()?;
                self.refuse_with(name, OnOpen::Fallback(value))?;
            }
            names::POLICY | names::INHERITED_POLICY => {
                self.policy.set_whole(name, input.parse()?)?
            }
            names::TIMEOUT | names::INHERITED_TIMEOUT => self.timeout.set(name, &input.parse()?)?,
            "on_timeout" => self.timeout.set_answer(name, input.parse()?)?,
            "future" => self.future = Some(FutureOption::read(name, &input.parse()?)?),
            "registry" => self.registry = Some(input.parse()?),
            "crate" => self.facade = Some(facade(&input.parse()?)?),
            _ => self.policy.set(name, &input.parse()?)?,
        }
        Ok(())
    }

    /// A question about the error.
    fn question(&self, name: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
        self.exclude(name, &["error_handler"])?;
        handler::question(name, input.parse()?)
    }

    /// Refuses a second word on what counts as a failure.
    fn exclude(&self, name: &Ident, others: &[&str]) -> syn::Result<()> {
        let Some(other) = self.given.iter().find(|given| others.iter().any(|other| given == other))
        else {
            return Ok(());
        };
        let wrong = format!("`{other}` and `{name}` both say what counts as a failure");
        Err(Error::new(name.span(), with_help(wrong, "keep one of them")))
    }

    fn refuse_with(&mut self, name: &Ident, refusal: OnOpen) -> syn::Result<()> {
        if self.refusal.is_some() {
            let wrong =
                "`fallback` and `on_open` both say what to return while the circuit is open";
            return Err(Error::new(name.span(), with_help(wrong, "keep one of them")));
        }
        self.refusal = Some(refusal);
        Ok(())
    }

    /// The names that were given.
    pub(crate) fn names(self) -> Vec<Ident> {
        self.given
    }

    /// Refuses what is wrong with the options of a block.
    pub(crate) fn check_for_block(mut self) -> syn::Result<()> {
        let of_function = |name: &&Ident| names::FUNCTION_ONLY.iter().any(|other| *name == other);
        for name in self.given.iter().filter(of_function) {
            let wrong = format!("`{name}` belongs to a function, not to a block of them");
            self.mistakes.push(Error::new(name.span(), with_help(wrong, OF_A_FUNCTION)));
        }
        self.policy.check().unwrap_or_else(|mistake| self.mistakes.push(mistake));
        self.mistakes.result()
    }

    /// The options, if nothing is wrong with them.
    pub(crate) fn finished(mut self) -> syn::Result<Options> {
        let missing = || Error::new(Span::call_site(), with_help(MISSING, EXAMPLE));
        if !self.identifier_is_near {
            self.mistakes.push(missing());
        }
        self.policy.check().unwrap_or_else(|mistake| self.mistakes.push(mistake));
        self.timeout.check(&self.given).unwrap_or_else(|mistake| self.mistakes.push(mistake));
        self.mistakes.result()?;
        Ok(Options {
            identifier: self.identifier.ok_or_else(missing)?,
            scope: self.scope,
            kind: self.kind,
            key: self.key,
            judge: self.handler.map_or(Judge::Default(self.excuses), Judge::Handler),
            refusal: self.refusal.unwrap_or(OnOpen::Converted),
            policy: self.policy,
            timeout: self.timeout,
            future: self.future,
            registry: self.registry,
            facade: self.facade,
        })
    }
}

const FORM: &str = "options are written as `name = value`";
const OF_A_FUNCTION: &str = "put it into the attribute of the function";
const MISSING: &str = "missing `identifier`";
const EXAMPLE: &str = "write `#[circuit_breaker(identifier = \"payment-api\")]`";

fn comma(input: ParseStream<'_>) -> bool {
    input.parse::<Token![,]>().is_ok()
}

/// Whether an option follows, so that only the comma before it is missing.
fn is_option(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok() && ahead.peek(Token![=])
}

/// The mistake on the option's name if it stands at the end, which has no place of its own.
fn at_the_end(name: &Ident, mistake: Error) -> Error {
    if mistake.to_string().starts_with("unexpected end of input") {
        return Error::new(name.span(), format!("the value of `{name}` is not complete"));
    }
    mistake
}

/// The name with what follows it after hyphens, which are read.
fn hyphened(name: &Ident, input: ParseStream<'_>) -> String {
    let mut word = name.to_string();
    while input.peek(Token![-]) && input.peek2(Ident::peek_any) {
        let part = input.parse::<Token![-]>().and_then(|_| input.call(Ident::parse_any));
        if let Ok(part) = part {
            word.extend(["-", &part.to_string()]);
        }
    }
    word
}

fn equals(name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if let Some(value) = otherwise_given(input) {
        let help = format!("write `{name} = {value}`");
        return Err(Error::new(name.span(), with_help(FORM, help)));
    }
    if input.parse::<Token![=]>().is_err() {
        let wrong = format!("`{name}` needs a value: `{name} = ...`");
        return Err(Error::new(name.span(), wrong));
    }
    if input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new(name.span(), format!("`{name} =` is missing its value")));
    }
    Ok(())
}

/// The value after a colon or a comparison, or in parentheses.
fn otherwise_given(input: ParseStream<'_>) -> Option<String> {
    if input.peek(Token![=]) && !input.peek(Token![==]) && !input.peek(Token![=>]) {
        return None;
    }
    let ahead = input.fork();
    let sign = ahead.parse::<Token![==]>().is_ok()
        || ahead.parse::<Token![=>]>().is_ok()
        || ahead.parse::<Token![:]>().is_ok();
    if sign {
        let value: Expr = ahead.parse().ok()?;
        return Some(value.to_token_stream().to_string());
    }
    match ahead.parse().ok()? {
        TokenTree::Group(list) if list.delimiter() == Delimiter::Parenthesis => {
            Some(list.stream().to_string()).filter(|value| !value.is_empty())
        }
        _ => None,
    }
}

/// Skips the value, if it can be read, and all up to the next comma.
///
/// The value is read since the parameters of a closure have commas of their own.
fn skip_rest(input: ParseStream<'_>) {
    let _: syn::Result<Token![=]> = input.parse();
    if !input.peek(Token![,]) {
        let _: syn::Result<Expr> = input.parse();
    }
    while !input.is_empty() && !input.peek(Token![,]) {
        let _: syn::Result<TokenTree> = input.parse();
    }
}

fn identifier(value: Expr) -> syn::Result<Identifier> {
    match ungroup(&value) {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => {
            filled("identifier", name).map(Identifier::Literal)
        }
        Expr::Lit(other) => Err(Error::new(other.span(), with_help(NO_STRING, NAMED))),
        _ => Ok(Identifier::Expression(value)),
    }
}

const NO_STRING: &str = "`identifier` must be a string";
const NAMED: &str = "write `identifier = \"payment-api\"`, or an expression that gives a string";

fn literal(option: &Ident, value: &Expr) -> syn::Result<LitStr> {
    match ungroup(value) {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => filled(&option.to_string(), name),
        other => Err(Error::new(other.span(), format!("`{option}` must be a string literal"))),
    }
}

fn key(value: Expr) -> syn::Result<Expr> {
    match ungroup(&value) {
        Expr::Lit(literal) => Err(Error::new(literal.span(), with_help(SAME_KEY, NO_KEY))),
        _ => Ok(value),
    }
}

const SAME_KEY: &str = "`key` is the same in every call";
const NO_KEY: &str = "put it into `identifier`, or write what differs, such as `key = node.id`";

fn filled(option: &str, name: &LitStr) -> syn::Result<LitStr> {
    if name.value().trim().is_empty() {
        return Err(Error::new(name.span(), format!("`{option}` must not be empty")));
    }
    Ok(name.clone())
}

impl FutureOption {
    fn read(name: &Ident, value: &Expr) -> syn::Result<Self> {
        match ungroup(value) {
            Expr::Lit(ExprLit { lit: Lit::Bool(LitBool { value: is_one, .. }), .. }) => {
                Ok(Self { place: name.clone(), is_one: *is_one })
            }
            other => Err(Error::new(other.span(), "`future` takes `true` or `false`")),
        }
    }
}

fn facade(value: &Expr) -> syn::Result<Path> {
    match ungroup(value) {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path.clone()),
        Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => {
            let help = format!("remove the quotes: `crate = {}`", path.value());
            Err(Error::new(path.span(), with_help("`crate` takes a path, not a string", help)))
        }
        other => Err(Error::new(other.span(), "`crate` takes a path, such as `crate = ::brama`")),
    }
}
