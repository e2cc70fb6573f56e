//! The filter that selects the events of a subscription.

use std::{fmt, num::NonZeroUsize, sync::Arc};

use super::{Event, EventKind, EventKinds};
use crate::{connection::ConnectionKind, identity::Identity, sys::panic::UserValue};

/// A filter that selects the events of a subscription, with the capacity of its queue.
///
/// It selects the events to which all of its conditions apply. Without conditions, it selects every
/// event.
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
    predicate: Option<EventPredicate>,
    capacity: NonZeroUsize,
}

type EventPredicate = Arc<dyn Fn(&Event) -> bool + Send + Sync>;

/// The default capacity.
const CAPACITY: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1_023);

impl EventFilter {
    /// Creates a filter that selects every event of every breaker, with a capacity of 1 024 events.
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

    /// Selects events of these kinds only.
    pub fn kinds(self, kinds: impl Into<EventKinds>) -> Self {
        Self { kinds: kinds.into(), ..self }
    }

    /// Selects events of breakers in this scope only.
    pub fn scope(self, scope: impl Into<String>) -> Self {
        Self { scope: Some(scope.into()), ..self }
    }

    /// Selects events of breakers with this identifier only, in any scope and with any key.
    pub fn identifier(self, identifier: impl Into<String>) -> Self {
        Self { identifier: Some(identifier.into()), ..self }
    }

    /// Selects events of breakers with this key only.
    pub fn key(self, key: impl fmt::Display) -> Self {
        Self { key: Some(key.to_string()), ..self }
    }

    /// Selects events of breakers with this kind of connection only.
    pub fn connection_kind(self, kind: ConnectionKind) -> Self {
        Self { connection_kind: Some(kind), ..self }
    }

    /// Selects events for which `predicate` returns true only.
    ///
    /// The predicate runs when the subscriber takes an event, never during a call. Until then,
    /// events that it rejects count towards the capacity like all others. If it panics, the panic
    /// reaches the subscriber. A second predicate replaces the first.
    pub fn predicate(self, predicate: impl Fn(&Event) -> bool + Send + Sync + 'static) -> Self {
        // The last reference may be that of a call, which wakes a subscription that is dropped
        // meanwhile.
        let predicate = UserValue::new(predicate);
        let predicate = move |event: &Event| predicate.get().is_some_and(|it| it(event));
        Self { predicate: Some(Arc::new(predicate)), ..self }
    }

    /// Sets how many events the queue holds; when it is full, a new event replaces the oldest.
    /// Default: 1 024.
    pub fn capacity(self, events: NonZeroUsize) -> Self {
        Self { capacity: events, ..self }
    }

    /// The kinds of events that it selects.
    pub(crate) const fn selected_kinds(&self) -> EventKinds {
        self.kinds
    }

    /// The names of breakers that it selects.
    pub(crate) fn names(&self) -> FilterNames<'_> {
        let Self { scope, identifier, key, .. } = self;
        let (scope, identifier, key) = (scope.as_deref(), identifier.as_deref(), key.as_deref());
        FilterNames { scope, identifier, key }
    }

    #[cfg(test)]
    pub(crate) fn with_names(self, names: FilterNames<'_>) -> Self {
        let [scope, identifier, key] =
            [names.scope, names.identifier, names.key].map(|name| name.map(str::to_owned));
        Self { scope, identifier, key, ..self }
    }

    /// The kind of connection that it selects; `None` if it selects every one.
    pub(crate) const fn selected_connection_kind(&self) -> Option<&ConnectionKind> {
        self.connection_kind.as_ref()
    }

    /// Whether the predicate selects the event.
    pub(crate) fn approves(&self, event: &Event) -> bool {
        self.predicate.as_ref().is_none_or(|predicate| predicate(event))
    }

    pub(crate) const fn max_waiting(&self) -> usize {
        self.capacity.get()
    }
}

/// The names that a filter selects; `None` stands for every one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FilterNames<'a> {
    pub(crate) scope: Option<&'a str>,
    pub(crate) identifier: Option<&'a str>,
    pub(crate) key: Option<&'a str>,
}

impl FilterNames<'_> {
    /// Whether they select this identity.
    pub(crate) fn select(&self, identity: &Identity<'_>) -> bool {
        let selects = |wanted: Option<&str>, part| wanted.is_none() || wanted == part;
        selects(self.scope, identity.scope())
            && selects(self.identifier, Some(identity.identifier()))
            && selects(self.key, identity.key())
    }

    /// Returns the identity that has these names and no others; its identifier may be empty.
    pub(crate) fn to_identity(self) -> Identity<'static> {
        Identity::from_parts(self.scope, self.identifier.unwrap_or_default(), self.key)
    }
}

#[cfg(test)]
impl FilterNames<'static> {
    /// Every combination of these names.
    pub(crate) fn combinations(names: [Option<&'static str>; 3]) -> impl Iterator<Item = Self> {
        let pairs = names.into_iter().flat_map(move |one| names.map(|other| (one, other)));
        pairs.flat_map(move |(scope, identifier)| names.map(|key| Self { scope, identifier, key }))
    }

    /// The identities of every combination of these names, the same in another scope, and their
    /// overflow breakers.
    pub(crate) fn identities(
        names: [Option<&'static str>; 3],
    ) -> impl Iterator<Item = Identity<'static>> {
        Self::combinations(names).map(Self::to_identity).flat_map(|identity| {
            [identity.overflow().into_owned(), identity.clone().in_scope("another"), identity]
        })
    }
}

impl Default for EventFilter {
    fn default() -> Self {
        Self::new()
    }
}

/// Selects events of this kind.
impl From<EventKind> for EventFilter {
    fn from(kind: EventKind) -> Self {
        Self::new().kinds(kind)
    }
}

/// Selects events of these kinds.
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
