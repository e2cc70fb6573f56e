//! The verdict on a `Result` where the attribute names no handler.

use std::{any::type_name, error::Error, fmt::Display, marker::PhantomData, ops::Deref};

use crate::{
    breaker::{CallError, CircuitOpen, Ending, Hold, Watched},
    circuit::Reason,
    outcome::Outcome,
};

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
    #[inline]
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

/// The verdict on a call, from what [`Judged::failed`] says of it.
///
/// No error is a success. An error is ignored where it is the rejection of another breaker or has
/// one as its source, else a failure whose reason is its text, or its type where it has none.
///
/// What an error can be asked depends on its type, and generated code alone knows that: a function
/// generic over the error would know its own bounds only. So each sort of error has a type of its
/// own here, which dereferences to the next. A method call follows them to the first whose bounds
/// the error keeps.
#[inline]
#[must_use]
pub const fn verdict<'w, E>(failed: Option<&E>) -> Chained<'_, 'w, E> {
    let unknown = Unknown { failed, wrapped: PhantomData };
    let silent = SilentWrapped(SilentSendWrapped(SilentCall(unknown)));
    Chained(Wrapped(SendWrapped(Call(Written(silent)))))
}

/// Defines a sort of error, and the one to try after it.
macro_rules! sort {
    (
        $(#[$doc:meta])*
        $name:ident, then $next:ident
        [$($bounds:tt)*] $error:ty => $is_rejection:expr, $reason:expr
    ) => {
        $(#[$doc])*
        #[expect(missing_debug_implementations, reason = "lives for one question")]
        pub struct $name<'e, 'w, E>($next<'e, 'w, E>);

        impl<'e, 'w, E> Deref for $name<'e, 'w, E> {
            type Target = $next<'e, 'w, E>;

            #[inline]
            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl<'w, $($bounds)*> $name<'_, 'w, $error> {
            /// Judges the call: records a failure at once, and leaves an [`Ending`] to record a success.
            // Out of line, a success takes a third more instructions.
            #[inline(always)]
            pub fn __brama_record<'p, S: Hold>(&self, permit: &'p mut Watched<S>) -> Ending<'p> {
                record(self.failed, permit, Self::judge)
            }

            /// The outcome of the call.
            #[must_use]
            pub fn __brama_outcome(&self) -> Outcome {
                self.failed.map_or(Outcome::Success, Self::judge)
            }

            #[cold]
            fn judge(error: &$error) -> Outcome {
                judged(error, $is_rejection, $reason)
            }
        }
    };
}

sort! {
    /// An error of the standard's kind.
    Chained, then Wrapped
    [E: Error] E => is_below, Reason::of
}
sort! {
    /// A box around an error, such as `Box<dyn Error>` or anyhow's.
    Wrapped, then SendWrapped
    [E: Display + AsRef<dyn Error + 'w>] E => |error| is_below(error.as_ref()), Reason::of
}
sort! {
    /// A box around an error that may change threads.
    SendWrapped, then Call
    [E: Display + AsRef<dyn Error + Send + Sync + 'w>] E => |error| is_below(error.as_ref()), Reason::of
}
sort! {
    /// A call through a handle whose own error is of another kind.
    Call, then Written
    [E: Display] CallError<E> => is_rejected, Reason::of
}
sort! {
    /// Any error that can be written out.
    Written, then SilentWrapped
    [E: Display] E => |_| false, Reason::of
}
sort! {
    /// A box around an error, which cannot be written out itself.
    SilentWrapped, then SilentSendWrapped
    [E: AsRef<dyn Error + 'w>] E => |error| is_below(error.as_ref()), named
}
sort! {
    /// The same for an error that may change threads.
    SilentSendWrapped, then SilentCall
    [E: AsRef<dyn Error + Send + Sync + 'w>] E => |error| is_below(error.as_ref()), named
}
sort! {
    /// A call through a handle whose own error cannot be written out.
    SilentCall, then Unknown
    [E] CallError<E> => is_rejected, named
}

/// Any error: no rejection can be seen in it.
#[expect(missing_debug_implementations, reason = "lives for one question")]
pub struct Unknown<'e, 'w, E> {
    failed: Option<&'e E>,
    /// How long a box's error lives, which an implementation may speak of only where its type does.
    wrapped: PhantomData<fn(&'w ()) -> &'w ()>,
}

impl<E> Unknown<'_, '_, E> {
    /// Judges the call: records a failure at once, and leaves an [`Ending`] to record a success.
    #[expect(clippy::inline_always, reason = "out of line, a success takes a third more")]
    #[inline(always)]
    pub fn __brama_record<'p, S: Hold>(&self, permit: &'p mut Watched<S>) -> Ending<'p> {
        record(self.failed, permit, Self::judge)
    }

    /// The outcome of the call.
    #[must_use]
    pub fn __brama_outcome(&self) -> Outcome {
        self.failed.map_or(Outcome::Success, Self::judge)
    }

    #[cold]
    fn judge(error: &E) -> Outcome {
        Outcome::failure(named(error))
    }
}

#[expect(clippy::inline_always, reason = "out of line, a success takes a third more")]
#[inline(always)]
fn record<'p, E, S: Hold>(
    failed: Option<&E>,
    permit: &'p mut Watched<S>,
    judge: impl FnOnce(&E) -> Outcome,
) -> Ending<'p> {
    match failed {
        None => permit.succeed(),
        Some(error) => permit.fail(judge(error)),
    }
}

fn judged<E>(
    error: &E,
    is_rejection: impl FnOnce(&E) -> bool,
    reason: impl FnOnce(&E) -> Reason,
) -> Outcome {
    if is_rejection(error) { Outcome::Ignore } else { Outcome::failure(reason(error)) }
}

/// Whether what lies below an error is a rejection.
///
/// The error itself need not be asked, and so may borrow: the source of every rejection says that
/// it is one.
fn is_below(error: &(impl Error + ?Sized)) -> bool {
    error.source().and_then(CircuitOpen::find_in).is_some()
}

fn is_rejected<E>(error: &CallError<E>) -> bool {
    matches!(error, CallError::Rejected(_))
}

/// The reason of an error that has no words: the name of its type.
fn named<E>(_: &E) -> Reason {
    Reason::new(type_name::<E>())
}
