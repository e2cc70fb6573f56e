//! The future that a decorated function returns, before it is protected.

use std::future::Future;

/// The future that `body` makes.
///
/// A function whose bound names the answer: a future of another one is refused where the type
/// stands, in the words that rustc has for it.
#[inline]
pub fn made<R, F: Future<Output = R>>(body: impl FnOnce() -> F) -> F {
    body()
}
