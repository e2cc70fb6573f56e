//! Workers: each has a thread of its own, and starts it again in a forked child.
//!
//! A fork copies the memory of a process, but only the thread that forks. In the child, the workers
//! and their work exist, and their threads do not. So each worker notes which process has started
//! its thread, and [`restart_left_behind`] starts those threads again. It is called after an event
//! of a breaker, at a sweep, and when a user queries whether a worker runs. It is never called on
//! the path of a call that causes no event, because reading the process number is a system call.
//!
//! A lock that another thread held at the fork is never released in the child. A restart does not
//! wait for the lock of a worker, so that it does not hang there.

use std::{
    io, process,
    sync::{
        Arc, Weak,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use once_cell::sync::Lazy;

use super::{panic::catch_panic, sync::Mutex};

/// Something with a thread of its own.
pub(crate) trait Worker: Send + Sync {
    /// Starts the thread again if a fork left it behind and there is work for it.
    ///
    /// # Errors
    ///
    /// The error of the system, or [`lock_is_held`] if the worker's lock is held. The restart is
    /// then repeated.
    fn restart(self: Arc<Self>) -> io::Result<()>;
}

/// The error of a restart that finds the worker's lock held.
pub(crate) fn lock_is_held() -> io::Error {
    io::ErrorKind::WouldBlock.into()
}

/// A process, by its number. A child in a new namespace of numbers may have the number of its
/// parent; such a fork is not noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process(u32);

impl Process {
    /// WebAssembly has neither forks nor numbers of processes, and std panics there.
    pub(crate) fn current() -> Self {
        Self(if cfg!(target_family = "wasm") { 1 } else { process::id() })
    }
}

/// The current process.
impl Default for Process {
    fn default() -> Self {
        Self::current()
    }
}

/// The thread of a worker, which exists only in the process that started it.
#[derive(Debug, Default)]
pub(crate) struct OwnThread {
    process: Option<Process>,
}

impl OwnThread {
    /// Whether this process has started the thread.
    pub(crate) fn exists(&self) -> bool {
        self.process == Some(Process::current())
    }

    /// Starts the thread, unless this process has done so.
    ///
    /// # Errors
    ///
    /// Returns the error of the system if it cannot start the thread.
    pub(crate) fn start(
        &mut self,
        name: &str,
        body: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        if !self.exists() {
            spawn(name, body)?;
            self.process = Some(Process::current());
        }
        Ok(())
    }
}

/// Starts a thread.
///
/// # Errors
///
/// Returns the error of the system if it cannot start the thread.
pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(body).map(drop)
}

/// The workers of the program.
static WORKERS: Workers = Workers::new();

/// Adds a worker to those that are restarted in a forked child.
pub(crate) fn register_worker(worker: &Arc<impl Worker + 'static>) {
    WORKERS.add(Arc::downgrade(worker) as _, Process::current());
}

/// Starts the threads that a fork has left behind. The caller must hold no lock, because a restart
/// may read a custom clock.
pub(crate) fn restart_left_behind() {
    if WORKERS.exist() {
        WORKERS.restart_in(Process::current());
    }
}

struct Workers {
    /// The process in which all threads were started; 0 before the first worker.
    process: AtomicU32,
    /// It is lazy because loom's locks cannot be created in constants.
    workers: Lazy<Mutex<Vec<Weak<dyn Worker>>>>,
}

impl Workers {
    const fn new() -> Self {
        Self { process: AtomicU32::new(0), workers: Lazy::new(Mutex::default) }
    }

    fn exist(&self) -> bool {
        self.process.load(Ordering::Relaxed) != 0
    }

    fn add(&self, worker: Weak<dyn Worker>, Process(process): Process) {
        let _ = self.process.compare_exchange(0, process, Ordering::Relaxed, Ordering::Relaxed);
        let mut workers = self.workers.lock();
        if workers.len() == workers.capacity() {
            workers.retain(|worker| 0 < worker.strong_count());
        }
        workers.push(worker);
    }

    /// Restarts the workers if `process` is another one than before. If a restart fails, the next
    /// call repeats it.
    fn restart_in(&self, Process(process): Process) {
        let before = self.process.load(Ordering::Relaxed);
        if before == process {
            return;
        }
        // A restart may lead back here. The exchange lets one thread in, once.
        let entered =
            self.process.compare_exchange(before, process, Ordering::Relaxed, Ordering::Relaxed);
        if entered.is_ok() && !self.restart_all() {
            self.process.store(before, Ordering::Relaxed);
        }
    }

    /// Restarts every worker. Returns whether each of them has the thread that it needs.
    fn restart_all(&self) -> bool {
        let Some(workers) = self.workers.try_lock().map(|workers| workers.clone()) else {
            return false;
        };
        let workers = workers.iter().filter_map(Weak::upgrade);
        let failed = workers.map(|worker| catch_panic(|| worker.restart()));
        failed.filter(|restarted| matches!(restarted, Ok(Err(_)))).count() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its first restarts fail.
    #[derive(Default)]
    struct Struggling {
        failing: AtomicU32,
        restarts: AtomicU32,
    }

    impl Worker for Struggling {
        fn restart(self: Arc<Self>) -> io::Result<()> {
            self.restarts.fetch_add(1, Ordering::Relaxed);
            let fewer = |failing: u32| failing.checked_sub(1);
            match self.failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer) {
                Ok(_) => Err(lock_is_held()),
                Err(_) => Ok(()),
            }
        }
    }

    /// Workers of process 1, of which the second fails twice.
    fn workers() -> (Workers, [Arc<Struggling>; 2]) {
        let (workers, each) = (Workers::new(), [Arc::default(), Arc::<Struggling>::default()]);
        each[1].failing.store(2, Ordering::Relaxed);
        for worker in &each {
            let worker = Arc::downgrade(worker);
            workers.add(worker, Process(1));
        }
        (workers, each)
    }

    #[test]
    fn a_restart_is_repeated_until_every_worker_has_its_thread() {
        let (workers, each) = workers();
        let restarts = |process| {
            workers.restart_in(Process(process));
            each.each_ref().map(|worker| worker.restarts.load(Ordering::Relaxed))
        };
        assert_eq!(
            [1, 2, 2, 2, 2, 1].map(restarts),
            [[0; 2], [1; 2], [2; 2], [3; 2], [3; 2], [4; 2]]
        );
    }

    #[test]
    fn a_worker_that_has_ended_takes_no_room() {
        let (workers, [kept, _]) = workers();
        for _ in 0..1_000 {
            workers.add(Arc::downgrade(&Arc::<Struggling>::default()) as _, Process(1));
        }
        workers.restart_in(Process(2));
        assert_eq!(kept.restarts.load(Ordering::Relaxed), 1);
        assert!(workers.workers.lock().len() < 10);
    }
}
