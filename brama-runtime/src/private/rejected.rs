//! What the caller of a rejected call gets.

use crate::breaker::CircuitOpen;

/// A return type with a value for a rejected call: a `Result` whose error can be converted from
/// [`CircuitOpen`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value for a call that is rejected because the circuit is open",
    label = "what should this function return while its circuit is open?",
    note = "add `fallback = <value>` or `on_open = |open| <value>` to `#[circuit_breaker]`"
)]
pub trait OpenOutput: Sized {
    /// The value for a call that was rejected with `open`.
    fn on_open(open: CircuitOpen) -> Self;
}

// Not `do_not_recommend`: rustc then names the bound on `E`, and so the user's error type.
impl<T, E: FromCircuitOpen> OpenOutput for Result<T, E> {
    #[cold]
    fn on_open(open: CircuitOpen) -> Self {
        Err(E::from_open(open))
    }
}

/// [`OpenOutput`] for a function whose error is a type parameter.
///
/// Its only bound is the one that the parameter needs, so that rustc suggests this bound and no
/// private trait.
pub trait GenericOpenOutput: Sized {
    /// The value for a call that was rejected with `open`.
    fn on_open(open: CircuitOpen) -> Self;
}

impl<T, E: From<CircuitOpen>> GenericOpenOutput for Result<T, E> {
    #[cold]
    fn on_open(open: CircuitOpen) -> Self {
        Err(open.into())
    }
}

/// An error that can be converted from [`CircuitOpen`].
#[diagnostic::on_unimplemented(
    message = "the trait bound `{Self}: From<brama::CircuitOpen>` is not satisfied",
    label = "write `impl From<brama::CircuitOpen> for {Self}`",
    note = "while its circuit is open, this function returns a `brama::CircuitOpen` converted into \
            `{Self}`",
    note = "or add `fallback = <value>` or `on_open = |open| <value>` to `#[circuit_breaker]` (the \
            only way if `{Self}` is a type of another crate)"
)]
pub trait FromCircuitOpen: Sized {
    /// The error for a call that was rejected with `open`.
    fn from_open(open: CircuitOpen) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<CircuitOpen>> FromCircuitOpen for E {
    fn from_open(open: CircuitOpen) -> Self {
        open.into()
    }
}

/// Calls the attribute's `on_open`.
///
/// The plain closure bound lets rustc infer the types of a closure's parameters.
#[cold]
pub fn call_on_open<R>(on_open: impl FnOnce(CircuitOpen) -> R, open: CircuitOpen) -> R {
    on_open(open)
}
