//! The plan: the health checks of a registry, with the stage of each.

use std::{
    collections::{BTreeMap, VecDeque},
    mem,
    sync::Arc,
    task::Waker,
};

use super::{
    planned_check::{Actions, Closure, Kind, PlannedCheck, Stage},
    schedule::CheckSchedule,
};
use crate::{breaker::Slot, circuit::Tick, sys::worker::Process};

/// Every health check of a registry. It is behind a lock, so it never calls user code.
#[derive(Default)]
pub(super) struct Plan {
    entries: BTreeMap<u64, PlannedCheck>,
    next: u64,
    /// Closures that are due, the longest wait first.
    queue: VecDeque<u64>,
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
        self.entries.insert(number, PlannedCheck { slot, schedule, due: now, stage, kind });
        number
    }

    /// Removes a check. The entry contains user values: the caller drops it after the lock is
    /// released.
    pub(super) fn remove(&mut self, number: u64) -> Option<PlannedCheck> {
        self.queue.retain(|other| *other != number);
        self.entries.remove(&number)
    }

    /// Removes all checks, and ends the worker thread. The caller drops the entries after the lock
    /// is released.
    pub(super) fn close(&mut self) -> BTreeMap<u64, PlannedCheck> {
        self.is_closed = true;
        self.queue.clear();
        mem::take(&mut self.entries)
    }

    /// In a forked child, begins anew without what the fork has left behind: the worker thread, and
    /// the checks that cannot run any more.
    fn enter_process(&mut self) {
        let process = Process::current();
        if self.process != process {
            self.process = process;
            self.thread = None;
            let lost = self.entries.values_mut().filter(|entry| entry.is_left_behind());
            lost.for_each(|entry| entry.stage = Stage::Lost);
        }
    }

    /// Whether a check runs at its interval.
    pub(super) fn is_running(&mut self, number: u64) -> bool {
        self.enter_process();
        self.entries.get(&number).is_some_and(|entry| !matches!(entry.stage, Stage::Lost))
    }

    /// Advances each check to its stage at `now`.
    pub(super) fn poll(&mut self, now: Tick) -> Actions {
        self.enter_process();
        let mut actions = Actions::default();
        for (number, entry) in &mut self.entries {
            match entry.stage {
                Stage::Resting(at) if at <= now => {
                    entry.due = at;
                    entry.begin(*number, now, &mut actions);
                }
                Stage::Running(Some(until)) if until <= now => {
                    if entry.give_up(&mut actions) {
                        self.thread = None;
                    }
                }
                Stage::Resting(_)
                | Stage::Queued
                | Stage::Running(_)
                | Stage::Reported
                | Stage::Lost => {}
            }
        }
        self.queue.append(&mut actions.closures);
        actions
    }

    /// Skips the runs that wait for a worker, because the system gives no thread.
    pub(super) fn skip_queue(&mut self, now: Tick) {
        for number in mem::take(&mut self.queue) {
            if let Some(entry) = self.entries.get_mut(&number) {
                entry.stage = Stage::Resting(entry.schedule.next(entry.due, now));
            }
        }
    }

    /// Returns the alarm to set for the next poll, with the one that it replaces; `None` if none is
    /// needed or an earlier one is set.
    pub(super) fn next_alarm(&mut self, waker: Waker) -> Option<(Alarm, Option<Alarm>)> {
        let at = self.entries.values().filter_map(PlannedCheck::next_change).min()?;
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
        if self.thread.is_some() || !self.has_closures() || self.is_closed {
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
        let is_needed = self.has_closures() && !self.is_closed;
        if is_worker && !is_needed {
            self.thread = None;
        }
        is_worker && is_needed
    }

    pub(super) fn needs_worker(&self) -> bool {
        self.thread.is_none() && !self.queue.is_empty()
    }

    fn has_closures(&self) -> bool {
        self.entries.values().any(PlannedCheck::needs_worker)
    }

    /// Takes the next closure to run.
    pub(super) fn take(&mut self) -> Option<Run> {
        let number = self.queue.pop_front()?;
        let entry = self.entries.get_mut(&number)?;
        entry.stage = Stage::Running(None);
        match &mut entry.kind {
            Kind::Closure(closure) => closure.take().map(|closure| Run { number, closure }),
            #[cfg(feature = "tokio")]
            Kind::Future(_) => None,
        }
    }

    /// Starts the timeout of a run.
    pub(super) fn start_timeout(&mut self, number: u64, now: Tick) {
        if let Some(entry) = self.entries.get_mut(&number)
            && let Stage::Running(until) = &mut entry.stage
        {
            *until = Some(now.after(entry.schedule.effective_timeout()));
        }
    }

    /// Returns the breaker to which the result of a run is reported; `None` if the run is late.
    pub(super) fn end(&mut self, number: u64) -> Option<(Arc<Slot>, CheckSchedule)> {
        let entry = self.entries.get_mut(&number)?;
        match entry.stage {
            Stage::Running(_) => {
                entry.stage = Stage::Reported;
                Some((Arc::clone(&entry.slot), entry.schedule))
            }
            Stage::Resting(_) | Stage::Queued | Stage::Reported | Stage::Lost => None,
        }
    }

    /// Schedules the next run of a check and takes its closure back, unless the check was removed.
    pub(super) fn rest(&mut self, number: u64, now: Tick, closure: &mut Option<Closure>) {
        let entry = self.entries.get_mut(&number);
        if let Some(entry) = entry.filter(|entry| !matches!(entry.stage, Stage::Lost)) {
            entry.stage = Stage::Resting(entry.schedule.next(entry.due, now));
            match &mut entry.kind {
                Kind::Closure(taken) => *taken = closure.take(),
                #[cfg(feature = "tokio")]
                Kind::Future(_) => {}
            }
        }
    }
}
