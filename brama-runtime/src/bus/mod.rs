//! The bus: it delivers the events of breakers to subscriptions.

mod callback;
mod index;
mod observer;
mod queue;
mod subscription;
mod wakes;

use std::{
    fmt, mem,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

pub(crate) use self::wakes::Wakes;
pub use self::{
    callback::EventCallback,
    observer::Observation,
    subscription::{EventStream, Subscription},
};
use self::{
    index::{Group, QueueIndex},
    observer::{Observer, Observers, UnseenChange},
    queue::{Push, Queue},
};
use crate::{
    connection::ConnectionKind,
    event::{Event, EventDetail, EventFilter, EventKinds},
    identity::Identity,
    logs,
    sys::sync::{Mutex, RwLock},
    time::clock::Time,
};

/// The subscriptions to the events of a registry.
///
/// A breaker sends events under its own lock, so that every subscriber sees them in order. The
/// locks of the bus are therefore leaves, and no user code runs until the breaker's lock is
/// released and [`Wakes`] are woken.
#[derive(Default)]
pub(crate) struct Bus {
    queues: RwLock<Queues>,
    /// The queues that have lost events, so that a status need not examine the others.
    losing: Mutex<QueueIndex>,
    /// Whether any queue exists, so that publishers can skip building events.
    has_subscribers: AtomicBool,
    /// Whether any observer exists. Observers see no events of calls, so these are not built for
    /// them.
    has_observers: AtomicBool,
    lost: AtomicU64,
}

/// The queues of the subscriptions, which are numbered in the order of their age, and the
/// observers.
#[derive(Default)]
struct Queues {
    index: QueueIndex,
    next: u64,
    observers: Observers,
}

impl Queues {
    fn add(&mut self, filter: EventFilter) -> Arc<Queue> {
        let queue = Arc::new(Queue::new(self.next, filter));
        self.index.add(&queue);
        self.next += 1;
        queue
    }
}

impl Bus {
    /// Adds a subscription.
    pub(crate) fn subscribe(self: &Arc<Self>, filter: EventFilter) -> Subscription {
        let queue = self.change(|queues| queues.add(filter));
        Subscription::new(queue, Arc::downgrade(self))
    }

    /// Adds an observer.
    pub(crate) fn observe(
        self: &Arc<Self>,
        observe: impl Fn(&Event) + Send + Sync + 'static,
    ) -> Observation {
        let observer = Arc::new(Observer::new(observe));
        let before = self.change(|queues| {
            let added = queues.observers.iter().cloned().chain([Arc::clone(&observer)]);
            let added = added.collect();
            mem::replace(&mut queues.observers, added)
        });
        drop(before);
        Observation::new(observer, Arc::downgrade(self))
    }

    fn remove_observer(&self, observer: &Arc<Observer>) {
        let before = self.change(|queues| {
            let others = queues.observers.iter().filter(|it| !Arc::ptr_eq(it, observer));
            let others = others.cloned().collect();
            mem::replace(&mut queues.observers, others)
        });
        drop(before);
    }

    fn forget(&self, queue: &Queue) {
        let forgotten = self.change(|queues| queues.index.remove(queue));
        let losing = self.losing.lock().remove(queue);
        drop((forgotten, losing));
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
            let (connection_kind, queues) = (connection_kind(), self.queues.read());
            queues.index.groups(kinds, identity, connection_kind.as_ref()).next().is_some()
        }
    }

    /// Adds an event to the queues whose filters select it, and adds the queues to `wakes`.
    pub(crate) fn send(&self, event: &Event, wakes: &mut Wakes) {
        let kind = EventKinds::from(event.kind());
        let queues = self.queues.read();
        let groups = queues.index.groups(kind, &event.identity, event.connection_kind.as_ref());
        for queue in groups.flat_map(Group::values) {
            #[cfg(test)]
            EXAMINED.set(EXAMINED.get() + 1);
            match queue.push(event.clone()) {
                Push::Done => {}
                Push::Lost => self.count_lost(),
                Push::LostFirst => {
                    self.count_lost();
                    self.losing.lock().add(queue);
                }
            }
            wakes.queues.push(Arc::clone(queue));
        }
    }

    /// Whether an observer or the log would see this change. If not, and if there is no
    /// subscription, its event need not be built.
    pub(crate) fn is_seen(&self, detail: &EventDetail, identity: &Identity<'_>) -> bool {
        self.has_observers.load(Ordering::Relaxed) || logs::has_line(detail, identity)
    }

    /// Adds a change that the observers and the log see when `wakes` are woken. `clock` reads the
    /// calendar time of the event then, if the event does not have it yet.
    pub(crate) fn show_later(&self, event: Event, clock: Option<&Time>, wakes: &mut Wakes) {
        let observers = Arc::clone(&self.queues.read().observers);
        wakes.add_change(UnseenChange { event, observers, clock: clock.cloned() });
    }

    /// Warnings about subscriptions to this breaker that have lost events: one for each of the
    /// oldest, and one for all others.
    pub(crate) fn losses(
        &self,
        identity: &Identity<'_>,
        connection_kind: Option<&ConnectionKind>,
    ) -> Vec<String> {
        let losing = self.losing.lock();
        let groups = losing.groups(EventKinds::ALL, identity, connection_kind);
        let count: usize = groups.clone().map(Group::len).sum();
        let mut oldest: Vec<_> = groups.flat_map(|group| group.values().take(MAX_LOSSES)).collect();
        #[cfg(test)]
        EXAMINED.set(EXAMINED.get() + oldest.len());
        oldest.sort_unstable_by_key(|queue| queue.number());
        oldest.truncate(MAX_LOSSES);
        let mut losses: Vec<_> = oldest.iter().map(|queue| queue.loss()).collect();
        match count - losses.len() {
            0 => {}
            more => losses.push(format!("{more} more subscriptions to this breaker lost events")),
        }
        losses
    }

    fn count_lost(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns how many events all subscriptions have lost, dropped ones included.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn change<R>(&self, change: impl FnOnce(&mut Queues) -> R) -> R {
        let mut queues = self.queues.write();
        let answer = change(&mut queues);
        self.has_subscribers.store(!queues.index.is_empty(), Ordering::Relaxed);
        self.has_observers.store(!queues.observers.is_empty(), Ordering::Relaxed);
        answer
    }
}

/// Ends the subscriptions: nothing is left that could send an event.
impl Drop for Bus {
    fn drop(&mut self) {
        for queue in mem::take(&mut self.queues.get_mut().index).into_queues() {
            queue.close();
        }
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus")
            .field("subscriptions", &self.queues.read().index.len())
            .finish_non_exhaustive()
    }
}

/// How many subscriptions a status describes one by one.
const MAX_LOSSES: usize = 8;

#[cfg(test)]
thread_local! {
    /// How many queues this thread has examined for an event or for losses.
    static EXAMINED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::{event::EventKind, registry::Registry};

    #[test]
    fn a_status_examines_only_subscriptions_that_have_lost_events() {
        let registry = Registry::new();
        let breaker = registry.breaker("a");
        let lossy = || registry.subscribe(EventFilter::new().capacity(NonZeroUsize::MIN));
        let quiet: Vec<_> = (0..1_000).map(|_| registry.subscribe(EventFilter::new())).collect();
        let mut losing = vec![lossy(), lossy()];
        let mut warnings = || {
            EXAMINED.set(0);
            let warnings = breaker.status().warnings;
            assert_eq!(EXAMINED.get(), losing.len(), "{warnings:?}");
            losing.pop();
            warnings.len()
        };
        breaker.success();
        breaker.success();
        assert_eq!([warnings(), warnings(), warnings()], [2, 1, 0]);
        drop(quiet);
    }

    #[test]
    fn a_step_examines_only_subscriptions_that_receive_its_events() {
        let registry = Registry::new();
        let breaker = registry.breaker("a");
        let calls = |name: String| EventFilter::from(EventKind::Failure).identifier(name);
        let of_others = |number: usize| registry.subscribe(calls(format!("n{number}")));
        let to_changes = |_| registry.subscribe(EventKind::StateChanged);
        let others: Vec<_> = (0..1_000).map(of_others).chain((0..1_000).map(to_changes)).collect();
        let examined = || {
            EXAMINED.set(0);
            breaker.failure("a test");
            EXAMINED.get()
        };
        assert_eq!(examined(), 0);
        let mut subscription = registry.subscribe(calls("a".to_owned()));
        assert_eq!(examined(), 1);
        assert!(subscription.try_recv().is_some());
        drop(others);
    }

    #[test]
    fn many_losses_are_one_warning() {
        let registry = Registry::new();
        let breaker = registry.breaker("a");
        let lossy = |_| registry.subscribe(EventFilter::new().capacity(NonZeroUsize::MIN));
        let losing: Vec<_> = (0..100).map(lossy).collect();
        breaker.success();
        breaker.success();
        let warnings = breaker.status().warnings;
        assert_eq!(warnings.len(), MAX_LOSSES + 1);
        assert_eq!(warnings[MAX_LOSSES], "92 more subscriptions to this breaker lost events");
        drop(losing);
    }
}
