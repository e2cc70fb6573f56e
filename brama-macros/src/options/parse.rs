//! Parses the options.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{
    Error, Expr, LitStr, Path,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

use super::{
    Excuses, FutureOption, Identifier, Judge, OnOpen, Options, aliases, handler, names,
    policy::{self, PolicyOptions},
    syntax::{FORM, comma, equals, hyphened, is_option, skip_rest},
    timeout::TimeoutOptions,
    value::{facade, identifier, key, literal},
};
use crate::{
    errors::{Mistakes, with_help},
    nearest::nearest,
};

impl Options {
    /// Reads all options, so that a mistake in one does not hide mistakes in others.
    pub(crate) fn read(tokens: TokenStream) -> syn::Result<Self> {
        OptionsParser::read(tokens)?.finish()
    }
}

/// The options read so far, with the mistakes found in them.
#[derive(Default)]
pub(crate) struct OptionsParser {
    mistakes: Mistakes,
    given: Vec<Ident>,
    /// Whether an identifier is given, or was probably meant by an option that is not valid.
    identifier_is_meant: bool,
    identifier: Option<Identifier>,
    scope: Option<LitStr>,
    /// `type`
    kind: Option<LitStr>,
    key: Option<Expr>,
    handler: Option<Expr>,
    excuses: Excuses,
    on_open: Option<OnOpen>,
    policy: PolicyOptions,
    timeout: TimeoutOptions,
    future: Option<FutureOption>,
    registry: Option<Expr>,
    facade: Option<Path>,
}

impl OptionsParser {
    /// Reads every option that can be read.
    pub(crate) fn read(tokens: TokenStream) -> syn::Result<Self> {
        let mut parser = Self::default();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                parser.read_one(input);
            }
            Ok(())
        };
        // syn also reports the tokens left in a value's brackets after a mistake inside them.
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
        self.check_name(&name, &hyphened(&name, input))?;
        self.check_first(&name)?;
        equals(&name, input)?;
        self.value(&name, input).map_err(|mistake| on_name(&name, mistake))
    }

    /// The error for a value without a name.
    fn positional(&mut self, input: ParseStream<'_>) -> Error {
        match input.fork().parse::<LitStr>() {
            Ok(name) => {
                self.identifier_is_meant = true;
                let help = format!("write `identifier = \"{}\"`", name.value());
                Error::new(name.span(), with_help(FORM, help))
            }
            Err(_) => input.error(with_help(FORM, "such as `identifier = \"payment-api\"`")),
        }
    }

    /// Rejects a name that is not an option, with a suggestion.
    fn check_name(&mut self, name: &Ident, word: &str) -> syn::Result<()> {
        if names::is_option(word) || names::is_inherited(word) {
            self.identifier_is_meant |= word == "identifier";
            return Ok(());
        }
        let meaning = aliases::meaning(word);
        let near = nearest(names::all(), &word.replace('-', "_"));
        let near = near.filter(|_| meaning.is_none());
        self.identifier_is_meant |= meaning.is_some_and(|(option, _)| option == "identifier");
        self.identifier_is_meant |= near == Some("identifier");
        let help = match (near, meaning) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some((option, meaning))) => format!("`{option}` {meaning}"),
            (None, None) => names::listed(),
        };
        Err(Error::new(name.span(), with_help(format!("unknown option `{word}`"), help)))
    }

    /// Rejects an option that was given before, also under another name.
    fn check_first(&mut self, name: &Ident) -> syn::Result<()> {
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
        policy::check_form(name, input)?;
        match name.to_string().as_str() {
            "identifier" => self.identifier = Some(identifier(input.parse()?)?),
            "scope" => self.scope = Some(literal(name, &input.parse()?)?),
            "type" => self.kind = Some(literal(name, &input.parse()?)?),
            "key" => self.key = Some(key(input.parse()?)?),
            "error_handler" => {
                self.exclude(name, &["failure_if", "ignore_if"])?;
                self.handler = Some(handler::error_handler(input.parse()?)?);
            }
            "failure_if" => self.excuses.failure_if = Some(self.predicate(name, input)?),
            "ignore_if" => self.excuses.ignore_if = Some(self.predicate(name, input)?),
            "on_open" => {
                let handler = handler::on_open(input.parse()?)?;
                self.set_on_open(name, OnOpen::Handler(handler))?;
            }
            "fallback" => {
                let value = input.parse()?;
                self.set_on_open(name, OnOpen::Fallback(value))?;
            }
            names::POLICY | names::INHERITED_POLICY => {
                self.policy.set_whole(name, input.parse()?)?;
            }
            names::TIMEOUT | names::INHERITED_TIMEOUT => self.timeout.set(name, &input.parse()?)?,
            "on_timeout" => self.timeout.set_on_timeout(name, input.parse()?)?,
            "future" => self.future = Some(FutureOption::read(name, &input.parse()?)?),
            "registry" => self.registry = Some(input.parse()?),
            "crate" => self.facade = Some(facade(&input.parse()?)?),
            _ => self.policy.set(name, &input.parse()?)?,
        }
        Ok(())
    }

    fn predicate(&self, name: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
        self.exclude(name, &["error_handler"])?;
        handler::predicate(name, input.parse()?)
    }

    /// Rejects a second option that defines what counts as a failure.
    fn exclude(&self, name: &Ident, others: &[&str]) -> syn::Result<()> {
        let Some(other) = self.given.iter().find(|given| others.iter().any(|other| given == other))
        else {
            return Ok(());
        };
        let wrong = format!("`{other}` and `{name}` both define what counts as a failure");
        Err(Error::new(name.span(), with_help(wrong, "keep one of them")))
    }

    fn set_on_open(&mut self, name: &Ident, on_open: OnOpen) -> syn::Result<()> {
        if self.on_open.is_some() {
            let wrong =
                "`fallback` and `on_open` both define what to return while the circuit is open";
            return Err(Error::new(name.span(), with_help(wrong, "keep one of them")));
        }
        self.on_open = Some(on_open);
        Ok(())
    }

    /// The names of the options that were given.
    pub(crate) fn names(self) -> Vec<Ident> {
        self.given
    }

    /// Reports the mistakes in the options of a block.
    pub(crate) fn check_for_block(mut self) -> syn::Result<()> {
        let is_misplaced = |name: &&Ident| names::FUNCTION_ONLY.iter().any(|other| *name == other);
        for name in self.given.iter().filter(is_misplaced) {
            let wrong = format!("`{name}` belongs on a single function, not on a block");
            self.mistakes.push(Error::new(name.span(), with_help(wrong, MOVE)));
        }
        self.policy.check().unwrap_or_else(|mistake| self.mistakes.push(mistake));
        self.mistakes.result()
    }

    /// Returns the options if they contain no mistake.
    pub(crate) fn finish(mut self) -> syn::Result<Options> {
        let missing = || Error::new(Span::call_site(), with_help(MISSING, EXAMPLE));
        if !self.identifier_is_meant {
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
            on_open: self.on_open.unwrap_or(OnOpen::Converted),
            policy: self.policy,
            timeout: self.timeout,
            future: self.future,
            registry: self.registry,
            facade: self.facade,
        })
    }
}

const MOVE: &str = "move it to the attribute of the function";
const MISSING: &str = "missing `identifier`";
const EXAMPLE: &str = "write `#[circuit_breaker(identifier = \"payment-api\")]`";

/// Moves a mistake at the end of the input to the option's name, since the end has no span.
fn on_name(name: &Ident, mistake: Error) -> Error {
    if mistake.to_string().starts_with("unexpected end of input") {
        return Error::new(name.span(), format!("the value of `{name}` is incomplete"));
    }
    mistake
}
