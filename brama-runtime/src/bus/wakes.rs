//! Wake-ups: what is left to do for others once a step has released its lock.

use std::{sync::Arc, task::Waker};

use super::{
    observer::{UnseenChange, UnseenChanges},
    queue::Queue,
};
use crate::{sys::worker::restart_left_behind, time::alarms::wake_catching};

/// Wake-ups that are due once the breaker's lock is released, since wakers and observers are user
/// code.
#[derive(Default)]
#[must_use = "subscribers, tasks and observers wait until they are woken"]
pub(crate) struct Wakes {
    pub(super) queues: Vec<Arc<Queue>>,
    tasks: Vec<Waker>,
    /// Boxed, so that a step without a change moves and drops little.
    changes: Option<Box<UnseenChanges>>,
    has_event: bool,
}

impl Wakes {
    /// Adds the wake-ups of another step.
    pub(crate) fn and(&mut self, other: Self) {
        self.queues.extend(other.queues);
        self.tasks.extend(other.tasks);
        if let Some(changes) = other.changes {
            self.changes.get_or_insert_default().extend(*changes);
        }
        self.has_event |= other.has_event;
    }

    /// Notes that there was an event, even if no queue received it.
    pub(crate) const fn add_event(&mut self) {
        self.has_event = true;
    }

    /// Adds a change for the observers and the log.
    pub(super) fn add_change(&mut self, change: UnseenChange) {
        self.changes.get_or_insert_default().push(change);
    }

    /// Adds a task that waits for the breaker.
    pub(crate) fn add_task(&mut self, waker: Waker) {
        self.tasks.push(waker);
    }

    /// Wakes all of them, and first the threads that a fork has left behind. Shows the changes to
    /// observers last, since these may take long. The caller must hold no lock.
    #[inline]
    pub(crate) fn wake(self) {
        if self.has_event || !self.tasks.is_empty() {
            self.wake_all();
        }
    }

    #[cold]
    fn wake_all(self) {
        if self.has_event {
            restart_left_behind();
        }
        for queue in self.queues {
            queue.wake();
        }
        self.tasks.into_iter().for_each(wake_catching);
        if let Some(changes) = self.changes {
            changes.show();
        }
    }
}
