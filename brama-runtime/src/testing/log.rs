//! What happened in a test, in its order.

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

/// Everything that happened since it was made, in its order, and assertions on it.
///
/// Events are there as soon as the call that caused them has returned. None is lost: the log grows
/// with the test.
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
#[derive(Debug)]
pub struct EventLog(Mutex<Told>);

#[derive(Debug)]
struct Told {
    subscription: Subscription,
    events: Vec<Event>,
}

/// A panic leaves the log whole, so a test may catch the panic of an assertion.
impl RefUnwindSafe for EventLog {}
impl UnwindSafe for EventLog {}

impl TestRegistry {
    /// Begins to record everything that happens to its breakers.
    #[must_use]
    pub fn record(&self) -> EventLog {
        self.record_only(EventFilter::new())
    }

    /// Begins to record what the filter selects; its capacity does not matter.
    #[must_use]
    pub fn record_only(&self, filter: impl Into<EventFilter>) -> EventLog {
        let subscription = self.subscribe(filter.into().capacity(NonZeroUsize::MAX));
        EventLog(Mutex::new(Told { subscription, events: Vec::new() }))
    }
}

impl EventLog {
    /// The events so far, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.told().events.clone()
    }

    /// How many events of that kind there were.
    #[must_use]
    pub fn count(&self, kind: EventKind) -> usize {
        self.told().events.iter().filter(|event| event.kind() == kind).count()
    }

    /// Forgets the events so far.
    pub fn clear(&self) {
        self.told().events.clear();
    }

    /// Asserts which states a breaker has entered, in their order.
    ///
    /// # Panics
    ///
    /// Where they are others; the message lists every event.
    #[track_caller]
    pub fn assert_states<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        expected: impl IntoIterator<Item = State>,
    ) {
        let identity = identity.into();
        let (told, expected) = (self.told(), expected.into_iter().collect::<Vec<_>>());
        let entered: Vec<_> = told.of(&identity).filter_map(entered).collect();
        assert!(
            entered == expected,
            "{identity} should enter {}, entered {}\n{told}",
            listed(&expected),
            listed(&entered)
        );
    }

    /// Asserts the kinds of all that has happened to a breaker, in their order.
    ///
    /// # Panics
    ///
    /// Where they are others; the message lists every event.
    #[track_caller]
    pub fn assert_kinds<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        expected: impl IntoIterator<Item = EventKind>,
    ) {
        let identity = identity.into();
        let (told, expected) = (self.told(), expected.into_iter().collect::<Vec<_>>());
        let kinds: Vec<_> = told.of(&identity).map(Event::kind).collect();
        assert!(
            kinds == expected,
            "{identity} should tell {}, tells {}\n{told}",
            listed(&expected),
            listed(&kinds)
        );
    }

    /// Asserts that nothing has happened.
    ///
    /// # Panics
    ///
    /// Where something has; the message lists every event.
    #[track_caller]
    pub fn assert_empty(&self) {
        let told = self.told();
        assert!(told.events.is_empty(), "nothing should have happened\n{told}");
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        let mut told = self.0.lock();
        while let Some(event) = told.subscription.try_recv() {
            told.events.push(event);
        }
        told
    }
}

impl Told {
    fn of(&self, identity: &Identity<'_>) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.identity == *identity)
    }
}

/// The state that was entered, if the event is a change of state.
fn entered(event: &Event) -> Option<State> {
    if let EventDetail::StateChanged { to, .. } = event.detail { Some(to) } else { None }
}

fn listed(names: &[impl fmt::Display]) -> String {
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// The events, a line each.
impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.events.as_slice() {
            [] => f.write_str("  nothing has happened"),
            events => events.iter().try_for_each(|event| writeln!(f, "  {event}")),
        }
    }
}
