//! Which events a subscription is for.

use std::{fmt, num::NonZeroUsize, sync::Arc};

use super::{Event, EventKind, EventKinds};
use crate::{connection::ConnectionKind, identity::Identity};

/// Which events a subscription is for, and how many may wait for it.
///
/// What is named must all hold; a filter that names nothing is for every event.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::event::{EventFilter, EventKind};
///
/// let openings = EventFilter::new()
///     .kinds(EventKind::StateChanged)
///     .scope("payments")
///     .predicate(|event| event.opening.is_some());
/// # drop(openings);
/// ```
#[derive(Clone)]
#[must_use = "a filter does nothing until something subscribes with it"]
pub struct EventFilter {
    kinds: EventKinds,
    scope: Option<String>,
    identifier: Option<String>,
    key: Option<String>,
    connection_kind: Option<ConnectionKind>,
    predicate: Option<Predicate>,
    capacity: NonZeroUsize,
}

type Predicate = Arc<dyn Fn(&Event) -> bool + Send + Sync>;

/// How many events may wait where the filter names no number.
const CAPACITY: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1_023);

impl EventFilter {
    /// Every event of every breaker. At most 1 024 wait.
    pub const fn new() -> Self {
        Self {
            kinds: EventKinds::ALL,
            scope: None,
            identifier: None,
            key: None,
            connection_kind: None,
            predicate: None,
            capacity: CAPACITY,
        }
    }

    /// Events of these kinds.
    pub fn kinds(self, kinds: impl Into<EventKinds>) -> Self {
        Self { kinds: kinds.into(), ..self }
    }

    /// Events of breakers in that scope.
    pub fn scope(self, scope: impl Into<String>) -> Self {
        Self { scope: Some(scope.into()), ..self }
    }

    /// Events of breakers with that identifier, whatever their scope and key.
    pub fn identifier(self, identifier: impl Into<String>) -> Self {
        Self { identifier: Some(identifier.into()), ..self }
    }

    /// Events of breakers with that key.
    pub fn key(self, key: impl fmt::Display) -> Self {
        Self { key: Some(key.to_string()), ..self }
    }

    /// Events of breakers of that kind of connection.
    pub fn connection_kind(self, kind: ConnectionKind) -> Self {
        Self { connection_kind: Some(kind), ..self }
    }

    /// Events for which `predicate` is true.
    ///
    /// It is the subscriber's code, so it runs where the subscriber takes events and never on the
    /// path of a call: until then, events that it refuses wait in the queue like others. A panic is
    /// the subscriber's own. Said again, the later takes the place of the earlier.
    pub fn predicate(self, predicate: impl Fn(&Event) -> bool + Send + Sync + 'static) -> Self {
        Self { predicate: Some(Arc::new(predicate)), ..self }
    }

    /// How many events may wait. Default 1 024. One more drops the oldest.
    pub fn capacity(self, events: NonZeroUsize) -> Self {
        Self { capacity: events, ..self }
    }

    /// Whether it is for one of these kinds of events of that breaker, its predicate aside.
    pub(crate) fn selects(
        &self,
        kinds: EventKinds,
        identity: &Identity<'_>,
        connection_kind: Option<&ConnectionKind>,
    ) -> bool {
        let named = |wanted: &Option<String>, is: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| Some(wanted) == is)
        };
        self.kinds.intersects(kinds)
            && named(&self.scope, identity.scope())
            && named(&self.identifier, Some(identity.identifier()))
            && named(&self.key, identity.key())
            && self.connection_kind.as_ref().is_none_or(|kind| connection_kind == Some(kind))
    }

    /// Whether it is for what calls do.
    pub(crate) const fn hears_calls(&self) -> bool {
        self.kinds.intersects(EventKinds::CALLS)
    }

    /// Whether the predicate wants the event.
    pub(crate) fn approves(&self, event: &Event) -> bool {
        self.predicate.as_ref().is_none_or(|predicate| predicate(event))
    }

    pub(crate) const fn most_waiting(&self) -> usize {
        self.capacity.get()
    }
}

impl Default for EventFilter {
    fn default() -> Self {
        Self::new()
    }
}

/// Events of that kind.
impl From<EventKind> for EventFilter {
    fn from(kind: EventKind) -> Self {
        Self::new().kinds(kind)
    }
}

/// Events of these kinds.
impl From<EventKinds> for EventFilter {
    fn from(kinds: EventKinds) -> Self {
        Self::new().kinds(kinds)
    }
}

impl fmt::Debug for EventFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventFilter")
            .field("kinds", &self.kinds)
            .field("scope", &self.scope)
            .field("identifier", &self.identifier)
            .field("key", &self.key)
            .field("connection_kind", &self.connection_kind)
            .field("predicate", &self.predicate.is_some())
            .field("capacity", &self.capacity)
            .finish()
    }
}
