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

/// A value of the user's whose last owner may be a thread that has nothing to do with it, such as
/// that of a call. A panic of its destructor is caught, also while that thread unwinds.
pub(crate) struct UserValue<T>(Option<T>);

impl<T> UserValue<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// Returns the value, which is there until it is dropped.
    pub(crate) const fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// Returns the value to be changed.
    pub(crate) const fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_mut()
    }
}

impl<T> Drop for UserValue<T> {
    fn drop(&mut self) {
        let value = self.0.take();
        let _ = catch_panic(|| drop(value));
    }
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

    #[test]
    fn a_value_that_panics_when_it_is_dropped_does_no_harm_while_a_thread_unwinds() {
        let unwinds = catch_panic(|| {
            let _value = UserValue::new(Bomb);
            resume_unwind(Box::new(()))
        });
        assert_eq!(unwinds, Err::<(), _>(Panicked));
    }
}
