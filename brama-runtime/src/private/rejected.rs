//! What the caller of a rejected call gets.

use super::marker::{Every, Never, Nothing};
use crate::breaker::CircuitOpen;

/// A return type with a value for a rejected call: `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value for a call that is rejected because the circuit is open",
    label = "what should this function return while its circuit is open?",
    note = "add `fallback = <value>` or `on_open = |open| <value>` to `#[circuit_breaker]`"
)]
pub trait OpenOutput<T, E> {
    /// The value for a rejected call.
    fn from_result(rejected: Result<T, E>) -> Self;
}

// The error has no bound here: generated code requires `FromCircuitOpen` of it directly, so that
// rustc reports the error's type and not that of the `Result`.
#[diagnostic::do_not_recommend]
impl<T, E> OpenOutput<T, E> for Result<T, E> {
    #[inline]
    fn from_result(rejected: Self) -> Self {
        rejected
    }
}

/// An error that can be converted from [`CircuitOpen`].
#[diagnostic::on_unimplemented(
    message = "the trait bound `{Self}: From<brama::CircuitOpen>` is not satisfied",
    label = "write `impl From<brama::CircuitOpen> for {Self}`",
    note = "while its circuit is open, this function returns a `brama::CircuitOpen` converted into \
            `{Self}`",
    note = "or add `fallback = <value>` or `on_open = |open| <value>` to `#[circuit_breaker]` (the \
            only way if `{Self}` is a type of another crate)",
    note = "if `{Self}` is generic, add the bound `{Self}: From<brama::CircuitOpen>` instead"
)]
pub trait FromCircuitOpen<Marker>: Sized {
    /// The result of a rejected call.
    ///
    /// # Errors
    ///
    /// Always: `open`, converted.
    fn rejected<T>(open: CircuitOpen) -> Result<T, Self>;
}

#[diagnostic::do_not_recommend]
impl<E: From<CircuitOpen>> FromCircuitOpen<Every> for E {
    #[cold]
    fn rejected<T>(open: CircuitOpen) -> Result<T, Self> {
        Err(open.into())
    }
}

#[diagnostic::do_not_recommend]
impl<E: From<CircuitOpen> + Never> FromCircuitOpen<Nothing> for E {
    fn rejected<T>(open: CircuitOpen) -> Result<T, Self> {
        Err(open.into())
    }
}

/// [`FromCircuitOpen`] for an error that looks generic.
///
/// Its only implementation can be recommended. rustc then suggests the bound of that, which is
/// public, but lists other conversions if the error is not generic.
#[diagnostic::on_unimplemented(
    message = "the trait bound `{Self}: From<brama::CircuitOpen>` is not satisfied",
    label = "write `impl From<brama::CircuitOpen> for {Self}`, or add this bound if it is generic",
    note = "while its circuit is open, this function returns a `brama::CircuitOpen` converted into \
            `{Self}`",
    note = "or add `fallback = <value>` or `on_open = |open| <value>` to `#[circuit_breaker]`"
)]
pub trait GenericFromCircuitOpen: Sized {
    /// The result of a rejected call.
    ///
    /// # Errors
    ///
    /// Always: `open`, converted.
    fn rejected<T>(open: CircuitOpen) -> Result<T, Self>;
}

impl<E: From<CircuitOpen>> GenericFromCircuitOpen for E {
    #[cold]
    fn rejected<T>(open: CircuitOpen) -> Result<T, Self> {
        Err(open.into())
    }
}

/// Calls the attribute's `on_open`.
///
/// The plain closure bound lets rustc infer the types of a closure's parameters.
#[cold]
pub fn call_on_open<R>(on_open: impl FnOnce(CircuitOpen) -> R, open: CircuitOpen) -> R {
    on_open(open)
}
