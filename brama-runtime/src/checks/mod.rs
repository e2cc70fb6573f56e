//! Health checks of the user's own: when they run, where, and whom they tell.
//!
//! Nothing here waits for time: the registry's clock wakes a [`poll`](Checks::poll), on its own thread
//! or on the one that moves it. That sends closures to the checks thread and futures to their runtime,
//! and tells the breakers of those that took too long.
//!
//! A closure cannot be stopped. One that hangs keeps the thread that runs it until it returns, and
//! another thread takes the place for the others; since a check runs once at a time, each one that
//! hangs costs one thread at most.

mod answer;
#[cfg(feature = "tokio")]
mod future;
mod plan;
mod schedule;

use std::{
    fmt, io,
    sync::{Arc, Weak},
    task::{Wake, Waker},
    thread,
};

#[cfg(feature = "tokio")]
use self::future::Maker;
pub use self::schedule::CheckSchedule;
use self::{
    answer::{Answer, answer, overdue, run_check, tell},
    plan::{Closure, Kind, Plan, Run},
};
use crate::{
    breaker::Slot,
    error::AddCheckError,
    sys::{
        panic::catch_panic,
        sync::{Condvar, Mutex},
    },
    time::clock::Time,
};

/// Keeps a health check running until it is dropped.
///
/// Dropped, the handle returns at once: a run in progress is no longer heard, and one that is a future
/// is dropped by its runtime. The check ends too when its registry goes.
#[must_use = "dropping the handle ends the check"]
pub struct HealthCheck {
    checks: Weak<Checks>,
    number: u64,
}

impl Drop for HealthCheck {
    fn drop(&mut self) {
        let Some(checks) = self.checks.upgrade() else { return };
        let removed = checks.plan.lock().remove(self.number);
        // The thread may have nothing left to do.
        checks.work.notify_all();
        if let Some(entry) = removed {
            entry.stop();
        }
    }
}

impl fmt::Debug for HealthCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthCheck").field("number", &self.number).finish_non_exhaustive()
    }
}

/// The checks of a registry.
pub(crate) struct Checks {
    time: Time,
    plan: Mutex<Plan>,
    /// For the thread: there is a closure to run, or an end.
    work: Condvar,
}

impl Checks {
    pub(crate) fn new(time: Time) -> Arc<Self> {
        Arc::new(Self { time, plan: Mutex::default(), work: Condvar::new() })
    }

    /// Adds a closure.
    pub(crate) fn add<T, E: fmt::Display>(
        self: &Arc<Self>,
        slot: Arc<Slot>,
        schedule: CheckSchedule,
        mut check: impl FnMut() -> Result<T, E> + Send + 'static,
    ) -> Result<HealthCheck, AddCheckError> {
        let closure: Closure = Box::new(move || answer(check()));
        let check = self.enter(slot, schedule, Kind::Closure(Some(closure)));
        self.start_thread().map_err(AddCheckError::NoThread)?;
        Ok(check)
    }

    /// Adds a future, on the runtime of the caller.
    #[cfg(feature = "tokio")]
    pub(crate) fn add_future<T, E, F>(
        self: &Arc<Self>,
        slot: Arc<Slot>,
        schedule: CheckSchedule,
        check: impl Fn() -> F + Send + Sync + 'static,
    ) -> Result<HealthCheck, AddCheckError>
    where
        E: fmt::Display,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let maker = Maker::here(check).ok_or(AddCheckError::NoRuntime)?;
        Ok(self.enter(slot, schedule, Kind::Future(maker)))
    }

    fn enter(
        self: &Arc<Self>,
        slot: Arc<Slot>,
        schedule: CheckSchedule,
        kind: Kind,
    ) -> HealthCheck {
        let now = self.time.now();
        let number = self.plan.lock().add(slot, schedule, kind, now);
        let check = HealthCheck { checks: Arc::downgrade(self), number };
        self.poll();
        check
    }

    /// Ends all of them: the registry goes.
    pub(crate) fn close(&self) {
        let entries = self.plan.lock().close();
        self.work.notify_all();
        entries.values().for_each(plan::Entry::stop);
    }

    /// Moves on whatever time moves on, and arranges the next poll.
    fn poll(self: &Arc<Self>) {
        let now = self.time.now();
        let waker = Waker::from(Arc::new(NextTurn(Arc::downgrade(self))));
        let poll = self.plan.lock().poll(now, waker);
        self.work.notify_all();
        for (slot, schedule) in poll.overdue {
            tell(&slot, overdue(schedule.longest()));
        }
        #[cfg(feature = "tokio")]
        {
            poll.aborted.iter().for_each(Maker::abort);
            poll.futures.iter().for_each(|(number, maker)| maker.spawn(self, *number));
        }
        if self.plan.lock().needs_worker() {
            // Where there is no thread, they wait for the next poll.
            let _ = self.start_thread();
        }
        if let Some(alarm) = poll.unwanted {
            self.time.forget_wake(alarm.at, &alarm.waker);
        }
        if let Some(alarm) = poll.alarm {
            self.time.wake_at(alarm.at, &alarm.waker);
        }
    }

    /// Starts a thread for closures, where there is none.
    fn start_thread(self: &Arc<Self>) -> io::Result<()> {
        let Some(number) = self.plan.lock().claim_worker() else { return Ok(()) };
        let this = Arc::clone(self);
        let thread = thread::Builder::new().name("brama-checks".to_owned());
        let started = thread.spawn(move || this.run_closures(number));
        if started.is_err() {
            self.plan.lock().thread.take_if(|thread| *thread == number);
        }
        started.map(drop)
    }

    /// The life of a thread. Whatever of the user's panics outside a check, his clock or a value that
    /// is dropped, costs that step and not the thread.
    fn run_closures(self: Arc<Self>, thread: u64) {
        while let Some(run) = self.next_run(thread) {
            let _ = catch_panic(|| self.run(run));
        }
    }

    fn next_run(&self, thread: u64) -> Option<Run> {
        let mut plan = self.plan.lock();
        while plan.is_worker(thread) {
            match plan.take() {
                Some(run) => return Some(run),
                None => self.work.wait(&mut plan),
            }
        }
        None
    }

    fn run(self: &Arc<Self>, Run { number, mut closure }: Run) {
        let now = self.time.now();
        self.plan.lock().time(number, now);
        self.poll();
        let answer = run_check(&mut closure).unwrap_or_else(Err);
        self.end(number, Some(answer), &mut Some(closure));
    }

    /// Takes the end of a run: its answer, where it has one and is not late, and the closure back.
    fn end(self: &Arc<Self>, number: u64, answer: Option<Answer>, closure: &mut Option<Closure>) {
        let told = self.plan.lock().end(number);
        if let (Some(slot), Some(answer)) = (told, answer) {
            tell(&slot, answer);
        }
        let now = self.time.now();
        self.plan.lock().rest(number, now, closure);
        self.poll();
    }
}

/// What the clock wakes. It keeps nothing alive. One that is no longer wanted turns nothing, lest it
/// set an alarm beside the one that took its place.
struct NextTurn(Weak<Checks>);

impl Wake for NextTurn {
    fn wake(self: Arc<Self>) {
        let Some(checks) = self.0.upgrade() else { return };
        let is_wanted = checks.plan.lock().wake(&Waker::from(self));
        if is_wanted {
            checks.poll();
        }
    }
}
