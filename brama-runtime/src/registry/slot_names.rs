//! The index of slots, by the parts of their identities.

use std::{cmp::Ordering, collections::BTreeSet};

use crate::{event::FilterNames, identity::Identity};

/// The identities of slots, by each part, so that a subscription to the calls of one name finds its
/// breakers among many others.
///
/// The parts are ordered in a cycle that begins with the scope, with the identifier or with the
/// key. Whichever parts a filter names, one of these orders begins with them.
#[derive(Default)]
pub(super) struct SlotNames {
    entries: BTreeSet<NamesEntry>,
}

/// An identity, in the order that begins with this part.
struct NamesEntry {
    first: Part,
    identity: Identity<'static>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Scope,
    Identifier,
    Key,
}

impl SlotNames {
    pub(super) fn add(&mut self, identity: &Identity<'static>) {
        self.entries.extend(entries(identity));
    }

    pub(super) fn remove(&mut self, identity: &Identity<'_>) {
        for entry in entries(&identity.clone().into_owned()) {
            self.entries.remove(&entry);
        }
    }

    /// The identities with these names.
    pub(super) fn selected(
        &self,
        names: FilterNames<'_>,
    ) -> impl Iterator<Item = &Identity<'static>> {
        let FilterNames { scope, identifier, key } = names;
        let first = match (scope, identifier, key) {
            (Some(_), Some(_), _) | (Some(_), None, None) => Part::Scope,
            (None, Some(_), _) | (None, None, None) => Part::Identifier,
            (_, None, Some(_)) => Part::Key,
        };
        // A missing part is the least, so no identity with these names comes before this one.
        let from = NamesEntry { first, identity: names.to_identity() };
        let selected = move |entry: &&NamesEntry| {
            #[cfg(test)]
            EXAMINED.set(EXAMINED.get() + 1);
            entry.first == first && names.select(&entry.identity)
        };
        self.entries.range(from..).take_while(selected).map(|entry| &entry.identity)
    }
}

/// An identity has no entry for a part that it lacks: a filter that names the part does not select
/// it.
fn entries(identity: &Identity<'static>) -> impl Iterator<Item = NamesEntry> {
    let scope = identity.scope().map(|_| Part::Scope);
    let key = identity.key().map(|_| Part::Key);
    let parts = [scope, Some(Part::Identifier), key].into_iter().flatten();
    parts.map(|first| NamesEntry { first, identity: identity.clone() })
}

impl NamesEntry {
    /// What distinguishes entries that begin with one part, in their order.
    fn cycle(&self) -> ([Option<&str>; 3], bool) {
        let Self { first, identity } = self;
        let (scope, identifier, key) =
            (identity.scope(), Some(identity.identifier()), identity.key());
        let cycle = match first {
            Part::Scope => [scope, identifier, key],
            Part::Identifier => [identifier, key, scope],
            Part::Key => [key, scope, identifier],
        };
        (cycle, identity.is_overflow())
    }
}

impl Ord for NamesEntry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.first.cmp(&other.first).then_with(|| self.cycle().cmp(&other.cycle()))
    }
}

impl PartialOrd for NamesEntry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for NamesEntry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for NamesEntry {}

#[cfg(test)]
thread_local! {
    /// How many identities this thread has examined.
    static EXAMINED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [Option<&str>; 3] = [None, Some(""), Some("x")];

    /// Asserts that each filter finds exactly what it selects, and examines one identity more at
    /// most.
    fn assert_complete(index: &SlotNames, known: &[Identity<'static>]) {
        for filter in FilterNames::combinations(NAMES) {
            EXAMINED.set(0);
            let mut found: Vec<_> = index.selected(filter).collect();
            assert!(EXAMINED.get() <= found.len() + 1, "{filter:?}");
            let mut selected: Vec<_> = known.iter().filter(|it| filter.select(it)).collect();
            found.sort();
            selected.sort();
            selected.dedup();
            assert_eq!(found, selected, "{filter:?}");
        }
    }

    #[test]
    fn a_filter_examines_only_the_identities_that_it_selects() {
        let mut index = SlotNames::default();
        let mut known: Vec<_> = FilterNames::identities(NAMES).collect();
        for identity in known.iter().chain(&known) {
            index.add(identity);
        }
        assert_complete(&index, &known);
        for identity in known.split_off(known.len() / 2) {
            index.remove(&identity);
        }
        for identity in &known {
            index.add(identity);
        }
        assert_complete(&index, &known);
    }
}
