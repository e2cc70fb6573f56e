//! The bus: it delivers the events of breakers to subscriptions.

mod callback;
mod queue;
mod subscription;

use std::{
    fmt, mem,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

use self::queue::Queue;
pub use self::{
    callback::EventCallback,
    subscription::{EventStream, Subscription},
};
use crate::{
    connection::ConnectionKind,
    event::{Event, EventFilter, EventKinds},
    identity::Identity,
    sys::{sync::RwLock, worker::restart_left_behind},
    time::timer::wake_catching,
};

/// The subscriptions to the events of a registry.
///
/// A breaker sends events under its own lock, so that every subscriber sees them in order. The
/// locks of the bus are therefore leaves, and no user code runs until the breaker's lock is
/// released and [`Wakes`] are woken.
#[derive(Default)]
pub(crate) struct Bus {
    queues: RwLock<Vec<Arc<Queue>>>,
    /// Whether any queue exists, so that publishers can skip building events.
    has_subscribers: AtomicBool,
}

impl Bus {
    /// Adds a subscription.
    pub(crate) fn subscribe(self: &Arc<Self>, filter: EventFilter) -> Subscription {
        let queue = Arc::new(Queue::new(filter));
        self.change(|queues| queues.push(Arc::clone(&queue)));
        Subscription::new(queue, Arc::downgrade(self))
    }

    fn forget(&self, queue: &Arc<Queue>) {
        self.change(|queues| queues.retain(|other| !Arc::ptr_eq(other, queue)));
    }

    /// Whether any subscription exists. If not, no event needs to be built.
    #[inline]
    pub(crate) fn has_subscribers(&self) -> bool {
        self.has_subscribers.load(Ordering::Relaxed)
    }

    /// Whether any subscription selects one of these kinds of events from this breaker.
    pub(crate) fn has_subscribers_of(
        &self,
        kinds: EventKinds,
        identity: &Identity<'_>,
        connection_kind: impl FnOnce() -> Option<ConnectionKind>,
    ) -> bool {
        self.has_subscribers() && {
            let connection_kind = connection_kind();
            let selects = |queue: &Arc<Queue>| {
                queue.filter().selects(kinds, identity, connection_kind.as_ref())
            };
            self.queues.read().iter().any(selects)
        }
    }

    /// Adds an event to the queues whose filters select it, and adds the queues to `wakes`.
    pub(crate) fn send(&self, event: &Event, wakes: &mut Wakes) {
        let kind = EventKinds::from(event.kind());
        let queues = self.queues.read();
        let selects = |queue: &&Arc<Queue>| {
            queue.filter().selects(kind, &event.identity, event.connection_kind.as_ref())
        };
        for queue in queues.iter().filter(selects) {
            queue.push(event.clone());
            wakes.queues.push(Arc::clone(queue));
        }
    }

    /// Warnings about subscriptions to this breaker that have lost events.
    pub(crate) fn losses(
        &self,
        identity: &Identity<'_>,
        connection_kind: Option<&ConnectionKind>,
    ) -> Vec<String> {
        let selects = |queue: &&Arc<Queue>| {
            queue.filter().selects(EventKinds::ALL, identity, connection_kind)
        };
        self.queues.read().iter().filter(selects).filter_map(|queue| queue.loss()).collect()
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Arc<Queue>>)) {
        let mut queues = self.queues.write();
        change(&mut queues);
        self.has_subscribers.store(!queues.is_empty(), Ordering::Relaxed);
    }
}

/// Ends the subscriptions: nothing is left that could send an event.
impl Drop for Bus {
    fn drop(&mut self) {
        for queue in mem::take(self.queues.get_mut()) {
            queue.close();
        }
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus")
            .field("subscriptions", &self.queues.read().len())
            .finish_non_exhaustive()
    }
}

/// Wake-ups that are due once the breaker's lock is released, since wakers are user code.
#[derive(Default)]
#[must_use = "subscribers and tasks wait until they are woken"]
pub(crate) struct Wakes {
    queues: Vec<Arc<Queue>>,
    tasks: Vec<Waker>,
    has_event: bool,
}

impl Wakes {
    /// Adds the wake-ups of another step.
    pub(crate) fn and(&mut self, other: Self) {
        self.queues.extend(other.queues);
        self.tasks.extend(other.tasks);
        self.has_event |= other.has_event;
    }

    /// Notes that there was an event, even if no queue received it.
    pub(crate) const fn add_event(&mut self) {
        self.has_event = true;
    }

    /// Adds a task that waits for the breaker.
    pub(crate) fn add_task(&mut self, waker: Waker) {
        self.tasks.push(waker);
    }

    /// Wakes all of them, and first the threads that a fork has left behind. The caller must hold
    /// no lock.
    pub(crate) fn wake(self) {
        if self.has_event {
            restart_left_behind();
        }
        for queue in self.queues {
            queue.wake();
        }
        self.tasks.into_iter().for_each(wake_catching);
    }
}
