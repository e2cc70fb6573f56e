//! The atomics and the lock: the standard library's, or loom's in a model.

use std::sync::PoisonError;

#[cfg(not(brama_loom))]
pub(crate) use std::sync::{
    Mutex, MutexGuard, OnceLock,
    atomic::{AtomicU64, Ordering, fence},
};

#[cfg(brama_loom)]
pub(crate) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering, fence},
};

/// Locks. Under our locks nothing of the user's runs and our own code does not panic, so what a
/// poisoned one guards is whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The standard library's `OnceLock`, with an edge that loom can see.
#[cfg(brama_loom)]
#[derive(Default)]
pub(crate) struct OnceLock<T> {
    value: std::sync::OnceLock<T>,
    set: loom::sync::atomic::AtomicBool,
}

#[cfg(brama_loom)]
impl<T> OnceLock<T> {
    pub(crate) fn get(&self) -> Option<&T> {
        if self.set.load(Ordering::Acquire) { self.value.get() } else { None }
    }

    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        let value = self.value.get_or_init(make);
        self.set.store(true, Ordering::Release);
        value
    }
}
