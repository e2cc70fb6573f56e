//! The index of queues, by what their filters select.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use foldhash::fast::RandomState;

use super::queue::Queue;
use crate::{
    connection::ConnectionKind,
    event::{EventFilter, EventKinds, FilterNames},
    identity::{Identity, IdentityBuf, KeyText},
};

/// Queues by what their filters select, so that an event finds the queues that receive it among
/// many that do not.
///
/// A filter names some parts of an identity and perhaps a kind of connection. All filters that name
/// the same parts have one shape, and an event is looked up once for each shape in use: usually for
/// one or two.
#[derive(Default)]
pub(super) struct QueueIndex {
    groups: HashMap<FilterShape, HashMap<GroupKey, Group, RandomState>, RandomState>,
}

/// The queues whose filters select the same events, predicates aside, by number, oldest first.
pub(super) type Group = BTreeMap<u64, Arc<Queue>>;

/// The shape of a filter: the kinds of events, and which parts it names, but not the names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct FilterShape {
    kinds: EventKinds,
    /// Whether the filters have a scope, an identifier, a key and a kind of connection.
    has: [bool; 4],
}

/// The names and the kind of connection that a filter selects. The identifier is empty if the shape
/// has none.
#[derive(PartialEq, Eq, Hash)]
struct Selected<'a> {
    names: Identity<'a>,
    connection_kind: Option<ConnectionKind>,
}

/// What the filters of a group select, owned, so that a look-up can borrow.
#[derive(PartialEq, Eq, Hash)]
struct GroupKey(Selected<'static>);

impl<'a> Borrow<Selected<'a>> for GroupKey {
    fn borrow(&self) -> &Selected<'a> {
        &self.0
    }
}

impl QueueIndex {
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.groups.values().flat_map(HashMap::values).map(Group::len).sum()
    }

    /// Adds a queue, unless it is there already.
    pub(super) fn add(&mut self, queue: &Arc<Queue>) {
        let (shape, key) = place(queue.filter());
        let group = self.groups.entry(shape).or_default().entry(key).or_default();
        group.insert(queue.number(), Arc::clone(queue));
    }

    /// Removes a queue, if it is there. The caller drops it without a lock held, because its filter
    /// is user code.
    pub(super) fn remove(&mut self, queue: &Queue) -> Option<Arc<Queue>> {
        let (shape, key) = place(queue.filter());
        let groups = self.groups.get_mut(&shape)?;
        let group = groups.get_mut(&key)?;
        let removed = group.remove(&queue.number())?;
        if group.is_empty() {
            groups.remove(&key);
        }
        if groups.is_empty() {
            self.groups.remove(&shape);
        }
        Some(removed)
    }

    /// The queues whose filters select an event of one of these kinds from this breaker, predicates
    /// aside. No group is empty.
    pub(super) fn groups(
        &self,
        kinds: EventKinds,
        identity: &Identity<'_>,
        connection_kind: Option<&ConnectionKind>,
    ) -> impl Iterator<Item = &Group> + Clone {
        let shapes = self.groups.iter().filter(move |(shape, _)| shape.kinds.intersects(kinds));
        shapes.filter_map(move |(shape, groups)| {
            let [scope, identifier, key, kind] = shape.has;
            let mut names = IdentityBuf::new();
            let identifier = if identifier { identity.identifier() } else { "" };
            names.write(identity.scope().filter(|_| scope), identifier);
            if let Some(key) = identity.key().filter(|_| key) {
                names.write_key(KeyText::Text(key));
            }
            let connection_kind = connection_kind.filter(|_| kind).cloned();
            groups.get(&Selected { names: names.identity(), connection_kind })
        })
    }

    /// All queues.
    pub(super) fn into_queues(self) -> impl Iterator<Item = Arc<Queue>> {
        let groups = self.groups.into_values().flat_map(HashMap::into_values);
        groups.flat_map(Group::into_values)
    }
}

/// Where the queue of a filter is in the index.
fn place(filter: &EventFilter) -> (FilterShape, GroupKey) {
    let (names, connection_kind) = (filter.names(), filter.selected_connection_kind().cloned());
    let FilterNames { scope, identifier, key } = names;
    let has = [scope.is_some(), identifier.is_some(), key.is_some(), connection_kind.is_some()];
    let shape = FilterShape { kinds: filter.selected_kinds(), has };
    (shape, GroupKey(Selected { names: names.to_identity(), connection_kind }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventKind;

    const NAMES: [Option<&str>; 3] = [None, Some(""), Some("x")];
    const CONNECTION_KINDS: [Option<ConnectionKind>; 3] =
        [None, Some(ConnectionKind::HTTP), Some(ConnectionKind::CACHE)];

    fn filters() -> impl Iterator<Item = EventFilter> {
        let kinds = [EventKinds::CALLS, EventKinds::CHANGES, EventKind::Reset.into()];
        let of_kinds = kinds.into_iter().flat_map(|kinds| {
            CONNECTION_KINDS.map(|kind| {
                let filter = EventFilter::from(kinds);
                kind.map_or(filter.clone(), |kind| filter.connection_kind(kind))
            })
        });
        of_kinds.flat_map(|filter| {
            FilterNames::combinations(NAMES).map(move |names| filter.clone().with_names(names))
        })
    }

    /// Asserts for every event that the index finds the queues that a comparison with each filter
    /// finds.
    fn assert_complete(index: &QueueIndex, queues: &[Arc<Queue>]) {
        for kinds in [EventKind::Success, EventKind::Reset, EventKind::Removed] {
            for identity in FilterNames::identities(NAMES) {
                for kind in &CONNECTION_KINDS {
                    let (kinds, kind) = (EventKinds::from(kinds), kind.as_ref());
                    let mut found: Vec<_> = index
                        .groups(kinds, &identity, kind)
                        .inspect(|group| assert!(!group.is_empty()))
                        .flat_map(|group| group.keys().copied())
                        .collect();
                    found.sort_unstable();
                    let selects = |filter: &EventFilter| {
                        let wanted = filter.selected_connection_kind();
                        filter.selected_kinds().intersects(kinds)
                            && filter.names().select(&identity)
                            && (wanted.is_none() || wanted == kind)
                    };
                    let selected = queues.iter().filter(|queue| selects(queue.filter()));
                    let selected: Vec<_> = selected.map(|queue| queue.number()).collect();
                    assert_eq!(found, selected, "{kinds:?} of {identity} ({kind:?})");
                }
            }
        }
    }

    #[test]
    fn an_event_finds_the_queues_whose_filters_select_it() {
        let filters = filters().chain(filters());
        let mut queues: Vec<_> = (0..)
            .zip(filters)
            .map(|(number, filter)| Arc::new(Queue::new(number, filter)))
            .collect();
        let mut index = QueueIndex::default();
        for queue in queues.iter().chain(&queues) {
            index.add(queue);
        }
        assert_complete(&index, &queues);
        for (number, queue) in queues.iter().enumerate().filter(|(number, _)| number % 3 != 0) {
            assert!(index.remove(queue).is_some(), "{number}");
            assert!(index.remove(queue).is_none(), "{number}");
        }
        queues.retain(|queue| queue.number() % 3 == 0);
        assert_complete(&index, &queues);
        assert_eq!(index.len(), queues.len());
        assert!(queues.iter().all(|queue| index.remove(queue).is_some()));
        assert!(index.is_empty());
    }
}
