//! The plan: which checks there are, and what each is at.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    task::Waker,
};

use super::{answer::Answer, schedule::CheckSchedule};
use crate::{breaker::Slot, circuit::Tick};

/// A check that is a closure. It is taken out of the plan while it runs.
pub(super) type Closure = Box<dyn FnMut() -> Answer + Send>;

/// Every check of a registry. It is kept under a lock, so it calls nothing of the user's.
#[derive(Default)]
pub(super) struct Plan {
    entries: BTreeMap<u64, Entry>,
    next: u64,
    /// Closures that are due, the one that has waited longest first.
    queue: VecDeque<u64>,
    /// The thread that runs closures; none where there is none, or it is held up by one.
    pub(super) thread: Option<u64>,
    threads: u64,
    /// The wake that was asked for last and has not come.
    alarm: Option<Alarm>,
    pub(super) is_closed: bool,
}

pub(super) struct Entry {
    slot: Arc<Slot>,
    schedule: CheckSchedule,
    /// When the last run was to begin: at first, when the check was added.
    due: Tick,
    stage: Stage,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Stage {
    /// Until its time comes.
    Resting(Tick),
    /// For the thread.
    Queued,
    /// No longer than that; `None` until the clock has been read.
    Running(Option<Tick>),
    /// The breaker has been told, and the run has not come back yet.
    Reported,
}

pub(super) enum Kind {
    Closure(Option<Closure>),
    #[cfg(feature = "tokio")]
    Future(super::future::Maker),
}

/// What is to be done once the lock is released.
#[derive(Default)]
#[must_use = "breakers are to be told, futures to be spawned"]
pub(super) struct Turn {
    /// For the queue.
    closures: VecDeque<u64>,
    pub(super) overdue: Vec<(Arc<Slot>, CheckSchedule)>,
    #[cfg(feature = "tokio")]
    pub(super) futures: Vec<(u64, super::future::Maker)>,
    #[cfg(feature = "tokio")]
    pub(super) aborted: Vec<super::future::Maker>,
    /// When to poll again; `None` where that has been arranged.
    pub(super) alarm: Option<Alarm>,
    /// The alarm that this one takes the place of.
    pub(super) unwanted: Option<Alarm>,
}

/// A wake that was asked for, and the waker for it alone.
#[derive(Clone)]
pub(super) struct Alarm {
    pub(super) at: Tick,
    pub(super) waker: Waker,
}

/// A closure that begins to run.
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
        self.entries.insert(number, Entry { slot, schedule, due: now, stage, kind });
        number
    }

    /// What is answered holds values of the user's, to be dropped under no lock.
    pub(super) fn remove(&mut self, number: u64) -> Option<Entry> {
        self.queue.retain(|other| *other != number);
        self.entries.remove(&number)
    }

    /// The same for all, and for good.
    pub(super) fn close(&mut self) -> BTreeMap<u64, Entry> {
        self.is_closed = true;
        self.queue.clear();
        std::mem::take(&mut self.entries)
    }

    /// Moves on whatever time moves on. The waker is for the next alarm, if there is need of one.
    pub(super) fn poll(&mut self, now: Tick, waker: Waker) -> Turn {
        let mut poll = Turn::default();
        for (number, entry) in &mut self.entries {
            match entry.stage {
                Stage::Resting(at) if at <= now => {
                    entry.due = at;
                    entry.begin(*number, now, &mut poll);
                }
                Stage::Running(Some(until)) if until <= now => {
                    if entry.give_up(&mut poll) {
                        self.thread = None;
                    }
                }
                Stage::Resting(_) | Stage::Queued | Stage::Running(_) | Stage::Reported => {}
            }
        }
        self.queue.append(&mut poll.closures);
        self.set_alarm(waker, &mut poll);
        poll
    }

    fn set_alarm(&mut self, waker: Waker, poll: &mut Turn) {
        let Some(at) = self.entries.values().filter_map(Entry::moves_at).min() else { return };
        if self.alarm.as_ref().is_none_or(|alarm| at < alarm.at) {
            let alarm = Alarm { at, waker };
            poll.unwanted = self.alarm.replace(alarm.clone());
            poll.alarm = Some(alarm);
        }
    }

    /// Takes notice of a wake: whether it is the one that was asked for last.
    pub(super) fn wake(&mut self, waker: &Waker) -> bool {
        self.alarm.take_if(|alarm| alarm.waker.will_wake(waker)).is_some()
    }

    /// A number for a thread, where one is needed.
    pub(super) fn claim_worker(&mut self) -> Option<u64> {
        if self.thread.is_some() || !self.has_closures() || self.is_closed {
            return None;
        }
        self.threads += 1;
        self.thread = Some(self.threads);
        self.thread
    }

    /// Whether that thread runs closures: it takes the place where that is free.
    pub(super) fn is_worker(&mut self, thread: u64) -> bool {
        let is_his = *self.thread.get_or_insert(thread) == thread;
        let is_needed = self.has_closures() && !self.is_closed;
        if is_his && !is_needed {
            self.thread = None;
        }
        is_his && is_needed
    }

    pub(super) fn needs_worker(&self) -> bool {
        self.thread.is_none() && !self.queue.is_empty()
    }

    fn has_closures(&self) -> bool {
        self.entries.values().any(Entry::is_closure)
    }

    /// The next closure to run.
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

    /// From now on the run is timed.
    pub(super) fn time(&mut self, number: u64, now: Tick) {
        if let Some(entry) = self.entries.get_mut(&number)
            && let Stage::Running(until) = &mut entry.stage
        {
            *until = Some(now.after(entry.schedule.longest()));
        }
    }

    /// The breaker to tell of a run that has come back; `None` where it was too late for that.
    pub(super) fn end(&mut self, number: u64) -> Option<Arc<Slot>> {
        let entry = self.entries.get_mut(&number)?;
        match entry.stage {
            Stage::Running(_) => {
                entry.stage = Stage::Reported;
                Some(Arc::clone(&entry.slot))
            }
            Stage::Resting(_) | Stage::Queued | Stage::Reported => None,
        }
    }

    /// Lets the check rest until the next run, and takes its closure back, if it is still wanted.
    pub(super) fn rest(&mut self, number: u64, now: Tick, closure: &mut Option<Closure>) {
        if let Some(entry) = self.entries.get_mut(&number) {
            entry.stage = Stage::Resting(entry.schedule.next(entry.due, now));
            match &mut entry.kind {
                Kind::Closure(place) => *place = closure.take(),
                #[cfg(feature = "tokio")]
                Kind::Future(_) => {}
            }
        }
    }
}

impl Entry {
    /// Begins a run, unless the breaker is unregistered.
    fn begin(&mut self, number: u64, now: Tick, poll: &mut Turn) {
        if !self.slot.is_registered() {
            self.stage = Stage::Resting(self.schedule.next(self.due, now));
            return;
        }
        match &self.kind {
            Kind::Closure(_) => {
                self.stage = Stage::Queued;
                poll.closures.push_back(number);
            }
            #[cfg(feature = "tokio")]
            Kind::Future(maker) => {
                self.stage = Stage::Running(Some(now.after(self.schedule.longest())));
                poll.futures.push((number, maker.clone()));
            }
        }
    }

    /// Gives up a run that took too long: whether it holds the thread up.
    fn give_up(&mut self, poll: &mut Turn) -> bool {
        self.stage = Stage::Reported;
        poll.overdue.push((Arc::clone(&self.slot), self.schedule));
        match &self.kind {
            Kind::Closure(_) => true,
            #[cfg(feature = "tokio")]
            Kind::Future(maker) => {
                poll.aborted.push(maker.clone());
                false
            }
        }
    }

    fn moves_at(&self) -> Option<Tick> {
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

    /// Ends what runs of it, as far as that can be ended.
    pub(super) fn stop(&self) {
        match &self.kind {
            Kind::Closure(_) => {}
            #[cfg(feature = "tokio")]
            Kind::Future(maker) => maker.abort(),
        }
    }
}
