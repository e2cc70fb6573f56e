//! The set of a registry's slots.

use std::{
    borrow::Borrow,
    cell::Cell,
    collections::HashSet as LockedSet,
    hash::{Hash, Hasher},
    sync::Arc,
};

use papaya::{HashSet, ResizeMode};

use super::{identity_hash::IdentityHash, slot_names::SlotNames};
use crate::{
    breaker::Slot,
    event::FilterNames,
    identity::Identity,
    sys::{
        panic::catch_panic,
        sync::{Mutex, OnceBox},
    },
};

/// The slots of a registry, by identity. It changes only under the writer lock.
///
/// The map protects what its readers see by a thread-local of its own (in the crate `seize`), and
/// panics if that is gone. A look-up in the destructor of another thread-local would abort the
/// process. A thread whose locals are being destroyed therefore reads by an owned guard, which is
/// slow and needs no thread-local. It adds slots to a second set, because an addition to the map
/// always needs the local, and it removes none.
///
/// The map resizes as a whole. While it resized by parts, it could retire entries together with an
/// old table, wherever a guard ends, and that needs the local too.
pub(super) struct SlotSet {
    map: HashSet<SlotEntry, IdentityHash>,
    /// Slots that the map does not have yet. Absent in programs without such a thread.
    late: OnceBox<Mutex<LockedSet<SlotEntry, IdentityHash>>>,
    /// The identities of all slots. Absent until a subscription to calls names its breakers.
    names: OnceBox<Mutex<SlotNames>>,
}

impl SlotSet {
    pub(super) fn new() -> Self {
        let map = HashSet::builder().hasher(IdentityHash::default());
        let map = map.resize_mode(ResizeMode::Blocking).build();
        Self { map, late: OnceBox::default(), names: OnceBox::default() }
    }

    /// The slot of this identity. It may be evicted meanwhile, unless the caller holds the writer
    /// lock.
    #[inline]
    pub(super) fn find(&self, identity: &Identity<'_>) -> Option<Arc<Slot>> {
        let Some(late) = self.late.get() else { return self.get(identity) };
        let found = self.get(identity);
        let found = found.or_else(|| late.lock().get(identity).map(SlotEntry::cloned));
        // The slot may have moved to the map after the first look.
        found.or_else(|| self.get(identity))
    }

    /// As [`find`](Self::find), but `None` too if the slot waits to be [settled](Self::settle).
    #[inline]
    pub(super) fn get(&self, identity: &Identity<'_>) -> Option<Arc<Slot>> {
        if self.has_locals() {
            self.map.pin().get(identity).map(SlotEntry::cloned)
        } else {
            self.get_owned(identity)
        }
    }

    #[cold]
    fn get_owned(&self, identity: &Identity<'_>) -> Option<Arc<Slot>> {
        self.map.pin_owned().get(identity).map(SlotEntry::cloned)
    }

    /// Passes every slot to `read`, and at times one of them twice. `read` runs under no lock.
    pub(super) fn with_all<R>(
        &self,
        read: impl FnOnce(&mut dyn Iterator<Item = &Arc<Slot>>) -> R,
    ) -> R {
        let late: Vec<_> = match self.late.get() {
            Some(late) => late.lock().iter().map(SlotEntry::cloned).collect(),
            None => Vec::new(),
        };
        if self.has_locals() {
            read(&mut self.map.pin().iter().map(SlotEntry::slot).chain(&late))
        } else {
            read(&mut self.map.pin_owned().iter().map(SlotEntry::slot).chain(&late))
        }
    }

    /// Passes every slot with these names to `read`, under no lock of the set. The caller holds the
    /// writer lock.
    pub(super) fn for_each_named(&self, names: FilterNames<'_>, mut read: impl FnMut(&Slot)) {
        if names == FilterNames::default() {
            self.with_all(|slots| slots.for_each(|slot| read(slot)));
            return;
        }
        let index = self.names.get_or_init(|| Box::new(Mutex::new(self.all_names())));
        let identities: Vec<_> = index.lock().selected(names).cloned().collect();
        identities.iter().filter_map(|identity| self.find(identity)).for_each(|slot| read(&slot));
    }

    fn all_names(&self) -> SlotNames {
        let mut names = SlotNames::default();
        self.with_all(|slots| slots.for_each(|slot| names.add(slot.identity())));
        names
    }

    /// Adds a slot. The caller holds the writer lock, and no slot has this identity.
    pub(super) fn insert(&self, slot: &Arc<Slot>) {
        if let Some(names) = self.names.get() {
            names.lock().add(slot.identity());
        }
        let entry = SlotEntry(Arc::clone(slot));
        if self.has_locals() {
            self.map.pin().insert(entry);
        } else {
            self.late.get_or_init(Box::default).lock().insert(entry);
        }
    }

    /// Moves every slot to the map, if this thread can do so, and so can [`remove`](Self::remove)
    /// one. The caller holds the writer lock.
    pub(super) fn settle(&self) -> bool {
        let has_locals = self.has_locals();
        if has_locals && let Some(late) = self.late.get() {
            let mut late = late.lock();
            let map = self.map.pin();
            for entry in late.drain() {
                map.insert(entry);
            }
        }
        has_locals
    }

    /// Removes a slot after [`settle`](Self::settle). The caller holds the writer lock.
    pub(super) fn remove(&self, identity: &Identity<'_>) {
        if let Some(names) = self.names.get() {
            names.lock().remove(identity);
        }
        self.map.pin().remove(identity);
    }

    /// Whether this thread can use the map's thread-local.
    #[inline]
    fn has_locals(&self) -> bool {
        match LOCALS.try_with(Cell::get) {
            Ok(Locals::Usable) => true,
            Ok(Locals::Untouched) => self.find_locals(),
            Ok(Locals::Destroyed) | Err(_) => false,
        }
    }

    /// Initializes the map's local, then ours. Locals are destroyed in the reverse order, so ours
    /// shows in time that they are gone.
    ///
    /// The map panics if its local is gone already: the program may use the map's crate too, and
    /// the thread may have destroyed the crate's local before it first came here.
    #[cold]
    fn find_locals(&self) -> bool {
        let are_usable = catch_panic(|| drop(self.map.guard())).is_ok()
            && DESTROYED_FIRST.try_with(|_| ()).is_ok();
        let locals = if are_usable { Locals::Usable } else { Locals::Destroyed };
        let _ = LOCALS.try_with(|state| state.set(locals));
        are_usable
    }
}

thread_local! {
    /// It has no destructor, so that it can always be read.
    static LOCALS: Cell<Locals> = const { Cell::new(Locals::Untouched) };
    static DESTROYED_FIRST: DestroyedFirst = const { DestroyedFirst };
}

/// The state of this thread's locals.
#[derive(Clone, Copy)]
enum Locals {
    Untouched,
    Usable,
    Destroyed,
}

/// Notes that the locals of its thread are being destroyed.
struct DestroyedFirst;

impl Drop for DestroyedFirst {
    fn drop(&mut self) {
        let _ = LOCALS.try_with(|locals| locals.set(Locals::Destroyed));
    }
}

/// A slot in the set, keyed by its own identity: a look-up then reads no memory that the call would
/// not read anyway.
struct SlotEntry(Arc<Slot>);

impl SlotEntry {
    const fn slot(&self) -> &Arc<Slot> {
        &self.0
    }

    #[inline]
    fn cloned(&self) -> Arc<Slot> {
        Arc::clone(&self.0)
    }
}

impl<'a> Borrow<Identity<'a>> for SlotEntry {
    #[inline]
    fn borrow(&self) -> &Identity<'a> {
        self.0.identity()
    }
}

impl Hash for SlotEntry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.identity().hash(state);
    }
}

impl PartialEq for SlotEntry {
    fn eq(&self, other: &Self) -> bool {
        self.0.identity() == other.0.identity()
    }
}

impl Eq for SlotEntry {}

#[cfg(test)]
mod tests {
    use std::{
        cell::OnceCell,
        sync::{Arc, Barrier},
        thread,
    };

    use crate::{config::Config, identity::Identity, registry::Registry};

    /// Reads the set in the destructor of a thread-local, while another thread changes it.
    struct Reader {
        registry: Registry,
        barrier: Arc<Barrier>,
    }

    impl Drop for Reader {
        fn drop(&mut self) {
            self.registry.inner.slots.with_all(|slots| {
                assert!(0 < slots.count());
                self.barrier.wait();
                self.barrier.wait();
            });
        }
    }

    thread_local! {
        static READER: OnceCell<Reader> = const { OnceCell::new() };
    }

    #[test]
    fn a_set_that_grows_and_shrinks_is_read_without_locals() {
        let registry = Registry::new();
        let limits = Config::new().max_keys(500.try_into().unwrap()).cleanup_interval(None);
        registry.init(limits).unwrap();
        let call = |key: usize| registry.breaker(Identity::new("a").with_key(key)).success();
        for round in 0..20 {
            let barrier = Arc::new(Barrier::new(2));
            let reader = Reader { registry: registry.clone(), barrier: Arc::clone(&barrier) };
            let thread = thread::spawn(|| {
                // Destroyed last, because it is initialized first.
                READER.with(|cell| assert!(cell.set(reader).is_ok()));
                READER.with(|cell| cell.get().map(|it| it.registry.breaker("a").success()));
            });
            barrier.wait();
            (0..1_000).for_each(|key| call(1_000 * round + key));
            barrier.wait();
            thread.join().unwrap();
        }
    }
}
