//! The registry: from an identity to its breaker.

mod by_identity;
mod cleanup;
mod configure;
mod connections;
#[cfg(feature = "testing")]
mod entered;
mod events;
mod evict;
mod filter;
mod global;
mod groups;
mod key_set;

use std::{
    borrow::Borrow,
    fmt,
    hash::{BuildHasher, Hash, Hasher},
    sync::{Arc, Weak},
};

use foldhash::fast::{FixedState, RandomState};
use papaya::HashSet;

use self::configure::Writer;
#[cfg(feature = "testing")]
pub use self::entered::Entered;
#[cfg(feature = "testing")]
pub(crate) use self::entered::entered;
pub(crate) use self::global::global;
pub use self::{
    connections::RegisterError,
    filter::BreakerFilter,
    global::{
        add_check, breaker, close, configure, failure, find, health, init, is_available, on_event,
        open, register, registry, reset, shadow_all, status, statuses, subscribe, success, totals,
        unregister,
    },
};
use crate::{
    breaker::{Breaker, RegistryContext, Slot, Timestamp},
    bus::Wakes,
    checks::Checks,
    config::{Attribute, ConfigStore, Layers},
    identity::Identity,
    sys::sync::Mutex,
    time::clock::{Clock, Time},
};

/// The breakers of a program, or of a part of it: one an identity, made on first use.
///
/// Cheap to clone; clones are the same registry. [`registry`] is the one that decorated functions
/// use; one of your own keeps tests and libraries apart. Its breakers live as long as it does, or a
/// handle on them.
#[derive(Clone)]
pub struct Registry {
    inside: Arc<RegistryInner>,
}

struct RegistryInner {
    /// Every slot, those of unregistered breakers too: their handles must not dangle.
    slots: HashSet<SlotEntry, RandomState>,
    context: Arc<RegistryContext>,
    seed: u64,
    checks: Arc<Checks>,
    /// Taken before the lock of any slot, never after one.
    writer: Mutex<Writer>,
}

impl Registry {
    /// An empty registry on the system's clock.
    #[must_use]
    pub fn new() -> Self {
        Self::on(Time::System, RandomState::default().hash_one(0))
    }

    /// An empty registry on a clock of its own. Its breakers' jitter is the same in every run.
    #[must_use]
    pub fn with_clock(clock: impl Clock + 'static) -> Self {
        Self::on(Time::Of(Arc::new(clock)), 0)
    }

    fn on(time: Time, seed: u64) -> Self {
        let slots = HashSet::with_hasher(RandomState::default());
        let checks = Checks::new(time.clone());
        let context = Arc::new(RegistryContext::new(time));
        Self {
            inside: Arc::new_cyclic(|inside: &Weak<RegistryInner>| {
                let store: Weak<dyn ConfigStore> = Weak::<RegistryInner>::clone(inside);
                RegistryInner {
                    slots,
                    context,
                    seed,
                    checks,
                    writer: Mutex::new(Writer::new(store)),
                }
            }),
        }
    }

    /// The breaker of that identity, made where there is none.
    ///
    /// One without a key is kept for the registry's life, one of a key for as long as somebody holds it,
    /// and longer where it has anything to remember: see [`Config::max_keys`](crate::config::Config::max_keys). Where
    /// the identifier has no room for another key, this is its overflow breaker, for as long as the handle
    /// lives; who asks again later may find room.
    #[must_use]
    pub fn breaker<'a>(&self, identity: impl Into<Identity<'a>>) -> Breaker {
        Breaker::new(self.slot(&identity.into(), None))
    }

    /// The breaker of that identity; `None` where nobody has used or registered it.
    #[must_use]
    pub fn find<'a>(&self, identity: impl Into<Identity<'a>>) -> Option<Breaker> {
        self.inside.known(&identity.into()).map(Breaker::new)
    }

    /// The slot of this identity, registered. It is created if there is none, and knows the attribute
    /// before it is announced.
    #[inline]
    pub(crate) fn slot(
        &self,
        identity: &Identity<'_>,
        attribute: Option<&'static Attribute>,
    ) -> Arc<Slot> {
        let Some(slot) = self.inside.slot(identity) else {
            return self.inside.make_slot(identity, attribute);
        };
        slot.ensure_registered(attribute);
        slot
    }
}

impl RegistryInner {
    /// The slot of that identity, registered or not: it stays for as long as it is held.
    fn slot(&self, identity: &Identity<'_>) -> Option<Arc<Slot>> {
        self.peek(identity).filter(|slot| !slot.is_evicted() || self.stays(slot))
    }

    /// The same for the holder of the writer's lock: nobody else lets it go.
    fn peek(&self, identity: &Identity<'_>) -> Option<Arc<Slot>> {
        let slots = self.slots.pin();
        slots.get(identity).map(|entry| Arc::clone(entry.slot()))
    }

    /// Whether a slot stays that was seen evicting: whoever lets it go has the writer's lock, and decides
    /// before giving that back.
    #[cold]
    fn stays(&self, slot: &Slot) -> bool {
        drop(self.writer.lock());
        !slot.is_evicted()
    }

    /// The slot of that identity, where it is registered.
    fn known(&self, identity: &Identity<'_>) -> Option<Arc<Slot>> {
        self.slot(identity).filter(|slot| slot.is_registered())
    }

    /// Every registered identity, in order. No slot is held: one of a key could not make room meanwhile.
    fn all_known(&self) -> Vec<Identity<'static>> {
        let slots = self.slots.pin();
        let known = slots.iter().map(SlotEntry::slot).filter(|slot| slot.is_registered());
        let mut known: Vec<_> = known.map(|slot| slot.identity().clone()).collect();
        known.sort_unstable();
        known
    }

    #[cold]
    fn make_slot(
        &self,
        identity: &Identity<'_>,
        attribute: Option<&'static Attribute>,
    ) -> Arc<Slot> {
        let mut news = self.announcements();
        let mut writer = self.writer.lock();
        // Another thread may have made it while this one waited.
        let slot = self.peek(identity);
        let slot = slot.unwrap_or_else(|| self.make(&mut writer, identity, attribute, &mut news));
        drop(writer);
        news.wakes.wake();
        slot.ensure_registered(attribute);
        slot
    }

    /// Makes a slot and tells of it. Holder of the writer's lock only.
    fn insert(
        &self,
        writer: &mut Writer,
        identity: Identity<'static>,
        layers: Layers,
        news: &mut Announcements,
    ) -> Arc<Slot> {
        let seed = FixedState::with_seed(self.seed).hash_one(&identity);
        let context = Arc::clone(&self.context);
        let slot = Arc::new(Slot::new(identity, layers, seed, context, news.at.now()));
        news.wakes.and(slot.announce_created(news.at));
        self.slots.pin().insert(SlotEntry::new(Arc::clone(&slot)));
        if slot.identity().key().is_some() {
            writer.keys.key_set(slot.identity()).add(Arc::clone(&slot), news.at.now());
        }
        slot
    }

    fn announcements(&self) -> Announcements {
        Announcements { at: self.context.timestamp(), wakes: Wakes::default() }
    }
}

/// The time of a change to the set of breakers, and whom to wake once the writer's lock is released.
struct Announcements {
    at: Timestamp,
    wakes: Wakes,
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
        let names = self.inside.all_known().into_iter().map(|identity| identity.to_string());
        f.debug_set().entries(names).finish()
    }
}

/// A slot under the identity that stands in it: so a look-up reads no more than a call does anyway.
pub(super) struct SlotEntry(Arc<Slot>);

impl SlotEntry {
    pub(super) const fn new(slot: Arc<Slot>) -> Self {
        Self(slot)
    }

    pub(super) const fn slot(&self) -> &Arc<Slot> {
        &self.0
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
