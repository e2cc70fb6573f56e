//! The bus: from breakers to those who listen.

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
    sys::sync::RwLock,
    time::timer::wake_catching,
};

/// Who listens to the breakers of a registry.
///
/// Its locks are leaves: a breaker sends under its own lock, so that every subscriber sees its
/// events in their order, and nothing of the user's runs until [`Wakes`] are let go after it.
#[derive(Default)]
pub(crate) struct Bus {
    queues: RwLock<Vec<Arc<Queue>>>,
    /// Whether there is a queue, for those who have nothing to say to nobody.
    has_subscribers: AtomicBool,
}

impl Bus {
    /// Begins to send what the filter selects.
    pub(crate) fn subscribe(self: &Arc<Self>, filter: EventFilter) -> Subscription {
        let queue = Arc::new(Queue::new(filter));
        self.change(|queues| queues.push(Arc::clone(&queue)));
        Subscription::new(queue, Arc::downgrade(self))
    }

    fn forget(&self, queue: &Arc<Queue>) {
        self.change(|queues| queues.retain(|other| !Arc::ptr_eq(other, queue)));
    }

    /// Whether anybody listens to anything. Who finds that nobody does need not make an event.
    #[inline]
    pub(crate) fn has_subscribers(&self) -> bool {
        self.has_subscribers.load(Ordering::Relaxed)
    }

    /// Whether anybody listens to one of these kinds from that breaker.
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

    /// Puts an event into the queues that it is for, and notes whom to wake.
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

    /// What there is to say of subscriptions to that breaker that have lost events.
    pub(crate) fn losses(
        &self,
        identity: &Identity<'_>,
        connection_kind: Option<&ConnectionKind>,
    ) -> Vec<String> {
        let hears = |queue: &&Arc<Queue>| {
            queue.filter().selects(EventKinds::ALL, identity, connection_kind)
        };
        self.queues.read().iter().filter(hears).filter_map(|queue| queue.loss()).collect()
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Arc<Queue>>)) {
        let mut queues = self.queues.write();
        change(&mut queues);
        self.has_subscribers.store(!queues.is_empty(), Ordering::Relaxed);
    }
}

/// Subscriptions end when nobody is left who could send.
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

/// Whom to wake once the breaker's lock is released: wakers are code of the user's.
#[derive(Default)]
#[must_use = "somebody waits until he is woken"]
pub(crate) struct Wakes {
    queues: Vec<Arc<Queue>>,
    tasks: Vec<Waker>,
}

impl Wakes {
    /// Adds those of another step.
    pub(crate) fn and(&mut self, other: Self) {
        self.queues.extend(other.queues);
        self.tasks.extend(other.tasks);
    }

    /// Adds a task that waits for a breaker itself.
    pub(crate) fn add_task(&mut self, waker: Waker) {
        self.tasks.push(waker);
    }

    /// Wakes them; to be called under no lock.
    pub(crate) fn wake(self) {
        for queue in self.queues {
            queue.wake();
        }
        self.tasks.into_iter().for_each(wake_catching);
    }
}
