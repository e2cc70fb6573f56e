//! Locks, condition variables, cells that race to be set, and atomics; in a model, the types of
//! loom.
//!
//! A panic does not poison a lock. Code that may panic never runs in the middle of a change, so the
//! data behind a lock is always consistent.

#[cfg(not(brama_loom))]
use std::hint::spin_loop;
#[cfg(not(brama_loom))]
pub(crate) use std::sync::atomic::{AtomicU64, Ordering, fence};

#[cfg(brama_loom)]
use loom::hint::spin_loop;
#[cfg(brama_loom)]
pub(crate) use loom::sync::atomic::{AtomicU64, Ordering, fence};
#[cfg(not(brama_loom))]
pub(crate) use once_cell::race::{OnceBox, OnceRef};
#[cfg(not(brama_loom))]
pub(crate) use parking_lot::{Condvar, Mutex, MutexGuard, RwLock};

#[cfg(brama_loom)]
pub(crate) use self::modelled::{Condvar, Mutex, MutexGuard, OnceBox, OnceRef, RwLock};

/// Locks `mutex`, unless `needless` holds while another thread has the lock, or once this thread
/// has it.
///
/// Returns `None`, without the lock, if `needless` holds. The function spins for a while before it
/// blocks, because handing a lock over costs more than a step under it (see `cargo peers`, calls
/// that fail on two threads). `needless` may run under the lock, so it must not call user code.
pub(crate) fn lock_unless<T>(
    mutex: &Mutex<T>,
    needless: impl Fn() -> bool,
) -> Option<MutexGuard<'_, T>> {
    for _ in 0..SPINS {
        if let Some(guard) = mutex.try_lock() {
            return Some(guard).filter(|_| !needless());
        }
        if needless() {
            return None;
        }
        spin_loop();
    }
    Some(mutex.lock()).filter(|_| !needless())
}

/// How often the function checks before it blocks: longer than a step takes, shorter than a thread
/// takes to go to sleep and wake up.
const SPINS: usize = if cfg!(brama_loom) { 1 } else { 100 };

/// Loom's types, with the methods of the types that they replace.
#[cfg(brama_loom)]
mod modelled {
    #![expect(clippy::unwrap_used, reason = "loom ends a model at the first panic")]

    use std::{
        ops::{Deref, DerefMut},
        time::Duration,
    };

    use loom::sync::{
        RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, Ordering},
    };

    #[derive(Debug, Default)]
    pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            MutexGuard(Some(self.0.lock().unwrap()))
        }

        pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            self.0.try_lock().ok().map(|guard| MutexGuard(Some(guard)))
        }
    }

    /// Empty only inside [`Condvar::wait`].
    pub(crate) struct MutexGuard<'a, T>(Option<loom::sync::MutexGuard<'a, T>>);

    impl<T> Deref for MutexGuard<'_, T> {
        type Target = T;

        fn deref(&self) -> &T {
            self.0.as_ref().unwrap()
        }
    }

    impl<T> DerefMut for MutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            self.0.as_mut().unwrap()
        }
    }

    /// Loom has no time, so a wait with a limit ends only by a notification.
    #[derive(Debug, Default)]
    pub(crate) struct Condvar(loom::sync::Condvar);

    impl Condvar {
        pub(crate) fn new() -> Self {
            Self::default()
        }

        pub(crate) fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
            guard.0 = guard.0.take().map(|held| self.0.wait(held).unwrap());
        }

        pub(crate) fn wait_for<T>(&self, guard: &mut MutexGuard<'_, T>, _: Duration) {
            self.wait(guard);
        }

        pub(crate) fn wait_while<T>(
            &self,
            guard: &mut MutexGuard<'_, T>,
            mut condition: impl FnMut(&mut T) -> bool,
        ) {
            while condition(guard) {
                self.wait(guard);
            }
        }

        pub(crate) fn wait_while_for<T>(
            &self,
            guard: &mut MutexGuard<'_, T>,
            condition: impl FnMut(&mut T) -> bool,
            _: Duration,
        ) {
            self.wait_while(guard, condition);
        }

        pub(crate) fn notify_one(&self) {
            self.0.notify_one();
        }

        pub(crate) fn notify_all(&self) {
            self.0.notify_all();
        }
    }

    #[derive(Debug, Default)]
    pub(crate) struct RwLock<T>(loom::sync::RwLock<T>);

    impl<T> RwLock<T> {
        pub(crate) fn read(&self) -> RwLockReadGuard<'_, T> {
            self.0.read().unwrap()
        }

        pub(crate) fn write(&self) -> RwLockWriteGuard<'_, T> {
            self.0.write().unwrap()
        }

        pub(crate) fn get_mut(&mut self) -> &mut T {
            self.0.get_mut().unwrap()
        }
    }

    /// `OnceBox` of `once_cell`, with an edge that loom can see.
    #[derive(Default)]
    pub(crate) struct OnceBox<T> {
        value: once_cell::race::OnceBox<T>,
        set: AtomicBool,
    }

    impl<T> OnceBox<T> {
        pub(crate) fn get(&self) -> Option<&T> {
            if self.set.load(Ordering::Acquire) { self.value.get() } else { None }
        }

        pub(crate) fn get_or_init(&self, make: impl FnOnce() -> Box<T>) -> &T {
            let value = self.value.get_or_init(make);
            self.set.store(true, Ordering::Release);
            value
        }
    }

    /// `OnceRef` of `once_cell`, with an edge that loom can see.
    pub(crate) struct OnceRef<'a, T> {
        value: once_cell::race::OnceRef<'a, T>,
        set: AtomicBool,
    }

    impl<'a, T> OnceRef<'a, T> {
        pub(crate) fn new() -> Self {
            Self { value: once_cell::race::OnceRef::new(), set: AtomicBool::new(false) }
        }

        pub(crate) fn get(&self) -> Option<&'a T> {
            if self.set.load(Ordering::Acquire) { self.value.get() } else { None }
        }

        pub(crate) fn get_or_init(&self, make: impl FnOnce() -> &'a T) -> &'a T {
            let value = self.value.get_or_init(make);
            self.set.store(true, Ordering::Release);
            value
        }
    }
}
