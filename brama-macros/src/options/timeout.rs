//! The options that cancel a call which takes too long.

use proc_macro2::Ident;
use syn::{Error, Expr};

use super::names::{INHERITED_TIMEOUT, TIMEOUT};
use crate::{
    errors::with_help,
    literal::{self, DurationValue},
};

/// The time limit of a call.
#[derive(Default)]
pub(crate) struct TimeoutOptions {
    limit: Option<TimeLimit>,
    on_timeout: Option<TimeoutHandler>,
}

struct TimeLimit {
    place: Ident,
    /// `None` for `off`, which removes the limit of a block.
    length: Option<DurationValue>,
}

struct TimeoutHandler {
    place: Ident,
    handler: Expr,
}

impl TimeoutOptions {
    /// Reads the limit.
    pub(crate) fn set(&mut self, place: &Ident, value: &Expr) -> syn::Result<()> {
        let length = literal::timeout(TIMEOUT, value)?;
        if length.is_some() && !cfg!(feature = "tokio") {
            return Err(Error::new(place.span(), with_help(FEATURE, ADD)));
        }
        self.limit = Some(TimeLimit { place: place.clone(), length });
        Ok(())
    }

    /// Sets the `on_timeout`.
    pub(crate) fn set_on_timeout(&mut self, place: &Ident, handler: Expr) {
        self.on_timeout = Some(TimeoutHandler { place: place.clone(), handler });
    }

    /// Rejects an `on_timeout` without a limit. A limit with an invalid value is still `given`.
    pub(crate) fn check(&self, given: &[Ident]) -> syn::Result<()> {
        let is_limited = match &self.limit {
            Some(limit) => limit.length.is_some(),
            None => given.iter().any(|name| name == TIMEOUT || name == INHERITED_TIMEOUT),
        };
        match &self.on_timeout {
            Some(handler) if !is_limited => {
                Err(Error::new(handler.place.span(), with_help(UNLIMITED, LIMIT)))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Rejects a limit on a function that is not async. If the limit comes from the block, the
    /// error points at the function, since the block may contain several.
    pub(crate) fn check_sync(&self, function: &Ident) -> syn::Result<()> {
        let Some(TimeLimit { place, length: Some(_) }) = &self.limit else { return Ok(()) };
        if place == INHERITED_TIMEOUT {
            let wrong =
                format!("`{function}` is not async, so its block's `{TIMEOUT}` cannot cancel it");
            return Err(Error::new(function.span(), with_help(wrong, TURN_OFF)));
        }
        let wrong = format!("`{function}` is not async, so `{TIMEOUT}` cannot cancel it");
        Err(Error::new(place.span(), with_help(wrong, INSIDE)))
    }

    /// How long a call may take.
    pub(crate) fn limit(&self) -> Option<&DurationValue> {
        self.limit.as_ref()?.length.as_ref()
    }

    /// The limit, if it is a literal, which is a setting of the policy. The value of an expression
    /// is known only when the function is called.
    pub(crate) fn literal(&self) -> Option<&DurationValue> {
        self.limit().filter(|length| matches!(length, DurationValue::Millis(..)))
    }

    /// The `on_timeout`.
    pub(crate) fn on_timeout(&self) -> Option<&Expr> {
        self.on_timeout.as_ref().map(|it| &it.handler)
    }
}

const FEATURE: &str = "`timeout` needs the feature `tokio` of brama";
const ADD: &str = "run `cargo add brama --features tokio`";
const UNLIMITED: &str = "`on_timeout` needs a `timeout`";
const LIMIT: &str = "add `timeout = \"5s\"`";
const TURN_OFF: &str = "write `timeout = off` in the attribute of the function";
const INSIDE: &str =
    "set a time limit inside the function instead, such as on the client that it calls";
