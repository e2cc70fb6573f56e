//! The plan: the health checks of a registry, with the stage of each.

use std::{mem, sync::Arc, task::Waker};

use super::{
    check_set::CheckSet,
    planned_check::{Actions, Closure, Kind, PlannedCheck, Stage},
    schedule::CheckSchedule,
};
use crate::{breaker::Slot, circuit::Tick, sys::worker::Process};

/// Every health check of a registry. It is behind a lock, so it never calls user code.
#[derive(Default)]
pub(super) struct Plan {
    checks: CheckSet,
    next: u64,
    /// The worker thread; `None` if there is none, or if a closure that exceeded its timeout
    /// occupies it.
    pub(super) thread: Option<u64>,
    threads: u64,
    /// The most recent alarm, until it fires.
    alarm: Option<Alarm>,
    /// The process in which the checks run.
    process: Process,
    pub(super) is_closed: bool,
}

/// A wake-up that the clock is to perform, with a waker of its own.
#[derive(Clone)]
pub(super) struct Alarm {
    pub(super) at: Tick,
    pub(super) waker: Waker,
}

/// A closure that is about to run.
pub(super) struct Run {
    pub(super) number: u64,
    pub(super) closure: Closure,
}

impl Plan {
    pub(super) fn add(
        &mut self,
        slot: Arc<Slot>,
        schedule: CheckSchedule,
        kind: Kind,
        now: Tick,
    ) -> u64 {
        self.enter_process();
        let number = self.next;
        self.next += 1;
        let stage = Stage::Resting(schedule.next(now, now));
        self.checks.add(number, PlannedCheck { slot, schedule, due: now, stage, kind });
        number
    }

    /// Removes a check. The entry contains user values: the caller drops it after the lock is
    /// released.
    pub(super) fn remove(&mut self, number: u64) -> Option<PlannedCheck> {
        self.checks.remove(number)
    }

    /// Removes all checks, and ends the worker thread. The caller drops the entries after the lock
    /// is released.
    pub(super) fn close(&mut self) -> CheckSet {
        self.is_closed = true;
        mem::take(&mut self.checks)
    }

    /// In a forked child, begins anew without what the fork has left behind: the worker thread, and
    /// the checks that cannot run any more.
    fn enter_process(&mut self) {
        let process = Process::current();
        if self.process != process {
            self.process = process;
            self.thread = None;
            let lost = self.checks.iter().filter(|(_, check)| check.is_left_behind());
            for number in lost.map(|(number, _)| number).collect::<Vec<_>>() {
                self.checks.change(number, |check| check.stage = Stage::Lost);
            }
        }
    }

    /// Whether a check runs at its interval.
    pub(super) fn is_running(&mut self, number: u64) -> bool {
        self.enter_process();
        self.checks.get(number).is_some_and(|check| !matches!(check.stage, Stage::Lost))
    }

    /// Advances the checks that are due to their stages at `now`.
    pub(super) fn poll(&mut self, now: Tick) -> Actions {
        self.enter_process();
        let mut actions = Actions::default();
        for number in self.checks.due(now) {
            let advance = |check: &mut PlannedCheck| check.advance(number, now, &mut actions);
            if self.checks.change(number, advance) == Some(true) {
                self.thread = None;
            }
        }
        actions
    }

    /// Skips the runs that wait for a worker, because the system gives no thread.
    pub(super) fn skip_queue(&mut self, now: Tick) {
        while let Some(number) = self.checks.first_queued() {
            self.checks.change(number, |check| check.rest(now));
        }
    }

    /// Returns the alarm to set for the next poll, with the one that it replaces; `None` if none is
    /// needed or an earlier one is set.
    pub(super) fn next_alarm(&mut self, waker: Waker) -> Option<(Alarm, Option<Alarm>)> {
        let at = self.checks.next_change()?;
        if self.alarm.as_ref().is_some_and(|alarm| alarm.at <= at) {
            return None;
        }
        let alarm = Alarm { at, waker };
        let replaced = self.alarm.replace(alarm.clone());
        Some((alarm, replaced))
    }

    /// Clears the alarm that fired; returns whether it was the current one.
    pub(super) fn wake(&mut self, waker: &Waker) -> bool {
        self.alarm.take_if(|alarm| alarm.waker.will_wake(waker)).is_some()
    }

    /// Makes a new thread the worker, and returns its number; `None` if none is needed.
    pub(super) fn claim_worker(&mut self) -> Option<u64> {
        if self.thread.is_some() || !self.checks.has_closures() || self.is_closed {
            return None;
        }
        self.threads += 1;
        self.thread = Some(self.threads);
        self.thread
    }

    /// Whether this thread is the worker; claims the role if it is free. The role is given up once
    /// no closure is left.
    pub(super) fn is_worker(&mut self, thread: u64) -> bool {
        let is_worker = *self.thread.get_or_insert(thread) == thread;
        let is_needed = self.checks.has_closures() && !self.is_closed;
        if is_worker && !is_needed {
            self.thread = None;
        }
        is_worker && is_needed
    }

    pub(super) fn needs_worker(&self) -> bool {
        self.thread.is_none() && self.checks.first_queued().is_some()
    }

    /// Takes the next closure to run.
    pub(super) fn take(&mut self) -> Option<Run> {
        let number = self.checks.first_queued()?;
        let closure = self.checks.change(number, |check| {
            check.stage = Stage::Running(None);
            match &mut check.kind {
                Kind::Closure(closure) => closure.take(),
                #[cfg(feature = "tokio")]
                Kind::Future(_) => None,
            }
        });
        closure.flatten().map(|closure| Run { number, closure })
    }

    /// Starts the timeout of a run.
    pub(super) fn start_timeout(&mut self, number: u64, now: Tick) {
        self.checks.change(number, |check| {
            if let Stage::Running(until) = &mut check.stage {
                *until = Some(now.after(check.schedule.effective_timeout()));
            }
        });
    }

    /// Returns the breaker to which the result of a run is reported; `None` if the run is late.
    pub(super) fn end(&mut self, number: u64) -> Option<(Arc<Slot>, CheckSchedule)> {
        let end = |check: &mut PlannedCheck| match check.stage {
            Stage::Running(_) => {
                check.stage = Stage::Reported;
                Some((Arc::clone(&check.slot), check.schedule))
            }
            Stage::Resting(_) | Stage::Queued | Stage::Reported | Stage::Lost => None,
        };
        self.checks.change(number, end).flatten()
    }

    /// Schedules the next run of a check and takes its closure back, unless the check was removed.
    pub(super) fn rest(&mut self, number: u64, now: Tick, closure: &mut Option<Closure>) {
        self.checks.change(number, |check| {
            if matches!(check.stage, Stage::Lost) {
                return;
            }
            check.rest(now);
            match &mut check.kind {
                Kind::Closure(taken) => *taken = closure.take(),
                #[cfg(feature = "tokio")]
                Kind::Future(_) => {}
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{super::check_set::EXAMINED, *};
    use crate::registry::Registry;

    const COUNT: u64 = 1_000;
    const INTERVAL: Duration = Duration::from_secs(1);

    fn add(plan: &mut Plan) -> u64 {
        let slot = Registry::new().slot(&"a".into(), None);
        let closure: Closure = Box::new(|| Ok(()));
        plan.add(slot, INTERVAL.into(), Kind::Closure(Some(closure)), Tick::ORIGIN)
    }

    /// What the checks do with their plan after each change of it.
    fn attend(plan: &mut Plan, now: Tick) {
        let _ = plan.poll(now);
        let _ = (plan.claim_worker(), plan.needs_worker(), plan.next_alarm(Waker::noop().clone()));
        plan.is_worker(1);
    }

    /// Asserts how many checks a change examines at most.
    fn assert_examined(plan: &mut Plan, most: u64, now: Tick, change: impl FnOnce(&mut Plan)) {
        EXAMINED.set(0);
        change(plan);
        attend(plan, now);
        assert!(EXAMINED.get() <= most, "{} of at most {most}", EXAMINED.get());
    }

    #[test]
    fn a_change_of_the_plan_examines_only_checks_that_change() {
        let (plan, due) = (&mut Plan::default(), Tick::ORIGIN.after(INTERVAL));
        for number in 0..COUNT {
            assert_examined(plan, 1, Tick::ORIGIN, |plan| assert_eq!(add(plan), number));
        }
        assert_examined(plan, 1, Tick::ORIGIN, |plan| assert!(plan.remove(0).is_some()));
        assert_examined(plan, COUNT, due, |_| ());
        for number in (1..COUNT).step_by(2) {
            assert_examined(plan, 1, due, |plan| assert!(plan.remove(number).is_some()));
        }
        let mut runs = 0;
        while let Some(Run { number, closure }) = plan.take() {
            assert_examined(plan, 3, due, |plan| {
                plan.start_timeout(number, due);
                assert!(plan.end(number).is_some());
                plan.rest(number, due, &mut Some(closure));
            });
            runs += 1;
        }
        assert_eq!(runs, COUNT / 2 - 1);
    }
}
