//! The keys that a call site has used: from a key to the turnstile of its breaker.

use std::{
    array, fmt,
    hash::BuildHasher,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use crate::{
    breaker::{Passed, Slot, TurnstilePlace, key_of_turnstile, pass},
    config::Attribute,
    identity::{InlineKey, KeyText},
    registry::IdentityHash,
    sys::sync::{Mutex, OnceBox},
};

/// A table in front of the registry, in which a call finds its breaker without counting a
/// reference.
///
/// It only hints: a turnstile compares the key itself, and a call that finds none asks the
/// registry. So the table is read without a lock while it changes, and entries of evicted breakers
/// remain until there is no room for others.
pub(super) struct SiteKeys {
    identifier: Box<str>,
    /// The attribute that every breaker in the table knows. The calls of a generic function share a
    /// call site, and each may have another attribute.
    pub(super) attribute: &'static Attribute,
    hash: IdentityHash,
    /// Each twice as large as the one before, which it has replaced.
    tables: [OnceBox<KeyTable>; TABLES],
    newest: AtomicUsize,
    /// The entries of the newest table.
    entries: Mutex<usize>,
}

/// Open addressing, with linear probing.
struct KeyTable(Box<[AtomicU64]>);

/// No entry. An entry is the upper half of the hash, and below it the place of the turnstile and
/// one more.
const NONE: u64 = 0;

/// A power of two, since the place of a hash is a mask of it.
const FIRST_TABLE: usize = 64;

/// The last one has room for twice as many turnstiles as there are.
const TABLES: usize = 17;

impl SiteKeys {
    /// The keys of this identifier, for calls with this attribute.
    pub(super) fn new(identifier: &str, attribute: &'static Attribute) -> Self {
        Self {
            identifier: identifier.into(),
            attribute,
            hash: IdentityHash::default(),
            tables: array::from_fn(|_| OnceBox::default()),
            newest: AtomicUsize::new(0),
            entries: Mutex::new(0),
        }
    }

    /// Lets a call pass the turnstile of its breaker, if it is known and open.
    #[expect(clippy::inline_always, reason = "otherwise the key is passed in memory")]
    #[inline(always)]
    pub(super) fn pass(&self, key: InlineKey) -> Option<Passed<Slot>> {
        let (table, hash) = (self.newest()?, self.hash.hash_one(key));
        for step in 0..table.0.len() {
            let entry = table.load(hash, step)?;
            if tag_of(entry) == tag_of(hash)
                && let Some(passed) = pass(place_in(entry), key)
            {
                return Some(passed);
            }
        }
        None
    }

    /// As [`pass`](Self::pass), for a key of any kind.
    #[inline(never)]
    pub(super) fn pass_by(&self, key: KeyText<'_>) -> Option<Passed<Slot>> {
        self.pass(InlineKey::of(key)?)
    }

    /// Whether the keys are those of this identifier.
    pub(super) fn are_of(&self, identifier: &str) -> bool {
        identifier == &*self.identifier
    }

    /// Remembers the breaker of a key.
    #[cold]
    pub(super) fn add(&self, key: InlineKey, slot: &Arc<Slot>) {
        let Some(place) = slot.make_turnstile(key) else { return };
        let mut entries = self.entries.lock();
        let hash = self.hash.hash_one(key);
        if self.newest().is_some_and(|table| table.contains(hash, place)) {
            return;
        }
        self.make_room(&mut entries);
        if let Some(table) = self.newest() {
            table.insert(hash, place);
            *entries += 1;
        }
    }

    #[inline]
    fn newest(&self) -> Option<&KeyTable> {
        self.tables.get(self.newest.load(Ordering::Relaxed))?.get()
    }

    /// Removes the entries of evicted breakers from a table that is three quarters full. If few can
    /// go, a larger table takes its place.
    fn make_room(&self, entries: &mut usize) {
        let newest = self.newest.load(Ordering::Relaxed);
        let Some(table) = self.tables.get(newest) else { return };
        let table = table.get_or_init(|| Box::new(KeyTable::new(FIRST_TABLE << newest)));
        let size = table.0.len();
        if 4 * *entries < 3 * size {
            return;
        }
        let live = self.live_in(table);
        let larger = self.tables.get(newest + 1).filter(|_| size < 2 * live.len());
        let table = match larger {
            Some(larger) => larger.get_or_init(|| Box::new(KeyTable::new(2 * size))),
            None => table.cleared(),
        };
        for (hash, place) in &live {
            table.insert(*hash, *place);
        }
        *entries = live.len();
        self.newest.store(newest + usize::from(larger.is_some()), Ordering::Relaxed);
    }

    /// The turnstiles in the table that still have the key by which they were added.
    fn live_in(&self, table: &KeyTable) -> Vec<(u64, TurnstilePlace)> {
        let entries = table.0.iter().map(|entry| entry.load(Ordering::Relaxed));
        let live = entries.filter(|entry| *entry != NONE).filter_map(|entry| {
            let place = place_in(entry);
            let hash = self.hash.hash_one(key_of_turnstile(place)?);
            (tag_of(hash) == tag_of(entry)).then_some((hash, place))
        });
        live.collect()
    }
}

impl KeyTable {
    fn new(size: usize) -> Self {
        Self((0..size).map(|_| AtomicU64::new(NONE)).collect())
    }

    /// The entry at the place of this hash, or at one after it; `None` if there is none.
    #[inline]
    fn load(&self, hash: u64, step: usize) -> Option<u64> {
        let entry = self.cell(hash, step)?.load(Ordering::Relaxed);
        if entry == NONE { None } else { Some(entry) }
    }

    #[inline]
    fn cell(&self, hash: u64, step: usize) -> Option<&AtomicU64> {
        #[expect(clippy::cast_possible_truncation, reason = "the mask takes the lowest bits")]
        let first = hash as usize;
        self.0.get(first.wrapping_add(step) & (self.0.len() - 1))
    }

    fn contains(&self, hash: u64, place: TurnstilePlace) -> bool {
        let entry = entry_of(hash, place);
        (0..self.0.len()).map_while(|step| self.load(hash, step)).any(|other| other == entry)
    }

    /// Adds an entry. A quarter of the table is free.
    fn insert(&self, hash: u64, place: TurnstilePlace) {
        let mut places = (0..self.0.len()).filter_map(|step| self.cell(hash, step));
        let free = places.find(|entry| entry.load(Ordering::Relaxed) == NONE);
        if let Some(free) = free {
            free.store(entry_of(hash, place), Ordering::Relaxed);
        }
    }

    fn cleared(&self) -> &Self {
        self.0.iter().for_each(|entry| entry.store(NONE, Ordering::Relaxed));
        self
    }
}

impl fmt::Debug for SiteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteKeys").field("identifier", &self.identifier).finish_non_exhaustive()
    }
}

const fn entry_of(hash: u64, place: TurnstilePlace) -> u64 {
    tag_of(hash) << 32 | (place.bits() as u64 + 1)
}

#[inline]
const fn tag_of(hash_or_entry: u64) -> u64 {
    hash_or_entry >> 32
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half is the place")]
const fn place_in(entry: u64) -> TurnstilePlace {
    TurnstilePlace::from_bits((entry as u32).wrapping_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{breaker::RawPermit, identity::Identity, registry::Registry};

    static PLAIN: Attribute = Attribute::plain();

    fn key(number: u64) -> InlineKey {
        InlineKey::of_text(&number.to_string()).unwrap()
    }

    fn slot(registry: &Registry, number: u64) -> Arc<Slot> {
        registry.breaker(Identity::new("site").with_key(number)).slot
    }

    /// Whether a call passes, which succeeds.
    fn passes(keys: &SiteKeys, number: u64) -> bool {
        let permit = keys.pass(key(number)).map(RawPermit::of_passed);
        permit.map(|permit| drop(permit.guard_panics().succeed())).is_some()
    }

    #[test]
    fn every_key_that_was_added_is_found_in_tables_of_every_size() {
        let (registry, keys) = (Registry::new(), SiteKeys::new("site", &PLAIN));
        for number in 0..3_000 {
            assert!(!passes(&keys, number));
            keys.add(key(number), &slot(&registry, number));
            keys.add(key(number), &slot(&registry, number));
            assert!(passes(&keys, number));
        }
        assert_eq!((0..3_000).filter(|number| passes(&keys, *number)).count(), 3_000);
        assert!((0..3_000).all(|number| slot(&registry, number).counted().successes == 2));
        assert_eq!(*keys.entries.lock(), 3_000);
    }

    #[test]
    fn the_entries_of_evicted_breakers_make_room_for_others() {
        let keys = SiteKeys::new("site", &PLAIN);
        for round in 0..100 {
            let registry = Registry::new();
            for number in (0..40).map(|number| 40 * round + number) {
                keys.add(key(number), &slot(&registry, number));
            }
            let limits = crate::config::Config::new().inactive_threshold(std::time::Duration::ZERO);
            registry.init(limits.cleanup_interval(None)).unwrap();
            registry.sweep();
            registry.sweep();
        }
        assert_eq!(keys.newest.load(Ordering::Relaxed), 0);
    }
}
