//! Subscriptions to the events of a registry.

use super::Registry;
use crate::{
    breaker::Slot,
    bus::{EventCallback, Observation, Subscription},
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

    /// Calls `observer` for every change, on the thread that causes the change, until the handle is
    /// dropped. [`EventKinds::CHANGES`](crate::event::EventKinds::CHANGES) lists what a change is.
    ///
    /// Use it for what has to happen where the change happens, such as a log line in the span of
    /// the caller, or a metric of its task. For everything else, [`on_event`](Self::on_event) does
    /// not let the caller wait.
    ///
    /// The observer is called after the breaker's lock is released, so it may call its breaker. If
    /// it causes a change, it is called for that change too, before it returns. If several threads
    /// change a breaker at once, it may be called out of order: [`Event::number`] gives the order.
    /// A panic of the observer is caught and counted ([`Observation::panics`]).
    ///
    /// Events of calls are not observed, and an observer does not slow calls down that cause no
    /// change. In a forked child, observers go on as before.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::Registry;
    /// use std::sync::{Arc, Mutex};
    ///
    /// let seen = Arc::new(Mutex::new(Vec::new()));
    /// let registry = Registry::new();
    /// let observation = registry.observe({
    ///     let seen = Arc::clone(&seen);
    ///     move |event| seen.lock().unwrap().push(event.to_string())
    /// });
    /// registry.breaker("payment_api").force_open("maintenance");
    /// assert_eq!(
    ///     *seen.lock().unwrap(),
    ///     [
    ///         "payment_api was first used or registered",
    ///         "payment_api went from closed to forced open: by hand (force_open): maintenance",
    ///     ]
    /// );
    /// drop(observation);
    /// ```
    pub fn observe(&self, observer: impl Fn(&Event) + Send + Sync + 'static) -> Observation {
        self.inner.context.bus.observe(observer)
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
