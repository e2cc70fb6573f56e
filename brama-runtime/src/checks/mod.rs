//! Health checks: user code that runs at an interval and reports to a breaker.
//!
//! Nothing here waits for time. The registry's clock wakes a [`poll`](Checks::poll), on the clock's
//! thread or on the thread that moves the clock. The poll sends due closures to the worker thread
//! and due futures to their runtime, and reports a failure for each run that exceeded its timeout.
//!
//! A closure cannot be stopped. If it hangs, it occupies its thread until it returns, and another
//! thread becomes the worker. A check has one run at a time, so each hanging check costs at most
//! one thread.

mod answer;
mod check_set;
#[cfg(feature = "tokio")]
mod future;
mod plan;
mod planned_check;
mod schedule;

use std::{
    fmt, io,
    sync::{Arc, Weak},
    task::{Wake, Waker},
};

#[cfg(feature = "tokio")]
use self::future::Maker;
pub use self::schedule::CheckSchedule;
use self::{
    answer::{Answer, answer, overdue, report, run_check},
    plan::{Plan, Run},
    planned_check::{Closure, Kind},
};
use crate::{
    breaker::Slot,
    error::{AddCheckError, NoThread},
    sys::{
        panic::catch_panic,
        sync::Monitor,
        worker::{Worker, lock_is_held, register_worker, restart_left_behind, spawn},
    },
    time::clock::Time,
};

/// A handle that keeps a health check running until it is dropped.
///
/// Dropping the handle does not wait. The result of a run in progress is ignored; if the run is a
/// future, its runtime drops it. The check also ends when its registry is dropped.
///
/// In a forked child, the next event of a breaker starts the checks again, and so do
/// [`is_running`](Self::is_running) and [`sweep`](crate::registry::Registry::sweep). Two kinds of
/// checks end there: a check that was running at the fork, and a future, because the child does not
/// have its runtime.
#[must_use = "dropping the handle ends the check"]
pub struct HealthCheck {
    checks: Weak<Checks>,
    number: u64,
}

impl HealthCheck {
    /// Returns whether the check runs at its interval.
    ///
    /// It is `false` in two cases: the registry was dropped, or this process was forked while the
    /// check was running (a future: at any time). In the second case, add the check again.
    #[must_use]
    pub fn is_running(&self) -> bool {
        restart_left_behind();
        self.checks.upgrade().is_some_and(|checks| checks.plan.lock().is_running(self.number))
    }
}

impl Drop for HealthCheck {
    fn drop(&mut self) {
        let Some(checks) = self.checks.upgrade() else { return };
        let removed = checks.plan.lock().remove(self.number);
        // The worker thread ends if no closure is left.
        checks.plan.notify_all();
        if let Some(entry) = removed {
            entry.stop();
            drop_user_code(entry);
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
    /// It notifies the worker thread that a closure is due or that the worker may end.
    plan: Monitor<Plan>,
}

impl Checks {
    pub(crate) fn new(time: Time) -> Arc<Self> {
        Arc::new(Self { time, plan: Monitor::default() })
    }

    /// Adds a check that is a closure.
    pub(crate) fn add<T, E: fmt::Display>(
        self: &Arc<Self>,
        slot: Arc<Slot>,
        schedule: CheckSchedule,
        mut check: impl FnMut() -> Result<T, E> + Send + 'static,
    ) -> Result<HealthCheck, AddCheckError> {
        let closure: Closure = Box::new(move || answer(check()));
        let check = self.enter(slot, schedule, Kind::Closure(Some(closure)))?;
        self.start_worker().map_err(|error| NoThread::new(THREAD, ALTERNATIVE, &error))?;
        Ok(check)
    }

    /// Adds a check that is a future, on the current runtime.
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
        let maker = Maker::current(check).ok_or(AddCheckError::NoRuntime)?;
        Ok(self.enter(slot, schedule, Kind::Future(maker))?)
    }

    fn enter(
        self: &Arc<Self>,
        slot: Arc<Slot>,
        schedule: CheckSchedule,
        kind: Kind,
    ) -> Result<HealthCheck, NoThread> {
        self.time.ensure_wakes()?;
        let now = self.time.now();
        let number = self.plan.lock().add(slot, schedule, kind, now);
        if number == 0 {
            register_worker(self);
        }
        let check = HealthCheck { checks: Arc::downgrade(self), number };
        self.poll();
        Ok(check)
    }

    /// Ends all checks when the registry is dropped.
    pub(crate) fn close(&self) {
        let checks = self.plan.lock().close();
        self.plan.notify_all();
        for check in checks.into_checks() {
            check.stop();
            drop_user_code(check);
        }
    }

    /// Starts due runs, gives up runs that exceeded their timeout, and arranges the next poll.
    fn poll(self: &Arc<Self>) {
        let now = self.time.now();
        let actions = self.plan.lock().poll(now);
        self.plan.notify_all();
        for (slot, schedule) in actions.overdue {
            report(&slot, schedule, overdue(schedule.effective_timeout()));
        }
        #[cfg(feature = "tokio")]
        {
            for maker in actions.aborted {
                maker.abort();
                drop_user_code(maker);
            }
            for (number, maker) in actions.futures {
                maker.spawn(self, number);
                drop_user_code(maker);
            }
        }
        if self.needs_worker() && self.start_worker().is_err() {
            self.plan.lock().skip_queue(now);
        }
        self.set_alarm();
    }

    fn needs_worker(&self) -> bool {
        self.plan.lock().needs_worker()
    }

    fn set_alarm(self: &Arc<Self>) {
        let waker = Waker::from(Arc::new(NextPoll(Arc::downgrade(self))));
        let Some((alarm, replaced)) = self.plan.lock().next_alarm(waker) else { return };
        if let Some(replaced) = replaced {
            self.time.forget_wake(replaced.at, &replaced.waker);
        }
        self.time.wake_at(alarm.at, &alarm.waker);
    }

    /// Starts a worker thread if one is needed.
    fn start_worker(self: &Arc<Self>) -> io::Result<()> {
        let Some(number) = self.plan.lock().claim_worker() else { return Ok(()) };
        let this = Arc::clone(self);
        let started = spawn(THREAD, move || this.run_closures(number));
        if started.is_err() {
            self.plan.lock().thread.take_if(|thread| *thread == number);
        }
        started
    }

    /// Runs closures until the worker is no longer needed. User code can also panic outside a
    /// check, in the clock or in the drop of a value; such a panic ends one iteration and not the
    /// thread.
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
                None => plan = self.plan.wait(plan),
            }
        }
        None
    }

    fn run(self: &Arc<Self>, Run { number, mut closure }: Run) {
        let now = self.time.now();
        self.plan.lock().start_timeout(number, now);
        self.poll();
        let answer = run_check(&mut closure).unwrap_or_else(Err);
        self.end(number, Some(answer), &mut Some(closure));
    }

    /// Ends a run: reports its result, unless it is late, and takes the closure back.
    fn end(self: &Arc<Self>, number: u64, answer: Option<Answer>, closure: &mut Option<Closure>) {
        let ended = self.plan.lock().end(number);
        if let (Some((slot, schedule)), Some(answer)) = (ended, answer) {
            report(&slot, schedule, answer);
        }
        let now = self.time.now();
        self.plan.lock().rest(number, now, closure);
        self.poll();
    }
}

/// Drops what may be the last reference to a check. This runs on the thread of whoever drops a
/// handle, moves the clock, or causes an event, so a panic is caught.
fn drop_user_code(of: impl Sized) {
    let _ = catch_panic(|| drop(of));
}

const THREAD: &str = "brama-checks";
const ALTERNATIVE: &str = "add a future with `add_check_async` (feature `tokio`)";

impl Worker for Checks {
    /// A poll starts a worker thread as soon as a closure is due.
    fn restart(self: Arc<Self>) -> io::Result<()> {
        drop(self.plan.try_lock().ok_or_else(lock_is_held)?);
        self.poll();
        Ok(())
    }
}

/// The waker that polls the checks at an alarm. It keeps nothing alive. The waker of a replaced
/// alarm does nothing; otherwise it would set an alarm in addition to the replacement.
struct NextPoll(Weak<Checks>);

impl Wake for NextPoll {
    fn wake(self: Arc<Self>) {
        let Some(checks) = self.0.upgrade() else { return };
        let is_wanted = checks.plan.lock().wake(&Waker::from(self));
        if is_wanted {
            checks.poll();
        }
    }
}
