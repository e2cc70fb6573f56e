//! The future that a decorated function returns, on its way to being protected.

use std::{future::Future, pin::Pin};

/// The future that `body` makes.
///
/// What waits for it is typed by the trait, and not by what the body gives: where that is wrong,
/// rustc knows no type to complain of a second time.
#[inline]
pub fn made<R, F: Answering<R, Sort>, Sort>(body: impl FnOnce() -> F) -> F::Itself {
    body().itself()
}

/// A future that answers an `R`.
#[diagnostic::on_unimplemented(
    message = "the body of this function gives no future of `{R}`",
    label = "the body gives `{Self}`",
    note = "write the body as `async move {{ … }}` with a `{R}` at its end, or the function as an \
            `async fn`"
)]
pub trait Answering<R, Sort> {
    /// The future.
    type Itself: Future<Output = R>;

    /// The future.
    fn itself(self) -> Self::Itself;
}

/// The sort of every future.
#[derive(Debug)]
pub struct Real;

impl<R, F: Future<Output = R>> Answering<R, Real> for F {
    type Itself = Self;

    #[inline]
    fn itself(self) -> Self {
        self
    }
}

/// The sort of no type at all.
///
/// Where an implementation for all types is the only one, rustc takes it to apply and goes on to
/// complain of the future; where there are two, it looks first.
#[derive(Debug)]
pub struct Unreal;

impl<R, F: Future<Output = R> + Never> Answering<R, Unreal> for F {
    type Itself = Self;

    fn itself(self) -> Self {
        self
    }
}

/// Implemented for nothing.
pub trait Never {}

/// A pinned box of a future: what a name stands for that `future = true` speaks of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pinned box of a future",
    label = "`future = true` is for a name that stands for one",
    note = "if it is another future, return `impl Future<Output = …>`; if it is none, remove \
            `future = true`"
)]
pub trait PinnedBox: Sized {
    /// What the future answers.
    type Output;

    /// The box, of which rustc knows that it is one.
    type Itself;

    /// The future that the function's body makes.
    fn made(body: impl FnOnce() -> Self) -> Self::Itself;

    /// What the function returns.
    fn declared(future: Self::Itself) -> Self;
}

#[diagnostic::do_not_recommend]
impl<F: Future + ?Sized> PinnedBox for Pin<Box<F>> {
    type Output = F::Output;
    type Itself = Self;

    #[inline]
    fn made(body: impl FnOnce() -> Self) -> Self {
        body()
    }

    #[inline]
    fn declared(future: Self) -> Self {
        future
    }
}
