//! The verdict on a `Result` where the attribute names no handler.

use std::{any::type_name, error::Error, fmt::Display};

pub use crate::__default_verdict;
use crate::{CallError, CircuitOpen, Reason};

/// A return type that says by itself whether the call succeeded: `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether the call succeeded",
    label = "which of its values are failures?",
    note = "add `error_handler = |ret| <outcome>` to `#[circuit_breaker]`; it is given \
            `&{Self}` and returns a `brama::Outcome`"
)]
pub trait Judged<E> {
    /// The error of a failed call.
    fn failed(&self) -> Option<&E>;
}

// The error is a parameter and no associated type: rustc would report the lack of either.
impl<T, E> Judged<E> for Result<T, E> {
    fn failed(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// A return type with an error that a question can be asked about: `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no error to ask `failure_if` or `ignore_if` about",
    label = "not a `Result`",
    note = "write `error_handler = |ret| <outcome>` instead; it is given `&{Self}` and returns a \
            `brama::Outcome`"
)]
pub trait Questionable<E> {
    /// The error of a failed call.
    fn failed(&self) -> Option<&E>;
}

impl<T, E> Questionable<E> for Result<T, E> {
    fn failed(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// Whether the call failed with an error that the attribute's `ignore_if` excuses.
///
/// A function with a plain closure bound: a closure that names no types is inferred from it.
pub fn is_ignored<E>(failed: Option<&E>, ignore_if: impl FnOnce(&E) -> bool) -> bool {
    failed.is_some_and(ignore_if)
}

/// Whether the call failed with an error for which the attribute's `failure_if` is false.
pub fn is_no_failure<E>(failed: Option<&E>, failure_if: impl FnOnce(&E) -> bool) -> bool {
    failed.is_some_and(|error| !failure_if(error))
}

/// The [`Outcome`](crate::Outcome) of a call, from what [`Judged::failed`] says of it.
///
/// No error is a success. An error is ignored where it is the rejection of another breaker or has
/// one as its source, else a failure whose reason is its text, or its type where it has none.
///
/// A macro, since "where it has none" must be asked where the type is known: a function generic
/// over the error would know its own bounds only. Each question is a method of one name in several
/// traits; the more references a trait is implemented through, the earlier rustc finds it.
#[doc(hidden)]
#[macro_export]
macro_rules! __default_verdict {
    ($failed:expr) => {
        match $failed {
            ::core::option::Option::None => $crate::Outcome::Success,
            ::core::option::Option::Some(__brama_error) => {
                #[allow(unused_imports, reason = "which of them answers depends on the type")]
                use $crate::site::{
                    AnyError as _, ChainError as _, SilentError as _, WrappedCall as _,
                    WrappedError as _, WrappedSendError as _, WrittenError as _,
                };
                let __brama_error = $crate::site::Questioned(__brama_error);
                if (&&&&&__brama_error).__brama_is_rejection() {
                    $crate::Outcome::Ignore
                } else {
                    $crate::Outcome::failure((&&__brama_error).__brama_reason())
                }
            }
        }
    };
}

/// An error under question: a type of ours, so that no method of the user's is found instead.
#[expect(missing_debug_implementations, reason = "lives for one question in generated code")]
pub struct Questioned<'e, E>(pub &'e E);

/// Whether what lies below an error is a rejection.
///
/// The error itself need not be asked, and so may borrow: the source of every rejection says that
/// it is one.
fn is_below(error: &(impl Error + ?Sized)) -> bool {
    error.source().and_then(CircuitOpen::find_in).is_some()
}

/// First question: an error of the standard's kind.
pub trait ChainError {
    /// Whether it is a rejection, or has one as its source.
    fn __brama_is_rejection(&self) -> bool;
}

impl<E: Error> ChainError for &&&&Questioned<'_, E> {
    fn __brama_is_rejection(&self) -> bool {
        is_below(self.0)
    }
}

/// Second question: a box around an error, such as `Box<dyn Error>` or anyhow's.
pub trait WrappedError<'e> {
    /// Whether it holds a rejection.
    fn __brama_is_rejection(&self) -> bool;
}

impl<'e, E: AsRef<dyn Error + 'e>> WrappedError<'e> for &&&Questioned<'_, E> {
    fn __brama_is_rejection(&self) -> bool {
        is_below(self.0.as_ref())
    }
}

/// Third question: a box around an error that may change threads.
pub trait WrappedSendError<'e> {
    /// Whether it holds a rejection.
    fn __brama_is_rejection(&self) -> bool;
}

impl<'e, E: AsRef<dyn Error + Send + Sync + 'e>> WrappedSendError<'e> for &&Questioned<'_, E> {
    fn __brama_is_rejection(&self) -> bool {
        is_below(self.0.as_ref())
    }
}

/// Fourth question: a call through a handle whose own error is of another kind.
pub trait WrappedCall {
    /// Whether it was rejected.
    fn __brama_is_rejection(&self) -> bool;
}

impl<E> WrappedCall for &Questioned<'_, CallError<E>> {
    fn __brama_is_rejection(&self) -> bool {
        matches!(self.0, CallError::Rejected(_))
    }
}

/// Everything else.
pub trait AnyError {
    /// No rejection can be seen in it.
    fn __brama_is_rejection(&self) -> bool;
}

impl<E> AnyError for Questioned<'_, E> {
    fn __brama_is_rejection(&self) -> bool {
        false
    }
}

/// An error that can be written out.
pub trait WrittenError {
    /// Its text.
    fn __brama_reason(&self) -> Reason;
}

impl<E: Display> WrittenError for &Questioned<'_, E> {
    #[cold]
    fn __brama_reason(&self) -> Reason {
        Reason::of(self.0)
    }
}

/// An error without words.
pub trait SilentError {
    /// The name of its type.
    fn __brama_reason(&self) -> Reason;
}

impl<E> SilentError for Questioned<'_, E> {
    fn __brama_reason(&self) -> Reason {
        Reason::new(type_name::<E>())
    }
}
