//! Locks, monitors, cells that race to be set, and atomics; in a model, the types of loom.
//!
//! A panic does not poison a lock. Code that may panic never runs in the middle of a change, so the
//! data behind a lock is always consistent.

#[cfg(not(brama_loom))]
pub(crate) use std::sync::atomic::{AtomicU64, Ordering, fence};
#[cfg(not(brama_loom))]
use std::{hint::spin_loop, sync as waiting};
use std::{
    sync::{PoisonError, TryLockError},
    time::Duration,
};

#[cfg(brama_loom)]
pub(crate) use loom::sync::atomic::{AtomicU64, Ordering, fence};
#[cfg(brama_loom)]
use loom::{hint::spin_loop, sync as waiting};
#[cfg(not(brama_loom))]
pub(crate) use once_cell::race::{OnceBox, OnceRef};
#[cfg(not(brama_loom))]
pub(crate) use parking_lot::{Mutex, MutexGuard, RwLock};

#[cfg(brama_loom)]
pub(crate) use self::modelled::{Mutex, MutexGuard, OnceBox, OnceRef, RwLock};

/// A value behind a lock, and a way to wait until it changes.
///
/// It is built from the lock of the standard library. A thread that waits in `parking_lot` is an
/// entry of a table in the memory of the process. A forked child inherits the table, but not the
/// thread; once another thread uses its memory, the table is a ring, and the child hangs.
#[derive(Debug, Default)]
pub(crate) struct Monitor<T> {
    value: waiting::Mutex<T>,
    changed: waiting::Condvar,
}

pub(crate) type MonitorGuard<'a, T> = waiting::MutexGuard<'a, T>;

impl<T> Monitor<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: waiting::Mutex::new(value), changed: waiting::Condvar::new() }
    }

    pub(crate) fn lock(&self) -> MonitorGuard<'_, T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the value unless another thread holds it.
    pub(crate) fn try_lock(&self) -> Option<MonitorGuard<'_, T>> {
        match self.value.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Waits for a notification, or wakes up without a reason.
    pub(crate) fn wait<'a>(&self, guard: MonitorGuard<'a, T>) -> MonitorGuard<'a, T> {
        self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits as [`wait`](Self::wait) does, but at most for `longest`. In a model there is no time,
    /// so only a notification ends it.
    pub(crate) fn wait_for<'a>(
        &self,
        guard: MonitorGuard<'a, T>,
        longest: Duration,
    ) -> MonitorGuard<'a, T> {
        self.changed.wait_timeout(guard, longest).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits while `condition` holds, but at most for `longest`.
    #[cfg(not(brama_loom))]
    pub(crate) fn wait_while_for<'a>(
        &self,
        guard: MonitorGuard<'a, T>,
        condition: impl FnMut(&mut T) -> bool,
        longest: Duration,
    ) -> MonitorGuard<'a, T> {
        let waited = self.changed.wait_timeout_while(guard, longest, condition);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    #[cfg(brama_loom)]
    pub(crate) fn wait_while_for<'a>(
        &self,
        mut guard: MonitorGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
        _: Duration,
    ) -> MonitorGuard<'a, T> {
        while condition(&mut guard) {
            guard = self.wait(guard);
        }
        guard
    }

    pub(crate) fn notify_one(&self) {
        self.changed.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.changed.notify_all();
    }
}

/// Locks `mutex`, unless `needless` holds while another thread has the lock, or once this thread
/// has it.
///
/// Returns `None`, without the lock, if `needless` holds. The function spins for a while before it
/// blocks, because handing a lock over costs more than a step under it (see `cargo peers`, calls
/// that fail on two threads). `needless` may run under the lock, so it must not call user code.
#[inline]
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

    use std::ops::{Deref, DerefMut};

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
            MutexGuard(self.0.lock().unwrap())
        }

        pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            self.0.try_lock().ok().map(MutexGuard)
        }
    }

    pub(crate) struct MutexGuard<'a, T>(loom::sync::MutexGuard<'a, T>);

    impl<T> Deref for MutexGuard<'_, T> {
        type Target = T;

        fn deref(&self) -> &T {
            &self.0
        }
    }

    impl<T> DerefMut for MutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            &mut self.0
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
    pub(crate) struct OnceBox<T> {
        value: once_cell::race::OnceBox<T>,
        set: AtomicBool,
        making: Mutex<()>,
    }

    impl<T> Default for OnceBox<T> {
        fn default() -> Self {
            Self {
                value: once_cell::race::OnceBox::new(),
                set: AtomicBool::new(false),
                making: Mutex::default(),
            }
        }
    }

    impl<T> OnceBox<T> {
        pub(crate) fn get(&self) -> Option<&T> {
            if self.set.load(Ordering::Acquire) { self.value.get() } else { None }
        }

        pub(crate) fn get_or_init(&self, make: impl FnOnce() -> Box<T>) -> &T {
            // Who finds the value made has seen what its maker did.
            let _making = self.making.lock();
            let value = self.value.get_or_init(make);
            self.set.store(true, Ordering::Release);
            value
        }
    }

    /// `OnceRef` of `once_cell`, with an edge that loom can see.
    pub(crate) struct OnceRef<'a, T> {
        value: once_cell::race::OnceRef<'a, T>,
        set: AtomicBool,
        making: Mutex<()>,
    }

    impl<T> Default for OnceRef<'_, T> {
        fn default() -> Self {
            Self::new()
        }
    }

    impl<'a, T> OnceRef<'a, T> {
        pub(crate) fn new() -> Self {
            Self {
                value: once_cell::race::OnceRef::new(),
                set: AtomicBool::new(false),
                making: Mutex::default(),
            }
        }

        pub(crate) fn get(&self) -> Option<&'a T> {
            if self.set.load(Ordering::Acquire) { self.value.get() } else { None }
        }

        pub(crate) fn get_or_init(&self, make: impl FnOnce() -> &'a T) -> &'a T {
            // Who finds the value made has seen what its maker did.
            let _making = self.making.lock();
            let value = self.value.get_or_init(make);
            self.set.store(true, Ordering::Release);
            value
        }
    }
}
