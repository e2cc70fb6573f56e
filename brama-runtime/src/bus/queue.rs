//! The queue of one subscription.

use std::{
    collections::VecDeque,
    mem,
    task::{Context, Poll, Waker},
    time::Duration,
};

use crate::{
    circuit::Quantity,
    event::{Event, EventFilter},
    sys::{
        panic::catch_panic,
        sync::{Monitor, MonitorGuard},
    },
    time::alarms::wake_catching,
};

/// A bounded queue of the events that a filter selects, oldest first.
pub(super) struct Queue {
    number: u64,
    filter: EventFilter,
    /// Holds a waker, which is user code: it is neither called nor dropped under this lock.
    state: Monitor<QueueState>,
}

/// The effect of adding an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Push {
    Done,
    /// The queue has lost an event for the first time.
    LostFirst,
    /// The queue has lost another event.
    Lost,
}

#[derive(Default)]
struct QueueState {
    events: VecDeque<Event>,
    /// How many events were lost since the last one was taken.
    missed: u64,
    /// How many events were lost in total.
    lost: u64,
    waker: Option<Waker>,
    is_closed: bool,
}

impl Queue {
    pub(super) fn new(number: u64, filter: EventFilter) -> Self {
        Self { number, filter, state: Monitor::default() }
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    pub(super) const fn filter(&self) -> &EventFilter {
        &self.filter
    }

    /// Adds an event. If the queue is full, it replaces the oldest.
    pub(super) fn push(&self, event: Event) -> Push {
        let mut state = self.state.lock();
        if state.is_closed {
            return Push::Done;
        }
        let is_full = self.filter.max_waiting() <= state.events.len();
        let lost = u64::from(is_full && state.events.pop_front().is_some());
        let had_lost = 0 < state.lost;
        state.missed += lost;
        state.lost += lost;
        state.events.push_back(event);
        match (lost, had_lost) {
            (0, _) => Push::Done,
            (_, false) => Push::LostFirst,
            (_, true) => Push::Lost,
        }
    }

    /// A warning about lost events.
    pub(super) fn loss(&self) -> String {
        let (room, lost) = (self.filter.max_waiting(), self.state.lock().lost);
        format!(
            "a subscription to this breaker (capacity {room}) has lost {}: take events sooner, \
             select fewer, or give its `EventFilter` a larger `capacity`",
            Quantity(lost, "event")
        )
    }

    /// Wakes the thread or the task that waits for an event.
    pub(super) fn wake(&self) {
        let waker = self.state.lock().waker.take();
        self.state.notify_one();
        if let Some(waker) = waker {
            wake_catching(waker);
        }
    }

    /// Takes the oldest event, if there is one.
    pub(super) fn take(&self) -> Option<Event> {
        self.state.lock().take()
    }

    /// Waits for the oldest event; `None` once the queue is closed and empty.
    pub(super) fn wait(&self) -> Option<Event> {
        self.wait_while_idle().take()
    }

    /// Waits until there is an event; `false` once the queue is closed and empty.
    pub(super) fn wait_for_event(&self) -> bool {
        !self.wait_while_idle().events.is_empty()
    }

    fn wait_while_idle(&self) -> MonitorGuard<'_, QueueState> {
        let mut state = self.state.lock();
        while state.is_idle() {
            state = self.state.wait(state);
        }
        state
    }

    /// Waits as [`wait`](Self::wait) does, but at most for `timeout`.
    pub(super) fn wait_timeout(&self, timeout: Duration) -> Option<Event> {
        let state = self.state.lock();
        self.state.wait_while_for(state, |state| state.is_idle(), timeout).take()
    }

    /// Polls for the oldest event. The task is woken when there is one, or the queue is closed.
    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<Option<Event>> {
        let waker = context.waker().clone();
        let mut state = self.state.lock();
        if !state.is_idle() {
            return Poll::Ready(state.take());
        }
        let replaced = state.waker.replace(waker);
        drop(state);
        drop(replaced);
        Poll::Pending
    }

    /// Drops the waker of the last poll, which a call would drop later.
    pub(super) fn forget_waker(&self) {
        let waker = self.state.lock().waker.take();
        let _ = catch_panic(|| drop(waker));
    }

    /// Accepts no further events. Those in the queue can still be taken.
    pub(super) fn close(&self) {
        self.state.lock().is_closed = true;
        self.wake();
    }

    /// Whether the queue accepts no further events.
    pub(super) fn is_closed(&self) -> bool {
        self.state.lock().is_closed
    }

    /// Closes the queue and discards its events.
    pub(super) fn end(&self) {
        let unwanted = mem::take(&mut self.state.lock().events);
        drop(unwanted);
        self.close();
    }
}

impl QueueState {
    fn is_idle(&self) -> bool {
        self.events.is_empty() && !self.is_closed
    }

    fn take(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        Some(Event { missed: mem::take(&mut self.missed), ..event })
    }
}
