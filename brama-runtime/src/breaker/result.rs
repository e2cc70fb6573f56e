//! The outcome of a `Result`, for a call without a handler.

use std::{borrow::Cow, error::Error, fmt::Display, ops::DerefMut, sync::Arc};

use super::circuit_open::CircuitOpen;
use crate::{
    circuit::Reason,
    outcome::{Judgement, Outcome},
};

/// Judges a `Result`, as [`Breaker::call`](super::Breaker::call) and a decorated function without
/// options do.
///
/// `Ok` is a success. `Err` is a failure whose reason is the text of the error and of its sources
/// ([`Reason::of_error`]), or ignored if the error is the rejection of another breaker or has one
/// as a source.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Outcome, Registry, outcome};
///
/// let breaker = Registry::new().breaker("payment_api");
/// let judge = |answer: &Result<u32, _>| match answer {
///     Ok(0) => Outcome::failure("no amount"),
///     other => outcome::of(other),
/// };
/// let answer = breaker.call_with(judge, || "17".parse::<u32>());
/// assert_eq!(answer, Ok(Ok(17)));
/// assert_eq!(outcome::of(&"x".parse::<u32>()), Outcome::failure("invalid digit found in string"));
/// ```
#[inline]
#[must_use]
pub fn of<T, E: FailureReason<Kind>, Kind>(result: &Result<T, E>) -> Outcome {
    judged(result).into()
}

/// Judges the error of a call, as [`of`] does.
#[must_use]
pub fn of_error<E: FailureReason<Kind>, Kind>(error: &E) -> Outcome {
    error.judge().into()
}

/// Like [`of`], but tells the rejection of another breaker from other ignored errors.
#[inline]
pub(super) fn judged<T, E: FailureReason<Kind>, Kind>(result: &Result<T, E>) -> Judgement {
    match result {
        Ok(_) => Outcome::Success.into(),
        Err(error) => error.judge(),
    }
}

/// An error from which the reason of a failure can be read.
///
/// It is implemented for every type with `Error`, for a box around a `dyn Error`, `anyhow::Error`,
/// `eyre::Report` and similar types, for texts, numbers, `bool` and `char`, and for `()`, whose
/// reason is "no reason given". The parameter `Kind` distinguishes these types and is always
/// inferred. A generic function over `E: Error` needs no further bound to use [`of`].
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Breaker, CallError};
///
/// fn twice<E: std::error::Error>(
///     breaker: &Breaker,
///     body: impl Fn() -> Result<u32, E>,
/// ) -> Result<u32, CallError<E>> {
///     breaker.call(&body).or_else(|_| breaker.call(&body))
/// }
/// # let breaker = brama::Registry::new().breaker("payment_api");
/// # assert_eq!(twice(&breaker, || "17".parse::<u32>()), Ok(17));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no text that could be the reason of a failure",
    label = "does not implement `std::error::Error`",
    note = "implement `std::error::Error` for it, or map it to a text: \
            `.map_err(|error| format!(\"{{error:?}}\"))`",
    note = "or judge the answer yourself, with `call_with` or `call_async_with`"
)]
pub trait FailureReason<Kind>: Sealed<Kind> {
    /// Judges a call that failed with this error.
    #[doc(hidden)]
    fn judge(&self) -> Judgement;
}

/// Keeps the trait out of reach, so that it can grow.
pub trait Sealed<Kind> {}

/// The kind of every type with `Error`.
#[derive(Debug, Clone, Copy)]
pub struct OfError;

/// The kind of every box around an error.
#[derive(Debug, Clone, Copy)]
pub struct OfBox;

/// The kind of other types with `Display`.
#[derive(Debug, Clone, Copy)]
pub struct OfText;

/// The kind of `()`.
#[derive(Debug, Clone, Copy)]
pub struct OfUnit;

#[diagnostic::do_not_recommend]
impl<E: Error> FailureReason<OfError> for E {
    #[cold]
    fn judge(&self) -> Judgement {
        judge_error(self)
    }
}

impl<E: Error> Sealed<OfError> for E {}

/// A mutable smart pointer to an error, such as a box. `Arc` implements `Error` itself.
#[diagnostic::do_not_recommend]
impl<E: Display + DerefMut + AsRef<dyn Error + Send + Sync>> FailureReason<OfBox> for E {
    #[cold]
    fn judge(&self) -> Judgement {
        judge_box(self, self.as_ref())
    }
}

impl<E: Display + DerefMut + AsRef<dyn Error + Send + Sync>> Sealed<OfBox> for E {}

macro_rules! boxes {
    ($($error:ty),*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl FailureReason<OfText> for $error {
                #[cold]
                fn judge(&self) -> Judgement {
                    judge_error(&**self)
                }
            }

            impl Sealed<OfText> for $error {}
        )*
    };
}

boxes!(Box<dyn Error + '_>, Box<dyn Error + Send + '_>);

macro_rules! texts {
    ($($text:ty),*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl FailureReason<OfText> for $text {
                #[cold]
                fn judge(&self) -> Judgement {
                    Outcome::failure(Reason::of(self)).into()
                }
            }

            impl Sealed<OfText> for $text {}
        )*
    };
}

texts!(String, &str, Cow<'_, str>, Box<str>, Arc<str>);
texts!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64, bool, char);

#[diagnostic::do_not_recommend]
impl FailureReason<OfUnit> for () {
    #[cold]
    fn judge(&self) -> Judgement {
        Outcome::failure(()).into()
    }
}

impl Sealed<OfUnit> for () {}

/// Whether the sources of an error contain a rejection.
///
/// The error itself is not tested, so it may borrow: every rejection has a source that identifies
/// it.
pub(crate) fn has_rejection_as_source(error: &(impl Error + ?Sized)) -> bool {
    error.source().and_then(CircuitOpen::find_in).is_some()
}

fn judge_error(error: &(impl Error + ?Sized)) -> Judgement {
    if has_rejection_as_source(error) {
        return Judgement::InnerRejection;
    }
    Outcome::failure(Reason::of_error(error).with_type_of(error)).into()
}

/// Judges a box, which may add a text of its own to that of its error.
fn judge_box(text: &(impl Display + ?Sized), error: &(dyn Error + '_)) -> Judgement {
    if has_rejection_as_source(error) {
        return Judgement::InnerRejection;
    }
    Outcome::failure(Reason::of_box(text, error).with_type_of(text)).into()
}
