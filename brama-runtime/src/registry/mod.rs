//! The registry: from an identity to its breaker.

mod by_identity;
mod connections;
mod events;
mod filter;
mod global;
mod groups;
mod named;
mod nearest;
mod settings;
mod switch;

use std::{
    fmt,
    hash::BuildHasher,
    sync::{Arc, Weak},
};

use foldhash::fast::{FixedState, RandomState};
use papaya::HashSet;

pub use self::{
    connections::RegisterError,
    filter::Filter,
    global::{
        all_available, are_available, breaker, breakers, close, configure, disable, failure,
        failure_all, find, force_open, init, is_available, on_event, open, open_for, register,
        registry, reset, shadow_all, status, statuses, subscribe, success, success_all, unregister,
    },
};
use self::{
    named::{By, Named},
    settings::Writer,
};
use crate::{
    breaker::{Breaker, Moment, Slot},
    bus::{Bus, Wakes},
    clock::{Clock, Time},
    config::{Home, Layers},
    event::Occurrence,
    identity::Identity,
    sync::{Mutex, lock},
};

/// The breakers of a program, or of a part of it: one an identity, made on first use.
///
/// Cheap to clone; clones are the same registry. [`registry`] is the one that decorated functions
/// use; one of your own keeps tests and libraries apart. Its breakers live as long as it does, or a
/// handle on them.
#[derive(Clone)]
pub struct Registry {
    inside: Arc<Inside>,
}

struct Inside {
    /// Every slot, those of unregistered breakers too: their handles must not dangle.
    slots: HashSet<Named, RandomState>,
    time: Time,
    bus: Arc<Bus>,
    seed: u64,
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
        let bus = Arc::new(Bus::default());
        Self {
            inside: Arc::new_cyclic(|inside: &Weak<Inside>| {
                let home: Weak<dyn Home> = Weak::<Inside>::clone(inside);
                Inside { slots, time, bus, seed, writer: Mutex::new(Writer::new(home)) }
            }),
        }
    }

    /// The breaker of that identity, made where there is none, and kept for the registry's life.
    #[must_use]
    pub fn breaker<'a>(&self, identity: impl Into<Identity<'a>>) -> Breaker {
        Breaker::new(self.slot(&identity.into()))
    }

    /// The breaker of that identity; `None` where nobody has used or registered it.
    #[must_use]
    pub fn find<'a>(&self, identity: impl Into<Identity<'a>>) -> Option<Breaker> {
        self.inside.known(&identity.into()).map(Breaker::new)
    }

    /// Makes due openings half-open, so that status shows it on time. A call would do the same:
    /// nothing but punctuality depends on this, and nobody calls it for you.
    pub fn sweep(&self) {
        for named in &self.inside.slots.pin() {
            named.slot().sweep();
        }
    }

    /// The slot of that identity, made or revived where it is not registered.
    pub(crate) fn slot(&self, identity: &Identity<'_>) -> Arc<Slot> {
        match self.inside.slot(identity) {
            Some(slot) => {
                slot.use_again();
                slot
            }
            None => self.inside.make_slot(identity),
        }
    }
}

impl Inside {
    /// The slot of that identity, registered or not.
    fn slot(&self, identity: &Identity<'_>) -> Option<Arc<Slot>> {
        let slots = self.slots.pin();
        slots.get(&By(identity)).map(|named| Arc::clone(named.slot()))
    }

    /// The slot of that identity, where it is registered.
    fn known(&self, identity: &Identity<'_>) -> Option<Arc<Slot>> {
        self.slot(identity).filter(|slot| slot.is_registered())
    }

    /// Every registered slot, in the order of their identities.
    fn all_known(&self) -> Vec<Arc<Slot>> {
        let slots = self.slots.pin();
        let known = slots.iter().map(Named::slot).filter(|slot| slot.is_registered());
        let mut known: Vec<_> = known.map(Arc::clone).collect();
        known.sort_unstable_by(|one, other| one.identity().cmp(other.identity()));
        known
    }

    #[cold]
    fn make_slot(&self, identity: &Identity<'_>) -> Arc<Slot> {
        let moment = self.moment();
        let writer = lock(&self.writer);
        // Another thread may have made it while this one waited.
        if let Some(slot) = self.slot(identity) {
            return slot;
        }
        let layers = writer.layers(identity);
        let (slot, wakes) = self.insert(identity.clone().into_owned(), layers, moment);
        drop(writer);
        wakes.wake();
        slot
    }

    /// Makes a slot and tells of it. Holder of the writer's lock only.
    fn insert(
        &self,
        identity: Identity<'static>,
        layers: Layers,
        moment: Moment,
    ) -> (Arc<Slot>, Wakes) {
        let seed = FixedState::with_seed(self.seed).hash_one(&identity);
        let (time, bus) = (self.time.clone(), Arc::clone(&self.bus));
        let slot = Arc::new(Slot::new(identity, layers, seed, time, bus, moment.now()));
        let wakes = slot.announce(Occurrence::Registered, moment);
        self.slots.pin().insert(Named::new(&slot));
        (slot, wakes)
    }

    fn moment(&self) -> Moment {
        Moment::read(&self.time, &self.bus)
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.inside.all_known().into_iter().map(|slot| slot.identity().to_string());
        f.debug_set().entries(names).finish()
    }
}
