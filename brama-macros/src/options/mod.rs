//! What the user asked for in the attribute's brackets.

mod aliases;
mod handler;
pub(crate) mod names;
mod parse;
mod policy;
mod timeout;

use proc_macro2::Ident;
use syn::{Error, Expr, LitStr, Path, Signature};

pub(crate) use self::parse::OptionsParser;
use self::{policy::PolicyOptions, timeout::TimeoutOptions};
use crate::{errors::with_help, facade::Facade, shape::Shape};

/// What the user asked for.
pub(crate) struct Options {
    pub(crate) identifier: Identifier,
    pub(crate) scope: Option<LitStr>,
    /// `type`
    pub(crate) kind: Option<LitStr>,
    pub(crate) key: Option<Expr>,
    pub(crate) judge: Judge,
    pub(crate) refusal: OnOpen,
    pub(crate) policy: PolicyOptions,
    pub(crate) timeout: TimeoutOptions,
    pub(crate) future: Option<FutureOption>,
    pub(crate) registry: Option<Expr>,
    /// `crate`
    pub(crate) facade: Option<Path>,
}

impl Options {
    /// How a function with these options gives its answer.
    pub(crate) fn shape(&self, signature: &Signature) -> Shape {
        let future = self.future.as_ref().map(|future| future.is_one);
        Shape::of(signature, future, &Facade::new(self.facade.as_ref()))
    }

    /// Refuses the options that do not fit the function.
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

const ASYNC: &str = "`future` is for functions that return one, and this one is already async";
const NO_FUTURE: &str = "remove `future`";

/// The breaker's name.
pub(crate) enum Identifier {
    Literal(LitStr),
    /// May name an argument or `Self::NAME`, so it is evaluated before each call.
    Expression(Expr),
}

/// What a finished call counts as.
pub(crate) enum Judge {
    /// `error_handler`
    Handler(Expr),
    /// What the return type says of itself, save for the errors that are excused.
    Default(Excuses),
}

/// The errors that are no failures, in the order in which they are asked for.
#[derive(Default)]
pub(crate) struct Excuses {
    pub(crate) ignore_if: Option<Expr>,
    /// Excuses every other error.
    pub(crate) failure_if: Option<Expr>,
}

/// What a refused caller gets.
pub(crate) enum OnOpen {
    /// The error, made of the rejection.
    Converted,
    Handler(Expr),
    Fallback(Expr),
}

/// `future`: whether what the function returns is a future to protect.
pub(crate) struct FutureOption {
    pub(crate) place: Ident,
    pub(crate) is_one: bool,
}
