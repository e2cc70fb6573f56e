//! The atomics and the lock: the standard library's, or loom's in a model.

use std::sync::{PoisonError, TryLockError};

#[cfg(not(brama_loom))]
use std::hint::spin_loop;
#[cfg(not(brama_loom))]
pub(crate) use std::sync::{
    Mutex, MutexGuard, OnceLock,
    atomic::{AtomicU64, Ordering, fence},
};

#[cfg(brama_loom)]
use loom::hint::spin_loop;
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

/// Locks, unless it turns out that there is no need: while another has the lock, or once it is ours.
///
/// `None` where there was none; the lock is not held then. It looks for a while before it waits: handing a
/// lock over costs more than what is done under ours (`cargo peers`, where calls fail on two threads).
/// `needless` may run under the lock, so it calls nobody's code.
pub(crate) fn lock_unless<T>(
    mutex: &Mutex<T>,
    needless: impl Fn() -> bool,
) -> Option<MutexGuard<'_, T>> {
    for _ in 0..LOOKS {
        if let Some(guard) = try_lock(mutex) {
            return Some(guard).filter(|_| !needless());
        }
        if needless() {
            return None;
        }
        spin_loop();
    }
    Some(lock(mutex)).filter(|_| !needless())
}

fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// As many as the standard library's lock makes before it sleeps.
const LOOKS: usize = if cfg!(brama_loom) { 1 } else { 100 };

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
