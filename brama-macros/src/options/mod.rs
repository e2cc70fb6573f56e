//! The options in the attribute's brackets.

pub(crate) mod aliases;
mod elsewhere;
mod handler;
pub(crate) mod names;
mod no_function;
mod parse;
mod policy;
mod stream;
mod syntax;
pub(crate) mod tail;
mod timeout;
mod value;

use proc_macro2::Ident;
use syn::{Error, Expr, LitStr, Path, ReturnType, Signature, Type, spanned::Spanned};

pub(crate) use self::parse::OptionsParser;
pub(crate) use self::stream::DecidedBy;
use self::{policy::PolicyOptions, stream::StreamOptions, timeout::TimeoutOptions};
use crate::{
    errors::with_help,
    excerpt::excerpt,
    facade::Facade,
    literal::{ungroup, ungroup_type},
    shape::Shape,
};

/// The options of one function, read and checked.
pub(crate) struct Options {
    pub(crate) identifier: Identifier,
    pub(crate) scope: Option<LitStr>,
    /// `type`
    pub(crate) kind: Option<LitStr>,
    pub(crate) key: Option<Expr>,
    pub(crate) judge: Judge,
    pub(crate) on_open: OnOpen,
    pub(crate) policy: PolicyOptions,
    pub(crate) timeout: TimeoutOptions,
    pub(crate) future: Option<FutureOption>,
    pub(crate) stream: StreamOptions,
    /// `span`
    pub(crate) has_span: bool,
    pub(crate) registry: Option<Expr>,
    /// `crate`
    pub(crate) facade: Option<Path>,
}

impl Options {
    /// How a function with these options returns its result.
    pub(crate) fn shape(&self, signature: &Signature) -> Shape {
        let facade = Facade::new(self.facade.as_ref());
        if let Some(returned) = self.stream.returned(signature, &facade) {
            return Shape::Stream(returned);
        }
        let future = self.future.as_ref().map(|future| future.is_future);
        Shape::of(signature, future, &facade)
    }

    /// Rejects options that do not fit the function.
    pub(crate) fn check(&self, signature: &Signature) -> syn::Result<()> {
        self.check_fallback(signature)?;
        self.stream.check(self, signature)?;
        match (self.shape(signature), &self.future) {
            (Shape::Async(_), Some(future)) => {
                Err(Error::new(future.place.span(), with_help(ASYNC, NO_FUTURE)))
            }
            (Shape::Sync, _) => self.timeout.check_sync(&signature.ident),
            (Shape::Async(_) | Shape::Future(_) | Shape::Stream(_), _) => Ok(()),
        }
    }

    /// Rejects a closure as the fallback, unless the function may return one.
    fn check_fallback(&self, signature: &Signature) -> syn::Result<()> {
        let OnOpen::Fallback(value) = &self.on_open else { return Ok(()) };
        let Expr::Closure(closure) = ungroup(value) else { return Ok(()) };
        let shape = self.shape(signature);
        let returned = match (&shape, &signature.output) {
            (Shape::Future(returned) | Shape::Stream(returned), _) => Some(&*returned.output),
            (Shape::Sync | Shape::Async(_), ReturnType::Type(_, ty)) => Some(&**ty),
            (Shape::Sync | Shape::Async(_), ReturnType::Default) => None,
        };
        if matches!(returned.map(ungroup_type), Some(Type::ImplTrait(_) | Type::FnPtr(_))) {
            return Ok(());
        }
        let (inputs, body) = (excerpt(&closure.inputs), excerpt(&closure.body));
        let help = match closure.inputs.len() {
            0 => format!("write `fallback = {body}`"),
            1 => format!("write `on_open = |{inputs}| {body}`"),
            _ => format!("write, for example, `{}`", names::as_written(names::ON_OPEN)),
        };
        Err(Error::new(value.span(), with_help(CLOSURE, help)))
    }
}

const ASYNC: &str = "`future` is for functions that return a future; this one is already async";
const NO_FUTURE: &str = "remove `future`";
const CLOSURE: &str = "`fallback` takes a value, not a closure";

/// The breaker's name.
pub(crate) enum Identifier {
    Literal(LitStr),
    /// May name an argument or `Self::NAME`, so it is evaluated before each call.
    Expression(Expr),
}

/// How the outcome of a finished call is determined.
pub(crate) enum Judge {
    /// `error_handler`
    Handler(Expr),
    /// By the return type, after rules for its error, in the order in which they are evaluated.
    Default(Vec<ErrorRule>),
}

/// An option that judges the error of a call, such as `ignore_if`.
pub(crate) struct ErrorRule {
    pub(crate) option: Ident,
    pub(crate) function: Expr,
}

/// How the function answers a rejected call.
pub(crate) enum OnOpen {
    /// The function's error type, converted from `CircuitOpen`.
    Converted,
    /// `on_open`
    Handler(Expr),
    /// `fallback`
    Fallback(Expr),
}

/// `future`: whether the function returns a future to protect.
pub(crate) struct FutureOption {
    pub(crate) place: Ident,
    pub(crate) is_future: bool,
}
