//! Parses the options.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{
    Error, Expr, LitStr, Path,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, Parser},
};

use super::{
    ErrorRule, FutureOption, Identifier, Judge, OnOpen, Options, aliases, handler, names,
    policy::{self, PolicyOptions},
    stream::StreamOptions,
    syntax::{self, FORM, comma, equals, hyphened, is_option, skip_rest},
    timeout::TimeoutOptions,
    value::{facade, identifier, key, literal, span},
};
use crate::{
    errors::{Mistakes, with_help},
    nearest::{completed, nearest},
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
    rules: Vec<ErrorRule>,
    on_open: Option<OnOpen>,
    policy: PolicyOptions,
    timeout: TimeoutOptions,
    future: Option<FutureOption>,
    stream: StreamOptions,
    has_span: bool,
    registry: Option<Expr>,
    facade: Option<Path>,
}

impl OptionsParser {
    /// Reads every option that can be read.
    pub(crate) fn read(tokens: TokenStream) -> syn::Result<Self> {
        let mut parser = Self::default();
        let read = |input: ParseStream<'_>| {
            let options;
            parenthesized!(options in input);
            while !options.is_empty() {
                parser.read_one(&options);
            }
            Ok(())
        };
        // syn also reports the tokens left in a value's brackets after a mistake inside them.
        match read.parse2(syntax::in_parentheses(tokens)) {
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
        let before = self.given.last().map(|name| format!(" after the value of `{name}`"));
        let wrong = format!("expected `,`{}", before.unwrap_or_default());
        self.mistakes.push(input.error(wrong));
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
        policy::check_form(&name, input)?;
        self.set(&name, syntax::value(&name, input)?)
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
        let snake = word.replace('-', "_");
        // The name of an option is never the user's own word, so two letters are enough. A value
        // such as `pr(5)` may be.
        let near = nearest(names::all(), &snake).or_else(|| completed(names::all(), &snake));
        let near = near.filter(|_| meaning.is_none());
        let meant = near.or_else(|| meaning.as_ref()?.option);
        self.identifier_is_meant |= meant == Some("identifier");
        let help = match (near, meaning) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(meaning)) => meaning.help,
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
        let help = if *before == word {
            "remove one of them".to_owned()
        } else {
            format!("`{}` is another name for it: remove one of them", names::MAX_ATTEMPTS)
        };
        Err(Error::new(name.span(), with_help(wrong, help)))
    }

    fn set(&mut self, name: &Ident, value: Expr) -> syn::Result<()> {
        match name.to_string().as_str() {
            "identifier" => self.identifier = Some(identifier(name, value)?),
            "scope" => self.scope = Some(literal(name, &value)?),
            "type" => self.kind = Some(literal(name, &value)?),
            "key" => self.key = Some(key(value)?),
            names::ERROR_HANDLER => {
                self.exclude(name, &names::ERROR_RULES)?;
                self.handler = Some(handler(name, value)?);
            }
            rule if names::ERROR_RULES.contains(&rule) => {
                self.exclude(name, &[names::ERROR_HANDLER])?;
                let function = handler(name, value)?;
                self.rules.push(ErrorRule { option: name.clone(), function });
            }
            names::ON_OPEN => self.set_on_open(name, OnOpen::Handler(handler(name, value)?))?,
            "fallback" => self.set_on_open(name, OnOpen::Fallback(value))?,
            names::POLICY | names::INHERITED_POLICY => self.policy.set_whole(name, value)?,
            names::TIMEOUT | names::INHERITED_TIMEOUT => self.timeout.set(name, &value)?,
            names::ON_TIMEOUT => self.timeout.set_on_timeout(name, handler(name, value)?),
            "future" => self.future = Some(FutureOption::read(name, &value)?),
            names::STREAM => self.stream.set(name, &value)?,
            names::SLOW_UNTIL => self.stream.set_slow_until(name, &value)?,
            names::SPAN => self.has_span = span(name, &value)?,
            "registry" => self.registry = Some(value),
            "crate" => self.facade = Some(facade(&value)?),
            _ => self.policy.set(name, &value)?,
        }
        Ok(())
    }

    /// Rejects a second option that judges the call.
    fn exclude(&self, name: &Ident, others: &[&str]) -> syn::Result<()> {
        let Some(other) = self.given.iter().find(|given| others.iter().any(|other| given == other))
        else {
            return Ok(());
        };
        let wrong = format!("`{other}` and `{name}` both judge the call");
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
        let is_misplaced = |name: &&Ident| names::is_of_function(&name.to_string());
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
        self.stream.check_given(&self.given).unwrap_or_else(|it| self.mistakes.push(it));
        self.mistakes.result()?;
        let order =
            |rule: &ErrorRule| names::ERROR_RULES.iter().position(|name| rule.option == name);
        self.rules.sort_by_key(order);
        Ok(Options {
            identifier: self.identifier.ok_or_else(missing)?,
            scope: self.scope,
            kind: self.kind,
            key: self.key,
            judge: self.handler.map_or(Judge::Default(self.rules), Judge::Handler),
            on_open: self.on_open.unwrap_or(OnOpen::Converted),
            policy: self.policy,
            timeout: self.timeout,
            future: self.future,
            stream: self.stream,
            has_span: self.has_span,
            registry: self.registry,
            facade: self.facade,
        })
    }
}

/// A value that generated code calls.
fn handler(option: &Ident, value: Expr) -> syn::Result<Expr> {
    handler::check(option, &value)?;
    Ok(value)
}

const MOVE: &str = "move it to the attribute of the function";
const MISSING: &str = "missing `identifier`";
const EXAMPLE: &str = "write `#[circuit_breaker(identifier = \"payment-api\")]`";
