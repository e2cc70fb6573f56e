//! The subscriber's end of a queue.

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
    event::Event,
    time::clock::{Clock, SystemClock},
};

/// Events as they come: an iterator that waits for the next, or a stream for tasks
/// ([`into_stream`](Self::into_stream)).
///
/// Events of one breaker come in the order in which they happened. A subscriber that is slower than
/// the breakers loses the oldest events and is told how many: [`Event::missed`]. It slows nobody
/// down. Dropping it ends the subscription; it ends by itself when the registry and all handles of
/// its breakers are gone.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Registry, event::EventKind};
///
/// let registry = Registry::new();
/// let mut changes = registry.subscribe(EventKind::StateChanged);
/// registry.breaker("payment_api").force_open("maintenance");
/// let told = changes.next().expect("the registry is there").to_string();
/// assert_eq!(
///     told,
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

    pub(super) const fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    /// The next event that is there already; `None` where none waits.
    pub fn try_recv(&mut self) -> Option<Event> {
        iter::from_fn(|| self.queue.take()).find(|event| self.queue.filter().approves(event))
    }

    /// Waits for the next event, blocking the thread, for at most `longest` of the system's time, whatever
    /// the registry's clock; `None` where none came until then, or none can come any more.
    pub fn recv_timeout(&mut self, longest: Duration) -> Option<Event> {
        let until = SystemClock.now().after(longest);
        iter::from_fn(|| self.queue.wait_timeout(until.since(SystemClock.now())))
            .find(|event| self.queue.filter().approves(event))
    }

    /// Waits for the next event in a task; `None` where none can come any more.
    ///
    /// # Cancellation
    ///
    /// Dropped before it is ready, it has taken no event that the predicate wants.
    pub async fn recv(&mut self) -> Option<Event> {
        std::future::poll_fn(|context| self.poll_recv(context)).await
    }

    /// The same subscription as a stream and nothing else.
    ///
    /// A subscription is an iterator too, and the methods of `StreamExt` have the names of
    /// `Iterator`'s: where both are in scope, `next` and `map` are ambiguous here, and not there.
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

/// Waits for the next event, blocking the thread; `None` where none can come any more.
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

/// Events as they come, for tasks: what [`Subscription::into_stream`] makes.
#[must_use = "dropping a subscription ends it"]
pub struct EventStream(Subscription);

impl Stream for EventStream {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.0.poll_recv(context)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(bus) = self.bus.upgrade() {
            bus.forget(&self.queue);
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("filter", self.queue.filter()).finish_non_exhaustive()
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventStream").field(&self.0).finish()
    }
}
