//! The options in the attribute's brackets.

mod aliases;
mod handler;
pub(crate) mod names;
mod parse;
mod policy;
mod syntax;
mod timeout;
mod value;

use proc_macro2::Ident;
use syn::{Error, Expr, LitStr, Path, Signature};

pub(crate) use self::parse::OptionsParser;
use self::{policy::PolicyOptions, timeout::TimeoutOptions};
use crate::{errors::with_help, facade::Facade, shape::Shape};

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
    pub(crate) registry: Option<Expr>,
    /// `crate`
    pub(crate) facade: Option<Path>,
}

impl Options {
    /// How a function with these options returns its result.
    pub(crate) fn shape(&self, signature: &Signature) -> Shape {
        let future = self.future.as_ref().map(|future| future.is_future);
        Shape::of(signature, future, &Facade::new(self.facade.as_ref()))
    }

    /// Rejects options that do not fit the function.
    pub(crate) fn check(&self, signature: &Signature) -> syn::Result<()> {
        match (self.shape(signature), &self.future) {
            (Shape::Async(_), Some(future)) => {
                Err(Error::new(future.place.span(), with_help(ASYNC, NO_FUTURE)))
            }
            (Shape::Sync, _) => self.timeout.check_sync(&signature.ident),
            (Shape::Async(_) | Shape::Future(_), _) => Ok(()),
        }
    }
}

const ASYNC: &str = "`future` is for functions that return a future; this one is already async";
const NO_FUTURE: &str = "remove `future`";

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
    /// By the return type, except for errors that an option excuses.
    Default(Excuses),
}

/// Predicates for errors that are not failures, in the order in which they are called.
#[derive(Default)]
pub(crate) struct Excuses {
    pub(crate) ignore_if: Option<Expr>,
    /// Excuses every error for which it returns `false`.
    pub(crate) failure_if: Option<Expr>,
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
