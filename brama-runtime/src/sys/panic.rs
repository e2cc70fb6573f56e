//! Catching the panics of user code.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// User code panicked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Runs user code. Returns its value, or [`Panicked`] if it panics.
///
/// The payload of the panic is user code too and may panic when it is dropped. The payload of that
/// second panic is leaked; dropping it could panic again without end.
pub(crate) fn catch_panic<R>(run: impl FnOnce() -> R) -> Result<R, Panicked> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| {
        if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            mem::forget(second);
        }
        Panicked
    })
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;

    use super::*;

    /// Panics with a new bomb when it is dropped.
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            resume_unwind(Box::new(Self));
        }
    }

    #[test]
    fn what_is_thrown_does_no_harm_when_it_is_dropped() {
        assert_eq!(catch_panic(|| resume_unwind(Box::new(Bomb))), Err::<(), _>(Panicked));
    }
}
