//! What a refused call answers.

use crate::breaker::CircuitOpen;

/// A return type that has a value for "the circuit is open": a `Result` whose error can be built
/// from [`CircuitOpen`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value that says the circuit is open",
    label = "what should this function return while its circuit is open?",
    note = "add `fallback = <value>` or `on_open = |open| <value>` to `#[circuit_breaker]`"
)]
pub trait OpenOutput: Sized {
    /// The value for a call that `open` refused.
    fn on_open(open: CircuitOpen) -> Self;
}

// Without `do_not_recommend` here: rustc then goes on to `E` and speaks of the user's error.
impl<T, E: OpenError> OpenOutput for Result<T, E> {
    #[cold]
    fn on_open(open: CircuitOpen) -> Self {
        Err(E::from_open(open))
    }
}

/// An error that can be built from [`CircuitOpen`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be built from `brama::CircuitOpen`, which this function returns \
               while its circuit is open",
    label = "needs `impl From<brama::CircuitOpen> for {Self}`",
    note = "or add `fallback = <value>` or `on_open = |open| <value>` to `#[circuit_breaker]`"
)]
pub trait OpenError: Sized {
    /// The error for a call that `open` refused.
    fn from_open(open: CircuitOpen) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<CircuitOpen>> OpenError for E {
    fn from_open(open: CircuitOpen) -> Self {
        open.into()
    }
}

/// Asks the attribute's `on_open` for its answer.
///
/// A function with a plain closure bound: a closure that names no types is inferred from it.
#[cold]
pub fn answer<R>(on_open: impl FnOnce(CircuitOpen) -> R, open: CircuitOpen) -> R {
    on_open(open)
}
