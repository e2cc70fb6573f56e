//! Subscriptions to the events of a registry.

use super::Registry;
use crate::{
    breaker::Slot,
    bus::{EventCallback, Subscription},
    error::NoThread,
    event::{Event, EventFilter, EventKinds},
};

impl Registry {
    /// Subscribes to every event that the filter selects, from now on.
    ///
    /// While there is a subscription to events of calls
    /// ([`EventKinds::CALLS`](crate::event::EventKinds::CALLS)), each call of the selected breakers
    /// takes its breaker's lock. Subscriptions to other events do not slow calls down.
    pub fn subscribe(&self, filter: impl Into<EventFilter>) -> Subscription {
        let filter = filter.into();
        // The writer lock keeps other threads from creating a breaker that would miss the
        // subscription.
        let _writer = self.inner.writer.lock();
        let subscription = self.inner.context.bus.subscribe(filter);
        let filter = subscription.event_filter();
        if filter.selected_kinds().intersects(EventKinds::CALLS) {
            self.inner.slots.for_each_named(filter.names(), Slot::republish);
        }
        subscription
    }

    /// Calls `callback` for every event that the filter selects, on a separate thread, until the
    /// handle is dropped.
    ///
    /// # Errors
    ///
    /// [`NoThread`] if the system cannot start the thread.
    pub fn on_event(
        &self,
        filter: impl Into<EventFilter>,
        callback: impl FnMut(Event) + Send + 'static,
    ) -> Result<EventCallback, NoThread> {
        EventCallback::start(self.subscribe(filter), callback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{breaker::REPUBLISHED, config::Config, event::FilterNames, identity::Identity};

    const NAMES: [Option<&str>; 3] = [None, Some("x"), Some("y")];

    /// Asserts for every filter of names which breakers a subscription to calls publishes again.
    fn assert_republished(registry: &Registry, known: &[Identity<'_>]) {
        for names in FilterNames::combinations(NAMES) {
            REPUBLISHED.set(0);
            drop(registry.subscribe(EventFilter::from(EventKinds::CALLS).with_names(names)));
            let selected = known.iter().filter(|identity| names.select(identity));
            assert_eq!(REPUBLISHED.get(), selected.count(), "{names:?}");
        }
    }

    #[test]
    fn a_subscription_to_calls_republishes_only_breakers_that_it_selects() {
        let (registry, mut known) = (Registry::new(), Vec::new());
        for identity in FilterNames::combinations(NAMES).map(FilterNames::to_identity) {
            let _ = registry.breaker(&identity);
            known.push(identity);
            assert_republished(&registry, &known);
        }
    }

    #[test]
    fn a_breaker_that_returns_after_its_eviction_is_republished() {
        let registry = Registry::new();
        let one = Config::new().max_keys(1.try_into().unwrap()).cleanup_interval(None);
        registry.init(one).unwrap();
        for key in ["x", "y", "x", "y"] {
            let identity = Identity::new("x").with_key(key);
            let _ = registry.breaker(&identity);
            assert_republished(&registry, &[identity]);
        }
    }
}
