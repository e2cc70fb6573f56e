//! The judgement on a call whose attribute defines what counts as a failure.

use std::{fmt::Display, time::Duration};

#[cfg(feature = "tokio")]
use crate::timed_out::TimedOut;
use crate::{
    circuit::Reason,
    outcome::{Judgement, Outcome},
};

/// Calls the attribute's `error_handler`.
///
/// The plain closure bound lets rustc infer the types of a closure's parameters.
#[inline]
pub fn handled<R: ?Sized, O: HandlerAnswer>(answer: &R, handler: impl FnOnce(&R) -> O) -> Outcome {
    handler(answer).into_outcome()
}

/// What an `error_handler` may return.
#[diagnostic::on_unimplemented(
    message = "an `error_handler` returns a `brama::Outcome` or a `bool`, not `{Self}`",
    label = "neither an `Outcome` nor a `bool`",
    note = "`true` is a success and `false` a failure; a failure with a reason is \
            `Outcome::failure(\"…\")`"
)]
pub trait HandlerAnswer {
    /// The outcome of the call.
    fn into_outcome(self) -> Outcome;
}

#[diagnostic::do_not_recommend]
impl HandlerAnswer for Outcome {
    #[inline]
    fn into_outcome(self) -> Outcome {
        self
    }
}

#[diagnostic::do_not_recommend]
impl HandlerAnswer for bool {
    #[inline]
    fn into_outcome(self) -> Outcome {
        if self { Outcome::Success } else { Outcome::failure("`error_handler` returned false") }
    }
}

/// The rules of an attribute for the error of a call. The first rule that decides is the last that
/// is evaluated.
///
/// The options of the attribute are methods of the same names. The plain closure bounds let rustc
/// infer the types of a closure's parameters.
#[derive(Debug)]
#[must_use = "the rules end in a judgement"]
pub enum ErrorRules<'e, E> {
    /// The call failed, unless a later rule excuses it.
    Failed(FailedCall<'e, E>),
    /// The judgement is known.
    Decided(Judgement),
}

/// A failed call, as far as the rules have judged it.
#[derive(Debug)]
pub struct FailedCall<'e, E> {
    error: &'e E,
    /// Whether `failure_if` cannot make it a success: it trips, or it timed out.
    is_certain: bool,
    #[cfg(feature = "tokio")]
    timed_out: bool,
    trips: bool,
    retry_after: Option<Duration>,
    reason: Option<Reason>,
}

impl<'e, E> ErrorRules<'e, E> {
    /// The rules for a call. No error is a success. The rejection of another breaker is ignored,
    /// whatever the options would decide.
    #[inline]
    pub const fn new(failed: Option<&'e E>, is_rejection: bool) -> Self {
        match failed {
            None => Self::Decided(Judgement::Outcome(Outcome::Success)),
            Some(_) if is_rejection => Self::Decided(Judgement::InnerRejection),
            Some(error) => Self::Failed(FailedCall::new(error)),
        }
    }

    /// The rules if the call took too long: it is a failure unless `ignore_if` is true, because the
    /// dependency did not answer.
    #[cfg(feature = "tokio")]
    pub fn after(self, failed: Option<&'e E>, timed_out: &Option<TimedOut>) -> Self {
        match (timed_out, failed) {
            (None, _) => self,
            (Some(late), None) => Self::Decided(late.outcome().into()),
            (Some(late), Some(error)) => {
                let reason = Some(late.reason());
                Self::Failed(FailedCall {
                    is_certain: true,
                    timed_out: true,
                    reason,
                    ..FailedCall::new(error)
                })
            }
        }
    }

    /// Ignores an error for which `ignore_if` is true.
    pub fn ignore_if(self, ignore_if: impl FnOnce(&E) -> bool) -> Self {
        match self {
            Self::Failed(call) if ignore_if(call.error) => Self::Decided(Outcome::Ignore.into()),
            Self::Failed(_) | Self::Decided(_) => self,
        }
    }

    /// Opens the circuit at once after an error for which `trip_if` is true.
    pub fn trip_if(self, trip_if: impl FnOnce(&E) -> bool) -> Self {
        match self {
            Self::Failed(call) if trip_if(call.error) => {
                Self::Failed(FailedCall { is_certain: true, trips: true, ..call })
            }
            Self::Failed(_) | Self::Decided(_) => self,
        }
    }

    /// Takes an error for which `failure_if` is false as a success: the dependency answered.
    pub fn failure_if(self, failure_if: impl FnOnce(&E) -> bool) -> Self {
        match self {
            Self::Failed(call) if !call.is_certain && !failure_if(call.error) => {
                Self::Decided(Outcome::Success.into())
            }
            Self::Failed(_) | Self::Decided(_) => self,
        }
    }

    /// Adds the hint that `retry_after` returns.
    pub fn retry_after(self, retry_after: impl FnOnce(&E) -> Option<Duration>) -> Self {
        self.with(|call| FailedCall { retry_after: retry_after(call.error), ..call })
    }

    /// Replaces the error's own text by the reason that `reason` returns.
    pub fn reason<T: ReasonAnswer>(self, reason: impl FnOnce(&'e E) -> T) -> Self {
        self.with(|call| {
            let reason = Reason::of(&reason(call.error)).with_type_of(call.error);
            FailedCall { reason: Some(reason), ..call }
        })
    }

    fn with(self, change: impl FnOnce(FailedCall<'e, E>) -> FailedCall<'e, E>) -> Self {
        match self {
            Self::Failed(call) => Self::Failed(change(call)),
            Self::Decided(_) => self,
        }
    }

    /// The judgement. If no option gives the reason of a failure, it is `default`.
    #[inline]
    pub fn judgement(self, default: impl FnOnce() -> Reason) -> Judgement {
        match self {
            Self::Failed(call) => call.outcome(default).into(),
            Self::Decided(judgement) => judgement,
        }
    }
}

impl<'e, E> FailedCall<'e, E> {
    const fn new(error: &'e E) -> Self {
        Self {
            error,
            is_certain: false,
            #[cfg(feature = "tokio")]
            timed_out: false,
            trips: false,
            retry_after: None,
            reason: None,
        }
    }

    fn outcome(self, default: impl FnOnce() -> Reason) -> Outcome {
        let reason = self.reason.unwrap_or_else(default);
        let outcome = if self.trips { Outcome::trip(reason) } else { Outcome::failure(reason) };
        #[cfg(feature = "tokio")]
        let outcome = if self.timed_out { outcome.timed_out() } else { outcome };
        match self.retry_after {
            Some(hint) => outcome.retry_after(hint),
            None => outcome,
        }
    }
}

/// What the option `reason` may return.
#[diagnostic::on_unimplemented(
    message = "`reason` returns a text, not `{Self}`",
    label = "does not implement `Display`",
    note = "return a string, or any type with `Display`"
)]
pub trait ReasonAnswer: Display {}

#[diagnostic::do_not_recommend]
impl<T: Display> ReasonAnswer for T {}
