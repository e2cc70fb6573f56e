//! The judgement on a call whose attribute defines what counts as a failure.

use crate::outcome::Outcome;

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

impl HandlerAnswer for Outcome {
    #[inline]
    fn into_outcome(self) -> Outcome {
        self
    }
}

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
#[must_use = "the rules end in an outcome"]
pub enum ErrorRules<'e, E> {
    /// No rule has decided on the error yet.
    Undecided(&'e E),
    /// The outcome is known.
    Decided(Outcome),
}

impl<'e, E> ErrorRules<'e, E> {
    /// The rules for a call. No error is a success. The rejection of another breaker is ignored,
    /// whatever the options would decide.
    #[inline]
    pub const fn new(failed: Option<&'e E>, is_rejection: bool) -> Self {
        match failed {
            None => Self::Decided(Outcome::Success),
            Some(_) if is_rejection => Self::Decided(Outcome::Ignore),
            Some(error) => Self::Undecided(error),
        }
    }

    /// Ignores an error for which `ignore_if` is true.
    pub fn ignore_if(self, ignore_if: impl FnOnce(&E) -> bool) -> Self {
        match self {
            Self::Undecided(error) if ignore_if(error) => Self::Decided(Outcome::Ignore),
            Self::Undecided(_) | Self::Decided(_) => self,
        }
    }

    /// Takes an error for which `failure_if` is false as a success: the dependency answered.
    pub fn failure_if(self, failure_if: impl FnOnce(&E) -> bool) -> Self {
        match self {
            Self::Undecided(error) if !failure_if(error) => Self::Decided(Outcome::Success),
            Self::Undecided(_) | Self::Decided(_) => self,
        }
    }

    /// The outcome: `verdict`, if no rule has decided.
    #[inline]
    pub fn or_else(self, verdict: impl FnOnce() -> Outcome) -> Outcome {
        match self {
            Self::Undecided(_) => verdict(),
            Self::Decided(outcome) => outcome,
        }
    }
}
