//! Subscriptions to the events of a registry.

use std::io;

use super::{Registry, SlotEntry};
use crate::{
    bus::{EventCallback, Subscription},
    event::{Event, EventFilter},
};

impl Registry {
    /// Subscribes to every event that the filter selects, from now on.
    ///
    /// While there is a subscription to events of calls
    /// ([`EventKinds::CALLS`](crate::event::EventKinds::CALLS)), each call of the selected breakers
    /// takes its breaker's lock. Subscriptions to other events do not slow calls down.
    pub fn subscribe(&self, filter: impl Into<EventFilter>) -> Subscription {
        let filter = filter.into();
        let selects_calls = filter.selects_calls();
        // The writer lock keeps other threads from creating a breaker that would miss the
        // subscription.
        let _writer = self.inner.writer.lock();
        let subscription = self.inner.context.bus.subscribe(filter);
        if selects_calls {
            self.inner
                .slots
                .pin()
                .iter()
                .map(SlotEntry::slot)
                .for_each(|slot| slot.notice_listeners());
        }
        subscription
    }

    /// Calls `callback` for every event that the filter selects, on a separate thread, until the
    /// handle is dropped.
    ///
    /// # Errors
    ///
    /// If the system cannot start a thread.
    pub fn on_event(
        &self,
        filter: impl Into<EventFilter>,
        callback: impl FnMut(Event) + Send + 'static,
    ) -> io::Result<EventCallback> {
        EventCallback::start(self.subscribe(filter), callback)
    }
}
