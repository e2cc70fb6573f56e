//! A panic of the user's code, catch_panic where we call it.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// The user's code panicked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

/// What `run` answers.
///
/// What was thrown is the user's too and may panic when it is dropped: what that throws is kept for
/// ever, lest there be no end.
pub(crate) fn catch_panic<R>(run: impl FnOnce() -> R) -> Result<R, Panicked> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|thrown| {
        if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(thrown))) {
            mem::forget(again);
        }
        Panicked
    })
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;

    use super::*;

    /// Throws another like it when it is dropped.
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
