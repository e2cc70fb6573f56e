//! A planned check: one health check of a registry, with its stage.

use std::sync::Arc;

use super::{answer::Answer, schedule::CheckSchedule};
use crate::{breaker::Slot, circuit::Tick};

/// A health check that is a closure. It is taken out of the plan while it runs.
pub(super) type Closure = Box<dyn FnMut() -> Answer + Send>;

/// A health check of a plan.
pub(super) struct PlannedCheck {
    pub(super) slot: Arc<Slot>,
    pub(super) schedule: CheckSchedule,
    /// When the last run was due. Before the first run, when the check was added.
    pub(super) due: Tick,
    pub(super) stage: Stage,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy)]
pub(super) enum Stage {
    /// Waits for its next run, which is due at this time.
    Resting(Tick),
    /// Waits for the worker thread.
    Queued,
    /// Runs, and times out at this time; `None` until the clock has been read.
    Running(Option<Tick>),
    /// The result has been reported, and the run has not returned yet.
    Reported,
    /// Was left behind by a fork: the closure ran, or the future has a runtime, in the parent.
    Lost,
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
    pub(super) overdue: Vec<(Arc<Slot>, CheckSchedule)>,
    #[cfg(feature = "tokio")]
    pub(super) futures: Vec<(u64, super::future::Maker)>,
    #[cfg(feature = "tokio")]
    pub(super) aborted: Vec<super::future::Maker>,
}

impl PlannedCheck {
    /// Advances to the stage at `now`; returns whether the worker thread is occupied by a run that
    /// exceeded its timeout.
    pub(super) fn advance(&mut self, number: u64, now: Tick, actions: &mut Actions) -> bool {
        match self.stage {
            Stage::Resting(at) if at <= now => {
                self.due = at;
                self.begin(number, now, actions);
                false
            }
            Stage::Running(Some(until)) if until <= now => self.give_up(actions),
            Stage::Resting(_)
            | Stage::Queued
            | Stage::Running(_)
            | Stage::Reported
            | Stage::Lost => false,
        }
    }

    /// Begins a run, unless the breaker is unregistered.
    #[cfg_attr(
        not(feature = "tokio"),
        expect(unused_variables, reason = "a closure begins once a worker thread takes it")
    )]
    fn begin(&mut self, number: u64, now: Tick, actions: &mut Actions) {
        if !self.slot.is_registered() {
            self.rest(now);
            return;
        }
        match &self.kind {
            Kind::Closure(_) => self.stage = Stage::Queued,
            #[cfg(feature = "tokio")]
            Kind::Future(maker) => {
                self.stage = Stage::Running(Some(now.after(self.schedule.effective_timeout())));
                actions.futures.push((number, maker.clone()));
            }
        }
    }

    /// Waits for the next run after one that ended at `now`.
    pub(super) fn rest(&mut self, now: Tick) {
        self.stage = Stage::Resting(self.schedule.next(self.due, now));
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
    pub(super) fn next_change(&self) -> Option<Tick> {
        match self.stage {
            Stage::Resting(at) => Some(at),
            Stage::Running(until) => until,
            Stage::Queued | Stage::Reported | Stage::Lost => None,
        }
    }

    /// When the run was due that waits for the worker thread; `None` if none waits.
    pub(super) fn queued_since(&self) -> Option<Tick> {
        matches!(self.stage, Stage::Queued).then_some(self.due)
    }

    /// Whether the check needs a worker thread.
    pub(super) const fn needs_worker(&self) -> bool {
        match (&self.kind, &self.stage) {
            (_, Stage::Lost) => false,
            (Kind::Closure(_), _) => true,
            #[cfg(feature = "tokio")]
            (Kind::Future(_), _) => false,
        }
    }

    /// Whether a fork leaves the check behind: its closure is out, or a runtime of the parent polls
    /// it.
    pub(super) const fn is_left_behind(&self) -> bool {
        match &self.kind {
            Kind::Closure(closure) => closure.is_none(),
            #[cfg(feature = "tokio")]
            Kind::Future(_) => true,
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
