//! The registry: from an identity to its breaker.

mod by_identity;
mod cleanup;
mod configure;
mod connections;
#[cfg(feature = "declared")]
mod declared;
#[cfg(feature = "testing")]
mod entered;
mod environment;
mod evict;
mod filter;
mod global;
mod groups;
mod identity_hash;
mod key_set;
mod last_reload;
mod reload;
mod series;
mod slot_names;
mod slot_set;
mod subscribe;
mod writer;

use std::{
    any::Any,
    fmt,
    hash::BuildHasher,
    sync::{Arc, Weak},
};

use foldhash::fast::{FixedState, RandomState};

#[cfg(feature = "declared")]
pub use self::declared::{DeclarationEntry, Declared};
#[cfg(feature = "testing")]
pub use self::entered::Entered;
#[cfg(feature = "testing")]
pub(crate) use self::entered::{entered, has_entered};
pub(crate) use self::global::{global, is_global};
pub(crate) use self::identity_hash::IdentityHash;
pub use self::{
    connections::RegisterError,
    filter::BreakerFilter,
    global::{
        add_check, breaker, close, configure, failure, find, health, init, is_available, on_event,
        open, register, registry, reload, reset, shadow_all, status, statuses, subscribe, success,
        totals, unregister,
    },
    series::RegistryCounts,
};
use self::{slot_set::SlotSet, writer::Writer};
use crate::{
    breaker::{Breaker, Slot, SlotContext, Timestamp},
    bus::Wakes,
    checks::Checks,
    config::{Attribute, ConfigStore, LastReload, Layers},
    identity::{Identity, IdentityBuf},
    sys::sync::Mutex,
    time::clock::{Clock, Time},
};

/// The breakers of a program, or of a part of it: one per identity, created on first use.
///
/// A registry is cheap to clone, and its clones share their breakers. Decorated functions use the
/// registry that [`registry`] returns; a separate one isolates a test or a library. A breaker lives
/// as long as its registry, or longer if a handle refers to it.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<RegistryInner>,
}

struct RegistryInner {
    /// Every slot. An unregistered breaker keeps its slot, so that its handles can revive it.
    slots: SlotSet,
    context: Arc<SlotContext>,
    seed: u64,
    checks: Arc<Checks>,
    /// Locked before the lock of any slot, never while one is held.
    writer: Mutex<Writer>,
    /// Locked after every other lock.
    last_reload: Mutex<Option<LastReload>>,
    /// Of a companion, for its next reload. No other lock is taken while it is held.
    kept: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Registry {
    /// Creates an empty registry on the system's clock.
    #[must_use]
    pub fn new() -> Self {
        Self::on(Time::System, RandomState::default().hash_one(0))
    }

    /// Creates an empty registry on the given clock. The jitter of its breakers is the same in
    /// every run.
    #[must_use]
    pub fn with_clock(clock: impl Clock + 'static) -> Self {
        Self::with_clock_and_seed(clock, 0)
    }

    /// Creates an empty registry on the given clock, whose jitter and shares follow from a seed. In
    /// a simulation of many nodes each needs its own, or all would draw alike.
    #[must_use]
    pub fn with_clock_and_seed(clock: impl Clock + 'static, seed: u64) -> Self {
        Self::on(Time::Of(Arc::new(clock)), seed)
    }

    fn on(time: Time, seed: u64) -> Self {
        let checks = Checks::new(time.clone());
        let context = Arc::new(SlotContext::new(time));
        Self {
            inner: Arc::new_cyclic(|inner: &Weak<RegistryInner>| {
                let store: Weak<dyn ConfigStore> = Weak::<RegistryInner>::clone(inner);
                RegistryInner {
                    slots: SlotSet::new(),
                    context,
                    seed,
                    checks,
                    writer: Mutex::new(Writer::new(store)),
                    last_reload: Mutex::new(None),
                    kept: Mutex::new(None),
                }
            }),
        }
    }

    /// Returns the breaker of this identity, and creates it if necessary.
    ///
    /// A breaker without a key is kept until the registry is dropped. A breaker with a key is kept
    /// at least while something refers to it or a call of it is in flight, and longer if it has
    /// state to remember: see [`Config::max_keys`](crate::config::Config::max_keys). If the
    /// identifier has no room for another key, the handle refers to the identifier's overflow
    /// breaker for its whole life; a later look-up may find room.
    #[must_use]
    pub fn breaker<'a>(&self, identity: impl Into<Identity<'a>>) -> Breaker {
        Breaker::new(self.slot(&identity.into(), None))
    }

    /// Returns the breaker of a key of an identity, as [`breaker`](Self::breaker) does. If it is
    /// known, nothing is allocated.
    #[must_use]
    pub fn breaker_of_key(&self, identity: &Identity<'_>, key: &str) -> Breaker {
        self.breaker_of_joined_key(identity, [key, ""])
    }

    /// As [`breaker_of_key`](Self::breaker_of_key), for a key of two parts.
    #[inline]
    pub(crate) fn breaker_of_joined_key(&self, identity: &Identity<'_>, key: [&str; 2]) -> Breaker {
        let mut buffer = IdentityBuf::new();
        identity.write_keyless(&mut buffer);
        buffer.write_joined_key(key);
        Breaker::new(self.slot(&buffer.identity(), None))
    }

    /// Returns the breaker of this identity; `None` if it has been neither used nor registered.
    #[must_use]
    pub fn find<'a>(&self, identity: impl Into<Identity<'a>>) -> Option<Breaker> {
        self.inner.known(&identity.into()).map(Breaker::new)
    }

    /// Returns the slot of this identity, registered. A new slot knows the attribute before its
    /// creation is announced.
    #[inline]
    pub(crate) fn slot(
        &self,
        identity: &Identity<'_>,
        attribute: Option<&'static Attribute>,
    ) -> Arc<Slot> {
        let Some(slot) = self.inner.live(self.inner.slots.get(identity)) else {
            return self.inner.make_slot(identity, attribute);
        };
        slot.ensure_registered(attribute);
        slot
    }
}

impl RegistryInner {
    /// The slot of this identity, registered or not. It is not evicted while the caller holds it.
    fn slot(&self, identity: &Identity<'_>) -> Option<Arc<Slot>> {
        self.live(self.slots.find(identity))
    }

    /// The slot that was found, unless it is evicted.
    #[inline]
    fn live(&self, found: Option<Arc<Slot>>) -> Option<Arc<Slot>> {
        found.filter(|slot| !slot.is_evicted() || self.survived(slot))
    }

    /// Whether a slot seen during its eviction survived. Evictions are decided under the writer
    /// lock; taking it waits for the decision.
    #[cold]
    fn survived(&self, slot: &Slot) -> bool {
        drop(self.writer.lock());
        !slot.is_evicted()
    }

    /// The slot of this identity, if it is registered.
    fn known(&self, identity: &Identity<'_>) -> Option<Arc<Slot>> {
        self.slot(identity).filter(|slot| slot.is_registered())
    }

    /// Every registered identity, sorted. It returns no slots, since a held slot cannot be evicted.
    fn all_known(&self) -> Vec<Identity<'static>> {
        let mut known: Vec<_> = self.slots.with_all(|slots| {
            let known = slots.filter(|slot| slot.is_registered());
            known.map(|slot| slot.identity().clone()).collect()
        });
        known.sort_unstable();
        known.dedup();
        known
    }

    #[cold]
    fn make_slot(
        &self,
        identity: &Identity<'_>,
        attribute: Option<&'static Attribute>,
    ) -> Arc<Slot> {
        let mut announcements = self.announcements();
        let mut writer = self.writer.lock();
        self.slots.settle();
        // Another thread may have created it while this one waited for the lock.
        let slot = self.slots.find(identity);
        let slot = slot
            .unwrap_or_else(|| self.create(&mut writer, identity, attribute, &mut announcements));
        drop(writer);
        announcements.wakes.wake();
        slot.ensure_registered(attribute);
        slot
    }

    /// Creates a slot and announces it. The caller holds the writer lock.
    fn insert(
        &self,
        writer: &mut Writer,
        identity: Identity<'static>,
        layers: Layers,
        announcements: &mut Announcements,
    ) -> Arc<Slot> {
        let seed = FixedState::with_seed(self.seed).hash_one(&identity);
        let keyed = identity.key().is_some();
        let context = if keyed {
            writer.keys.key_set(&identity).context(&self.context)
        } else {
            Arc::clone(&self.context)
        };
        let now = announcements.at.now();
        let slot = Arc::new(Slot::new(identity, layers, seed, context, now));
        if keyed {
            let max_series = writer.keys.limits().max_series;
            writer.keys.key_set(slot.identity()).add(Arc::clone(&slot), max_series, now);
        }
        announcements.wakes.and(slot.announce_created(announcements.at));
        self.slots.insert(&slot);
        slot
    }

    fn announcements(&self) -> Announcements {
        Announcements { at: self.context.timestamp(), wakes: Wakes::default() }
    }
}

impl Drop for RegistryInner {
    fn drop(&mut self) {
        self.checks.close();
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.inner.all_known()).finish()
    }
}

#[cfg(feature = "testing")]
impl Registry {
    /// Every registered identity, sorted.
    pub(crate) fn all_known(&self) -> Vec<Identity<'static>> {
        self.inner.all_known()
    }
}

/// The time of a change to the set of breakers, and the wake-ups due once the writer lock is
/// released.
struct Announcements {
    at: Timestamp,
    wakes: Wakes,
}
