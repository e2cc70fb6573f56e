//! The queue of one subscription.

use std::{
    collections::VecDeque,
    mem,
    task::{Context, Poll, Waker},
    time::Duration,
};

use crate::{
    event::{Event, EventFilter},
    sys::sync::{Condvar, Mutex},
    time::timer::wake_catching,
};

/// What waits for a subscriber: events that its filter selects, oldest first, of bounded number.
pub(super) struct Queue {
    filter: EventFilter,
    /// User code is neither called nor dropped under this lock: it holds a waker.
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<Event>,
    /// Dropped since the last event was taken.
    missed: u64,
    /// Dropped in all.
    lost: u64,
    waker: Option<Waker>,
    is_closed: bool,
}

impl Queue {
    pub(super) fn new(filter: EventFilter) -> Self {
        Self { filter, waiting: Mutex::default(), arrived: Condvar::new() }
    }

    pub(super) const fn filter(&self) -> &EventFilter {
        &self.filter
    }

    /// Adds an event. Where the queue is full, that pushes out the oldest.
    pub(super) fn push(&self, event: Event) {
        let mut waiting = self.waiting.lock();
        if waiting.is_closed {
            return;
        }
        let is_full = self.filter.most_waiting() <= waiting.events.len();
        let lost = u64::from(is_full && waiting.events.pop_front().is_some());
        waiting.missed += lost;
        waiting.lost += lost;
        waiting.events.push_back(event);
    }

    /// How many events it has lost and what to do about it; `None` where it has lost none.
    pub(super) fn loss(&self) -> Option<String> {
        let (room, lost) = (self.filter.most_waiting(), self.waiting.lock().lost);
        (0 < lost).then(|| {
            format!(
                "events were lost, {lost} so far, by a subscription to this breaker that has room \
                 for {room}: take them sooner, select fewer, or give its `EventFilter` a larger \
                 `capacity`"
            )
        })
    }

    /// Wakes who waits for an event.
    pub(super) fn wake(&self) {
        let waker = self.waiting.lock().waker.take();
        self.arrived.notify_one();
        if let Some(waker) = waker {
            wake_catching(waker);
        }
    }

    /// The oldest event, if there is one.
    pub(super) fn take(&self) -> Option<Event> {
        self.waiting.lock().take()
    }

    /// The oldest event, as soon as there is one; `None` once the queue is closed and empty.
    pub(super) fn wait(&self) -> Option<Event> {
        let mut waiting = self.waiting.lock();
        self.arrived.wait_while(&mut waiting, |waiting| waiting.is_idle());
        waiting.take()
    }

    /// The same, but no longer than that.
    pub(super) fn wait_timeout(&self, longest: Duration) -> Option<Event> {
        let mut waiting = self.waiting.lock();
        self.arrived.wait_while_for(&mut waiting, |waiting| waiting.is_idle(), longest);
        waiting.take()
    }

    /// The same for a task, which is woken when there is news.
    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<Option<Event>> {
        let waker = context.waker().clone();
        let mut waiting = self.waiting.lock();
        if !waiting.is_idle() {
            return Poll::Ready(waiting.take());
        }
        let before = waiting.waker.replace(waker);
        drop(waiting);
        drop(before);
        Poll::Pending
    }

    /// Tells the subscriber that nothing more will come: what waits may still be taken.
    pub(super) fn close(&self) {
        self.waiting.lock().is_closed = true;
        self.wake();
    }

    /// Tells the subscriber that nothing more is wanted.
    pub(super) fn end(&self) {
        let unwanted = mem::take(&mut self.waiting.lock().events);
        drop(unwanted);
        self.close();
    }
}

impl Waiting {
    fn is_idle(&self) -> bool {
        self.events.is_empty() && !self.is_closed
    }

    fn take(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        Some(Event { missed: mem::take(&mut self.missed), ..event })
    }
}
