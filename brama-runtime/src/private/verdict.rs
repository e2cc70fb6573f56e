//! The verdict on a `Result`, for a function without an `error_handler`.
//!
//! What can be read from an error depends on the traits of its type, which only generated code
//! knows: a generic function knows no more than its own bounds. The right method is selected by
//! autoderef specialization, as in anyhow's `kind.rs`. Each kind of error has a type here, which
//! dereferences to the next kind; a method call in generated code follows them to the first with a
//! method for the error's type:
//!
//! | kind | the error is | ignored if |
//! |---|---|---|
//! | [`StdError`] | an `Error` | its sources contain a rejection |
//! | [`BoxedError`], [`BoxedSendError`] | a box around an `Error` | the sources in it contain one |
//! | [`CallErr`] | a [`CallError`] | it is a rejection |
//! | [`DisplayOnly`] | any type with `Display` | never |
//! | [`BoxedOpaque`], [`BoxedSendOpaque`] | a box without `Display` | its sources contain one |
//! | [`CallErrOpaque`] | a [`CallError`] without `Display` | it is a rejection |
//! | [`Opaque`] | any other type | never |

use std::{any::type_name, error::Error, fmt::Display, marker::PhantomData, ops::Deref};

use crate::{
    breaker::{CallError, DeferredSuccess, PanicGuard, SlotRef, has_rejection_as_source},
    circuit::Reason,
    outcome::{Judgement, Outcome},
};

/// A return type that tells success from failure by itself: `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not tell success from failure",
    label = "which of its values are failures?",
    note = "add `error_handler = |ret| <outcome>` to `#[circuit_breaker]`; it takes a \
            `&{Self}` and returns a `brama::Outcome`, or a `bool` that is true for a success"
)]
pub trait ReturnsResult<E> {
    /// The error of a failed call.
    fn failed(&self) -> Option<&E>;

    /// The verdict on a call that is still to be made, which has the kind of its error.
    #[must_use]
    #[inline]
    fn unknown<'e, 'w>() -> StdError<'e, 'w, E>
    where
        E: 'e,
    {
        verdict(None)
    }
}

// The error is a parameter: rustc would report a missing associated type as a second error.
#[diagnostic::do_not_recommend]
impl<T, E> ReturnsResult<E> for Result<T, E> {
    #[inline]
    fn failed(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// A return type with an error for the options that judge one, such as `ignore_if`: `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no error to pass to `ignore_if`, `trip_if`, `failure_if`, `retry_after` or \
               `reason`",
    label = "not a `Result`",
    note = "use `error_handler = |ret| <outcome>` instead; it takes a `&{Self}` and returns a \
            `brama::Outcome`, or a `bool` that is true for a success"
)]
pub trait HasError<E> {
    /// The error of a failed call.
    fn failed(&self) -> Option<&E>;
}

#[diagnostic::do_not_recommend]
impl<T, E> HasError<E> for Result<T, E> {
    fn failed(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// The verdict on a call, given the error of [`ReturnsResult::failed`].
///
/// No error is a success. An error is ignored if it is the rejection of another breaker or has one
/// as its source. Any other error is a failure, whose reason is the error's text with those of its
/// sources, or else its type.
#[inline]
#[must_use]
pub const fn verdict<'w, E>(failed: Option<&E>) -> StdError<'_, 'w, E> {
    let opaque = Opaque { failed, wrapped: PhantomData };
    let without_display = BoxedOpaque(BoxedSendOpaque(CallErrOpaque(opaque)));
    StdError(BoxedError(BoxedSendError(CallErr(DisplayOnly(without_display)))))
}

/// Defines a kind of error, and the kind to try after it.
macro_rules! kind {
    (
        $(#[$doc:meta])*
        $name:ident, then $next:ident
        [$($bounds:tt)*] $error:ty => $is_rejection:expr, $reason:expr
    ) => {
        $(#[$doc])*
        #[expect(missing_debug_implementations, reason = "lives for one expression")]
        pub struct $name<'e, 'w, E>($next<'e, 'w, E>);

        impl<'e, 'w, E> Deref for $name<'e, 'w, E> {
            type Target = $next<'e, 'w, E>;

            #[inline]
            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl<'w, $($bounds)*> $name<'_, 'w, $error> {
            /// Records a failure at once; the [`DeferredSuccess`] records a success.
            // Out of line, a success takes a third more instructions.
            #[inline(always)]
            pub fn __brama_record<'p, S: SlotRef>(&self, permit: &'p mut PanicGuard<S>) -> DeferredSuccess<'p, S> {
                record(self.failed, permit, Self::judge)
            }

            /// The judgement, for a call that it may not end.
            #[must_use]
            pub fn __brama_judgement(&self) -> Judgement {
                self.failed.map_or(Outcome::Success.into(), Self::judge)
            }

            /// What judges the error of a call that has failed.
            #[must_use]
            #[inline]
            pub fn __brama_judge(&self) -> fn(&$error) -> Judgement {
                Self::judge
            }

            /// The reason of the failure.
            #[must_use]
            pub fn __brama_reason(&self) -> Reason {
                self.failed.map_or(().into(), Self::reason)
            }

            /// Whether the error is the rejection of another breaker, or has one as its source.
            #[must_use]
            pub fn __brama_is_rejection(&self) -> bool {
                self.failed.is_some_and($is_rejection)
            }

            #[cold]
            fn judge(error: &$error) -> Judgement {
                judgement(error, $is_rejection, Self::reason)
            }

            fn reason(error: &$error) -> Reason {
                let reason: fn(&$error) -> Reason = $reason;
                reason(error).with_type_of(error)
            }
        }
    };
}

kind! {
    /// A type with the trait `Error`.
    StdError, then BoxedError
    [E: Error] E => has_rejection_as_source, Reason::of_error
}
kind! {
    /// A box around a `dyn Error`, such as `Box<dyn Error>` or `anyhow::Error`.
    BoxedError, then BoxedSendError
    [E: Display + AsRef<dyn Error + 'w>] E
        => |error| has_rejection_as_source(error.as_ref()),
        |error| Reason::of_box(error, error.as_ref())
}
kind! {
    /// A box around a `dyn Error + Send + Sync`.
    BoxedSendError, then CallErr
    [E: Display + AsRef<dyn Error + Send + Sync + 'w>] E
        => |error| has_rejection_as_source(error.as_ref()),
        |error| Reason::of_box(error, error.as_ref())
}
kind! {
    /// A [`CallError`] around an error with `Display` alone.
    CallErr, then DisplayOnly
    [E: Display] CallError<E> => is_rejected, Reason::of
}
kind! {
    /// Any error with `Display`.
    DisplayOnly, then BoxedOpaque
    [E: Display] E => |_| false, Reason::of
}
kind! {
    /// A box around a `dyn Error`, without `Display` of its own.
    BoxedOpaque, then BoxedSendOpaque
    [E: AsRef<dyn Error + 'w>] E => |error| has_rejection_as_source(error.as_ref()), type_of
}
kind! {
    /// A box around a `dyn Error + Send + Sync`, without `Display` of its own.
    BoxedSendOpaque, then CallErrOpaque
    [E: AsRef<dyn Error + Send + Sync + 'w>] E
        => |error| has_rejection_as_source(error.as_ref()), type_of
}
kind! {
    /// A [`CallError`] around an error without `Display`.
    CallErrOpaque, then Opaque
    [E] CallError<E> => is_rejected, type_of
}

/// Any other error. A rejection in it cannot be seen.
#[expect(missing_debug_implementations, reason = "lives for one expression")]
pub struct Opaque<'e, 'w, E> {
    failed: Option<&'e E>,
    /// The lifetime in `dyn Error + 'w`: an implementation may use it only if the type has it.
    wrapped: PhantomData<fn(&'w ()) -> &'w ()>,
}

impl<E> Opaque<'_, '_, E> {
    /// Records a failure at once; the [`DeferredSuccess`] records a success.
    #[expect(clippy::inline_always, reason = "out of line, a success takes a third more")]
    #[inline(always)]
    pub fn __brama_record<'p, S: SlotRef>(
        &self,
        permit: &'p mut PanicGuard<S>,
    ) -> DeferredSuccess<'p, S> {
        record(self.failed, permit, Self::judge)
    }

    /// The judgement, for a call that it may not end.
    #[must_use]
    pub fn __brama_judgement(&self) -> Judgement {
        self.failed.map_or(Outcome::Success.into(), Self::judge)
    }

    /// What judges the error of a call that has failed.
    #[must_use]
    #[inline]
    pub fn __brama_judge(&self) -> fn(&E) -> Judgement {
        Self::judge
    }

    /// The reason of the failure.
    #[must_use]
    pub fn __brama_reason(&self) -> Reason {
        self.failed.map_or(().into(), type_of)
    }

    /// Whether the error is the rejection of another breaker: never, as far as can be seen.
    #[must_use]
    pub const fn __brama_is_rejection(&self) -> bool {
        false
    }

    #[cold]
    fn judge(error: &E) -> Judgement {
        Outcome::failure(type_of(error)).into()
    }
}

#[expect(clippy::inline_always, reason = "out of line, a success takes a third more")]
#[inline(always)]
pub(super) fn record<'p, E, S: SlotRef>(
    failed: Option<&E>,
    permit: &'p mut PanicGuard<S>,
    judge: impl FnOnce(&E) -> Judgement,
) -> DeferredSuccess<'p, S> {
    match failed {
        None => permit.succeed(),
        Some(error) => permit.fail(judge(error)),
    }
}

fn judgement<E>(
    error: &E,
    is_rejection: impl FnOnce(&E) -> bool,
    reason: impl FnOnce(&E) -> Reason,
) -> Judgement {
    if is_rejection(error) {
        Judgement::InnerRejection
    } else {
        Outcome::failure(reason(error)).into()
    }
}

fn is_rejected<E>(error: &CallError<E>) -> bool {
    matches!(error, CallError::Rejected(_))
}

/// The reason of an error without `Display`: the name of its type, and of `()` that there is none.
fn type_of<E>(_: &E) -> Reason {
    match type_name::<E>() {
        "()" => Reason::from(()),
        name => Reason::new(name),
    }
}
