//! The future that the body of a decorated function makes.

use std::{future::Future, pin::Pin};

use super::marker::{Every, Never, Nothing};

/// Calls `body`, which makes the future.
///
/// The awaited type comes from the trait, so a wrong body is reported once and not again at the
/// `.await`.
#[inline]
pub fn make_future<R, F: IntoFutureOf<R, Marker>, Marker>(body: impl FnOnce() -> F) -> F::Itself {
    body().itself()
}

/// A future with the output `R`.
#[diagnostic::on_unimplemented(
    message = "the body of this function does not return a future of `{R}`",
    label = "the body returns `{Self}`",
    note = "end the body in an `async move {{ … }}` block that evaluates to a `{R}`, or make the \
            function an `async fn`"
)]
pub trait IntoFutureOf<R, Marker> {
    /// The future's own type.
    type Itself: Future<Output = R>;

    /// Returns the future.
    fn itself(self) -> Self::Itself;
}

impl<R, F: Future<Output = R>> IntoFutureOf<R, Every> for F {
    type Itself = Self;

    #[inline]
    fn itself(self) -> Self {
        self
    }
}

impl<R, F: Future<Output = R> + Never> IntoFutureOf<R, Nothing> for F {
    type Itself = Self;

    fn itself(self) -> Self {
        self
    }
}

/// A pinned box of a future: the type behind an alias that `future = true` declares to be one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pinned box of a future, as `future = true` requires",
    label = "not an alias of `Pin<Box<…>>` with a future inside",
    note = "for another future, write the return type `impl Future<Output = …>`; for no future, \
            remove `future = true`"
)]
pub trait PinnedBox: Sized {
    /// The future's output.
    type Output;

    /// The box, as a type that rustc knows to be one.
    type Itself;

    /// Calls the function's body, which makes the future.
    fn make_future(body: impl FnOnce() -> Self) -> Self::Itself;

    /// Converts the box into the declared return type.
    fn declared(future: Self::Itself) -> Self;
}

#[diagnostic::do_not_recommend]
impl<F: Future + ?Sized> PinnedBox for Pin<Box<F>> {
    type Output = F::Output;
    type Itself = Self;

    #[inline]
    fn make_future(body: impl FnOnce() -> Self) -> Self {
        body()
    }

    #[inline]
    fn declared(future: Self) -> Self {
        future
    }
}

/// Declares the future of an async body.
///
/// If the body moves an argument that is used after it, rustc suggests to clone the argument before
/// the statement of the body, which in generated code is nowhere. This statement stands in another
/// file than the argument, so rustc drops the suggestion.
#[doc(hidden)]
#[macro_export]
macro_rules! __brama_declare {
    ($body:ident = $($future:tt)*) => {
        let $body = $($future)*;
    };
}

#[doc(inline)]
pub use __brama_declare as declare;
