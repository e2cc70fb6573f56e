//! The plan: the health checks of a registry, with the stage of each.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    task::Waker,
};

use super::{answer::Answer, schedule::CheckSchedule};
use crate::{breaker::Slot, circuit::Tick};

/// A health check that is a closure. It is taken out of the plan while it runs.
pub(super) type Closure = Box<dyn FnMut() -> Answer + Send>;

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
    pub(super) is_closed: bool,
}

pub(super) struct PlannedCheck {
    slot: Arc<Slot>,
    schedule: CheckSchedule,
    /// When the last run was due. Before the first run, when the check was added.
    due: Tick,
    stage: Stage,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Stage {
    /// Waits for its next run, which is due at this time.
    Resting(Tick),
    /// Waits for the worker thread.
    Queued,
    /// Runs, and times out at this time; `None` until the clock has been read.
    Running(Option<Tick>),
    /// The result has been reported, and the run has not returned yet.
    Reported,
}

pub(super) enum Kind {
    Closure(Option<Closure>),
    #[cfg(feature = "tokio")]
    Future(super::future::Maker),
}

/// The work to do once the lock is released.
#[derive(Default)]
#[must_use = "results are to be reported, futures to be spawned"]
pub(super) struct Actions {
    /// Closures to queue.
    closures: VecDeque<u64>,
    pub(super) overdue: Vec<(Arc<Slot>, CheckSchedule)>,
    #[cfg(feature = "tokio")]
    pub(super) futures: Vec<(u64, super::future::Maker)>,
    #[cfg(feature = "tokio")]
    pub(super) aborted: Vec<super::future::Maker>,
    /// When to poll again; `None` if an earlier alarm is set already.
    pub(super) alarm: Option<Alarm>,
    /// The alarm that `alarm` replaces.
    pub(super) replaced: Option<Alarm>,
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
        std::mem::take(&mut self.entries)
    }

    /// Advances each check to its stage at `now`. The waker is for the next alarm, if one is
    /// needed.
    pub(super) fn poll(&mut self, now: Tick, waker: Waker) -> Actions {
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
                Stage::Resting(_) | Stage::Queued | Stage::Running(_) | Stage::Reported => {}
            }
        }
        self.queue.append(&mut actions.closures);
        self.set_alarm(waker, &mut actions);
        actions
    }

    fn set_alarm(&mut self, waker: Waker, actions: &mut Actions) {
        let Some(at) = self.entries.values().filter_map(PlannedCheck::next_change).min() else {
            return;
        };
        if self.alarm.as_ref().is_none_or(|alarm| at < alarm.at) {
            let alarm = Alarm { at, waker };
            actions.replaced = self.alarm.replace(alarm.clone());
            actions.alarm = Some(alarm);
        }
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
        self.entries.values().any(PlannedCheck::is_closure)
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
            Stage::Resting(_) | Stage::Queued | Stage::Reported => None,
        }
    }

    /// Schedules the next run of a check and takes its closure back, unless the check was removed.
    pub(super) fn rest(&mut self, number: u64, now: Tick, closure: &mut Option<Closure>) {
        if let Some(entry) = self.entries.get_mut(&number) {
            entry.stage = Stage::Resting(entry.schedule.next(entry.due, now));
            match &mut entry.kind {
                Kind::Closure(taken) => *taken = closure.take(),
                #[cfg(feature = "tokio")]
                Kind::Future(_) => {}
            }
        }
    }
}

impl PlannedCheck {
    /// Begins a run, unless the breaker is unregistered.
    fn begin(&mut self, number: u64, now: Tick, actions: &mut Actions) {
        if !self.slot.is_registered() {
            self.stage = Stage::Resting(self.schedule.next(self.due, now));
            return;
        }
        match &self.kind {
            Kind::Closure(_) => {
                self.stage = Stage::Queued;
                actions.closures.push_back(number);
            }
            #[cfg(feature = "tokio")]
            Kind::Future(maker) => {
                self.stage = Stage::Running(Some(now.after(self.schedule.effective_timeout())));
                actions.futures.push((number, maker.clone()));
            }
        }
    }

    /// Gives up a run that exceeded its timeout; returns whether it occupies the worker thread.
    fn give_up(&mut self, actions: &mut Actions) -> bool {
        self.stage = Stage::Reported;
        actions.overdue.push((Arc::clone(&self.slot), self.schedule));
        match &self.kind {
            Kind::Closure(_) => true,
            #[cfg(feature = "tokio")]
            Kind::Future(maker) => {
                actions.aborted.push(maker.clone());
                false
            }
        }
    }

    /// When the clock moves the check to another stage.
    fn next_change(&self) -> Option<Tick> {
        match self.stage {
            Stage::Resting(at) => Some(at),
            Stage::Running(until) => until,
            Stage::Queued | Stage::Reported => None,
        }
    }

    const fn is_closure(&self) -> bool {
        match self.kind {
            Kind::Closure(_) => true,
            #[cfg(feature = "tokio")]
            Kind::Future(_) => false,
        }
    }

    /// Aborts the current run if it is a future. A closure cannot be stopped.
    pub(super) fn stop(&self) {
        match &self.kind {
            Kind::Closure(_) => {}
            #[cfg(feature = "tokio")]
            Kind::Future(maker) => maker.abort(),
        }
    }
}
