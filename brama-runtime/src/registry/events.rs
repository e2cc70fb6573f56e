//! Events: who listens to the breakers of a registry.

use std::io;

use super::{Registry, SlotEntry};
use crate::{
    bus::{EventCallback, Subscription},
    event::{Event, EventFilter},
};

impl Registry {
    /// Begins to listen: to every event that the filter selects, from the next one on.
    ///
    /// While somebody listens to what calls do ([`EventKinds::CALLS`](crate::event::EventKinds::CALLS)),
    /// each call of the breakers meant takes its breaker's lock; changes of state cost their
    /// listeners alone.
    pub fn subscribe(&self, filter: impl Into<EventFilter>) -> Subscription {
        let filter = filter.into();
        let hears_calls = filter.hears_calls();
        // Under the writer's lock no breaker is made that would miss it.
        let _writer = self.inside.writer.lock();
        let subscription = self.inside.context.bus.subscribe(filter);
        if hears_calls {
            self.inside
                .slots
                .pin()
                .iter()
                .map(SlotEntry::slot)
                .for_each(|slot| slot.notice_listeners());
        }
        subscription
    }

    /// Has `callback` called for every event that the filter selects, on a thread of its own, until
    /// the handle is dropped.
    ///
    /// # Errors
    ///
    /// Where the system gives no thread.
    pub fn on_event(
        &self,
        filter: impl Into<EventFilter>,
        callback: impl FnMut(Event) + Send + 'static,
    ) -> io::Result<EventCallback> {
        EventCallback::start(self.subscribe(filter), callback)
    }
}
