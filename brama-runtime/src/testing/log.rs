//! A log of the events in a test.

use std::{
    fmt,
    num::NonZeroUsize,
    panic::{RefUnwindSafe, UnwindSafe},
};

use super::registry::TestRegistry;
use crate::{
    bus::Subscription,
    circuit::State,
    event::{Event, EventDetail, EventFilter, EventKind},
    identity::Identity,
    sys::sync::{Mutex, MutexGuard},
};

/// A log of all events since it was created, with assertions.
///
/// An event is in the log as soon as the call that caused it has returned. None is lost: the log
/// has no limit.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{State, event::EventKind, testing::TestRegistry};
/// use std::time::Duration;
///
/// let registry = TestRegistry::new();
/// let log = registry.record();
/// registry.fail_times("payment_api", 10);
/// registry.recover("payment_api");
///
/// log.assert_states("payment_api", [State::Open, State::HalfOpen, State::Closed]);
/// assert_eq!(log.count(EventKind::Failure), 10);
/// ```
pub struct EventLog(Mutex<Recorded>);

struct Recorded {
    subscription: Subscription,
    events: Vec<Event>,
}

// A panic leaves the log intact, so a test may catch the panic of an assertion.
impl RefUnwindSafe for EventLog {}
impl UnwindSafe for EventLog {}

impl TestRegistry {
    /// Begins to record all events of this registry.
    #[must_use]
    pub fn record(&self) -> EventLog {
        self.record_only(EventFilter::new())
    }

    /// Begins to record the events that the filter selects. Its capacity is ignored.
    #[must_use]
    pub fn record_only(&self, filter: impl Into<EventFilter>) -> EventLog {
        let subscription = self.subscribe(filter.into().capacity(NonZeroUsize::MAX));
        EventLog(Mutex::new(Recorded { subscription, events: Vec::new() }))
    }
}

impl EventLog {
    /// Returns the events so far, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.recorded().events.clone()
    }

    /// Returns the number of events of this kind so far.
    #[must_use]
    pub fn count(&self, kind: EventKind) -> usize {
        self.recorded().events.iter().filter(|event| event.kind() == kind).count()
    }

    /// Removes the events so far.
    pub fn clear(&self) {
        self.recorded().events.clear();
    }

    /// Asserts the states that a breaker has entered, in order.
    ///
    /// # Panics
    ///
    /// If the states differ; the message lists every event.
    #[track_caller]
    pub fn assert_states<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        expected: impl IntoIterator<Item = State>,
    ) {
        let identity = identity.into();
        let (recorded, expected) = (self.recorded(), expected.into_iter().collect::<Vec<_>>());
        let entered: Vec<_> = recorded.of(&identity).filter_map(entered).collect();
        assert!(
            entered == expected,
            "{identity} should enter {}, entered {}\n{recorded}",
            listed(&expected),
            listed(&entered)
        );
    }

    /// Asserts the kinds of all events of a breaker, in order.
    ///
    /// # Panics
    ///
    /// If the kinds differ; the message lists every event.
    #[track_caller]
    pub fn assert_kinds<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        expected: impl IntoIterator<Item = EventKind>,
    ) {
        let identity = identity.into();
        let (recorded, expected) = (self.recorded(), expected.into_iter().collect::<Vec<_>>());
        let kinds: Vec<_> = recorded.of(&identity).map(Event::kind).collect();
        assert!(
            kinds == expected,
            "{identity} should publish {}, published {}\n{recorded}",
            listed(&expected),
            listed(&kinds)
        );
    }

    /// Asserts that there was no event.
    ///
    /// # Panics
    ///
    /// If there was one; the message lists every event.
    #[track_caller]
    pub fn assert_empty(&self) {
        let recorded = self.recorded();
        assert!(recorded.events.is_empty(), "nothing should have happened\n{recorded}");
    }

    fn recorded(&self) -> MutexGuard<'_, Recorded> {
        let mut recorded = self.0.lock();
        while let Some(event) = recorded.subscription.try_recv() {
            recorded.events.push(event);
        }
        recorded
    }
}

/// Lists the events so far, oldest first.
impl fmt::Debug for EventLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventLog").field(&self.recorded().events).finish()
    }
}

impl Recorded {
    fn of(&self, identity: &Identity<'_>) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.identity == *identity)
    }
}

/// The state that the circuit entered, if the event is a change of state.
fn entered(event: &Event) -> Option<State> {
    if let EventDetail::StateChanged { to, .. } = event.detail { Some(to) } else { None }
}

fn listed(names: &[impl fmt::Display]) -> String {
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// Prints a line per event.
impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.events.as_slice() {
            [] => f.write_str("  nothing has happened"),
            events => events.iter().try_for_each(|event| writeln!(f, "  {event}")),
        }
    }
}
