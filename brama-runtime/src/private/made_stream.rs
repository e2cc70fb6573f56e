//! The stream that the body of a decorated function makes.

use std::pin::Pin;

use futures_core::Stream;

use super::marker::{Every, Never, Nothing};

/// Calls `body`, which makes the stream.
///
/// The type of the items comes from the trait, so a wrong body is reported once.
#[inline]
pub fn make_stream<T, B: IntoStreamOf<T, Marker>, Marker>(body: impl FnOnce() -> B) -> B::Itself {
    body().itself()
}

/// A stream of items `T`.
#[diagnostic::on_unimplemented(
    message = "the body of this function does not return a stream of `{T}`",
    label = "the body returns `{Self}`",
    note = "the option `stream` protects a stream that the function returns; end the body in a \
            stream whose items are `{T}`, or remove `stream`"
)]
pub trait IntoStreamOf<T, Marker> {
    /// The stream's own type.
    type Itself: Stream<Item = T>;

    /// Returns the stream.
    fn itself(self) -> Self::Itself;
}

impl<T, B: Stream<Item = T>> IntoStreamOf<T, Every> for B {
    type Itself = Self;

    #[inline]
    fn itself(self) -> Self {
        self
    }
}

impl<T, B: Stream<Item = T> + Never> IntoStreamOf<T, Nothing> for B {
    type Itself = Self;

    fn itself(self) -> Self {
        self
    }
}

/// A pinned box of a stream: the type behind an alias that `stream` declares to be one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pinned box of a stream, as `stream` requires",
    label = "not an alias of `Pin<Box<…>>` with a stream inside",
    note = "for another stream, write the return type `impl Stream<Item = …>`; for no stream, \
            remove `stream`"
)]
pub trait PinnedBoxOfStream: Sized {
    /// The stream's items.
    type Item;

    /// The box, as a type that rustc knows to be one.
    type Itself;

    /// Calls the function's body, which makes the stream.
    fn make_stream(body: impl FnOnce() -> Self) -> Self::Itself;

    /// Converts the box into the declared return type.
    fn declared(stream: Self::Itself) -> Self;
}

#[diagnostic::do_not_recommend]
impl<B: Stream + ?Sized> PinnedBoxOfStream for Pin<Box<B>> {
    type Item = B::Item;
    type Itself = Self;

    #[inline]
    fn make_stream(body: impl FnOnce() -> Self) -> Self {
        body()
    }

    #[inline]
    fn declared(stream: Self) -> Self {
        stream
    }
}
