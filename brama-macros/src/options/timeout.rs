//! The options that end a call which takes too long.

use proc_macro2::Ident;
use syn::{Error, Expr};

use super::{
    handler,
    names::{INHERITED_TIMEOUT, TIMEOUT},
};
use crate::{
    errors::with_help,
    literal::{self, DurationValue},
};

/// What the attribute says of calls that take too long.
#[derive(Default)]
pub(crate) struct TimeoutOptions {
    limit: Option<TimeLimit>,
    on_timeout: Option<TimeoutHandler>,
}

struct TimeLimit {
    place: Ident,
    /// `None` where a block's limit is lifted.
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

    /// Reads the `on_timeout`.
    pub(crate) fn set_answer(&mut self, place: &Ident, handler: Expr) -> syn::Result<()> {
        let handler = handler::late_answer(handler)?;
        self.on_timeout = Some(TimeoutHandler { place: place.clone(), handler });
        Ok(())
    }

    /// Refuses an answer to what never happens. A limit that could not be read is `given` all the
    /// same.
    pub(crate) fn check(&self, given: &[Ident]) -> syn::Result<()> {
        let is_limited = match &self.limit {
            Some(limit) => limit.length.is_some(),
            None => given.iter().any(|name| name == TIMEOUT || name == INHERITED_TIMEOUT),
        };
        match &self.on_timeout {
            Some(answer) if !is_limited => {
                Err(Error::new(answer.place.span(), with_help(ENDLESS, LIMIT)))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Refuses to end the call of a function that is not async: at the function if it has the limit
    /// of its block, where several may stand.
    pub(crate) fn check_sync(&self, function: &Ident) -> syn::Result<()> {
        let Some(TimeLimit { place, length: Some(_) }) = &self.limit else { return Ok(()) };
        if place == INHERITED_TIMEOUT {
            let wrong =
                format!("`{function}` is not async, so its block's `{TIMEOUT}` cannot end it");
            return Err(Error::new(function.span(), with_help(wrong, LIFT)));
        }
        let wrong = format!("`{function}` is not async, so no `{TIMEOUT}` can end it");
        Err(Error::new(place.span(), with_help(wrong, WAIT)))
    }

    /// How long a call may take.
    pub(crate) fn limit(&self) -> Option<&DurationValue> {
        self.limit.as_ref()?.length.as_ref()
    }

    /// The `on_timeout`.
    pub(crate) fn on_timeout(&self) -> Option<&Expr> {
        self.on_timeout.as_ref().map(|answer| &answer.handler)
    }
}

const FEATURE: &str = "`timeout` needs the feature `tokio` of brama";
const ADD: &str = "run `cargo add brama --features tokio`";
const ENDLESS: &str = "`on_timeout` needs a `timeout`";
const LIMIT: &str = "add `timeout = \"5s\"`";
const LIFT: &str = "write `timeout = off` in its own attribute";
const WAIT: &str = "set the limit where it waits, such as in the client that it calls";
