//! Subscriptions: the receiving end of a queue.

use std::{
    fmt, iter,
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_core::Stream;

use super::{Bus, queue::Queue};
use crate::{
    event::{Event, EventFilter},
    time::clock::{Clock, SystemClock},
};

/// A subscription to events: a blocking iterator, or a stream for tasks
/// ([`into_stream`](Self::into_stream)).
///
/// The events of one breaker arrive in the order in which they happened. A subscriber that is too
/// slow loses the oldest events; [`Event::missed`] counts them. It never slows down the breakers.
///
/// Dropping the subscription ends it. It also ends once the registry and all handles to its
/// breakers are dropped.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Registry, event::EventKind};
///
/// let registry = Registry::new();
/// let mut changes = registry.subscribe(EventKind::StateChanged);
/// registry.breaker("payment_api").force_open("maintenance");
/// let event = changes.next().expect("the registry still exists");
/// assert_eq!(
///     event.to_string(),
///     "payment_api went from closed to forced open: by hand (force_open): maintenance"
/// );
/// ```
#[must_use = "dropping a subscription ends it"]
pub struct Subscription {
    queue: Arc<Queue>,
    bus: Weak<Bus>,
}

impl Subscription {
    pub(super) const fn new(queue: Arc<Queue>, bus: Weak<Bus>) -> Self {
        Self { queue, bus }
    }

    pub(crate) fn event_filter(&self) -> &EventFilter {
        self.queue.filter()
    }

    pub(super) const fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    /// Returns the next event without waiting; `None` if the queue is empty.
    pub fn try_recv(&mut self) -> Option<Event> {
        iter::from_fn(|| self.queue.take()).find(|event| self.queue.filter().approves(event))
    }

    /// Blocks the thread until the next event arrives, for at most `timeout`.
    ///
    /// The timeout is measured on the system's clock, whatever clock the registry has. Returns
    /// `None` after the timeout, and if no event can arrive any more.
    pub fn recv_timeout(&mut self, timeout: Duration) -> Option<Event> {
        let until = SystemClock.now().after(timeout);
        iter::from_fn(|| self.queue.wait_timeout(until.since(SystemClock.now())))
            .find(|event| self.queue.filter().approves(event))
    }

    /// Waits for the next event in a task; `None` if no event can arrive any more.
    ///
    /// # Cancellation
    ///
    /// This method is cancel safe: if the future is dropped before it is ready, no event is lost.
    pub async fn recv(&mut self) -> Option<Event> {
        std::future::poll_fn(|context| self.poll_recv(context)).await
    }

    /// Converts the subscription to a type that is a stream but no iterator.
    ///
    /// The methods of `StreamExt` and `Iterator` have common names. On a `Subscription`, which
    /// implements both traits, `next` and `map` are ambiguous if both are in scope; on an
    /// `EventStream` they are not.
    pub const fn into_stream(self) -> EventStream {
        EventStream(self)
    }

    fn poll_recv(&self, context: &Context<'_>) -> Poll<Option<Event>> {
        loop {
            match ready!(self.queue.poll(context)) {
                Some(event) if !self.queue.filter().approves(&event) => {}
                answer => return Poll::Ready(answer),
            }
        }
    }
}

/// Blocks the thread until the next event arrives; `None` if no event can arrive any more.
impl Iterator for Subscription {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        iter::from_fn(|| self.queue.wait()).find(|event| self.queue.filter().approves(event))
    }
}

impl Stream for Subscription {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.poll_recv(context)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(bus) = self.bus.upgrade() {
            bus.forget(&self.queue);
        }
        self.queue.forget_waker();
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("filter", self.queue.filter()).finish_non_exhaustive()
    }
}

/// A stream of events, created by [`Subscription::into_stream`].
#[must_use = "dropping a subscription ends it"]
pub struct EventStream(Subscription);

impl Stream for EventStream {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.0.poll_recv(context)
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventStream").field(&self.0).finish()
    }
}
