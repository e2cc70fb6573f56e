//! The registry: from an identity to its breaker.

use std::{
    fmt,
    hash::{BuildHasher, Hash, Hasher},
    io,
    sync::{Arc, OnceLock},
};

use foldhash::fast::{FixedState, RandomState};
use papaya::{Equivalent, HashSet};

use crate::{
    breaker::{Breaker, Moment, Slot},
    bus::{Bus, Callback, Subscription},
    circuit::{InvalidPolicy, PolicyPatch},
    clock::{Clock, Time},
    config::{Config, Defaults, InitError},
    event::{Event, EventFilter, Occurrence},
    identity::Identity,
    status::Status,
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
    slots: HashSet<Named, RandomState>,
    time: Time,
    bus: Arc<Bus>,
    seed: u64,
    writer: Mutex<Writer>,
}

/// What only those need who make breakers or configure them.
struct Writer {
    defaults: Arc<Defaults>,
    initialised: bool,
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
        let defaults = Defaults::new(PolicyPatch::new());
        let writer = Mutex::new(Writer { defaults, initialised: false });
        let slots = HashSet::with_hasher(RandomState::default());
        let bus = Arc::new(Bus::default());
        Self { inside: Arc::new(Inside { slots, time, bus, seed, writer }) }
    }

    /// Configures the registry, once. Breakers that are there already take the new defaults with
    /// their next call; their state stays.
    ///
    /// # Errors
    ///
    /// [`InitError::Invalid`] lists every mistake; [`InitError::Already`] is for a second time. Both
    /// hand the configuration back, and nothing is changed.
    pub fn init(&self, config: Config) -> Result<(), InitError> {
        let mistakes = config.mistakes();
        if !mistakes.is_empty() {
            return Err(InitError::Invalid { config, mistakes });
        }
        let mut writer = lock(&self.inside.writer);
        if writer.initialised {
            return Err(InitError::Already(config));
        }
        writer.initialised = true;
        writer.defaults = Defaults::new(config.default_patch());
        for named in &self.inside.slots.pin() {
            named.0.relayer(|layers| layers.set_defaults(Arc::clone(&writer.defaults)));
        }
        Ok(())
    }

    /// The breaker of that identity, made where there is none, and kept for the registry's life.
    #[must_use]
    pub fn breaker<'a>(&self, identity: impl Into<Identity<'a>>) -> Breaker {
        Breaker::new(self.slot(&identity.into()))
    }

    /// The breaker of that identity; `None` where nobody has used it.
    #[must_use]
    pub fn find<'a>(&self, identity: impl Into<Identity<'a>>) -> Option<Breaker> {
        self.find_slot(&identity.into()).map(Breaker::new)
    }

    /// A snapshot of the breaker of that identity; `None` where nobody has used it.
    #[must_use]
    pub fn status<'a>(&self, identity: impl Into<Identity<'a>>) -> Option<Status> {
        self.find_slot(&identity.into()).map(|slot| slot.status())
    }

    /// Changes settings of one breaker at run time, over all that was said before. Those that the
    /// patch does not name stay, save one of a lower layer that contradicts it. State, window and the deadline of an opening in progress stay;
    /// what changes takes effect with the next admission or outcome.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] where a value is outside its limits, by itself or together with what was
    /// configured before; nothing is changed.
    pub fn configure<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        patch: PolicyPatch,
    ) -> Result<(), InvalidPolicy> {
        self.breaker(identity).configure(patch)
    }

    /// Begins to listen: to every event that the filter selects, from the next one on.
    ///
    /// While somebody listens to what calls do ([`EventKinds::CALLS`](crate::EventKinds::CALLS)), each call of the breakers
    /// meant takes its breaker's lock; changes of state cost their listeners alone.
    pub fn subscribe(&self, filter: impl Into<EventFilter>) -> Subscription {
        let filter = filter.into();
        let hears_calls = filter.hears_calls();
        // Under the writer's lock no breaker is made that would miss it.
        let _writer = lock(&self.inside.writer);
        let subscription = self.inside.bus.subscribe(filter);
        if hears_calls {
            self.inside.slots.pin().iter().for_each(|named| named.0.prick_ears());
        }
        subscription
    }

    /// Has `callback` called for every event that the filter selects, on a thread of its own, until
    /// the handle is dropped.
    ///
    /// # Errors
    ///
    /// Where the system gives no thread.
    pub fn on_event(
        &self,
        filter: impl Into<EventFilter>,
        callback: impl FnMut(Event) + Send + 'static,
    ) -> io::Result<Callback> {
        Callback::start(self.subscribe(filter), callback)
    }

    /// Makes due openings half-open, so that status shows it on time. A call would do the same:
    /// nothing but punctuality depends on this, and nobody calls it for you.
    pub fn sweep(&self) {
        for named in &self.inside.slots.pin() {
            named.0.sweep();
        }
    }

    pub(crate) fn slot(&self, identity: &Identity<'_>) -> Arc<Slot> {
        self.find_slot(identity).unwrap_or_else(|| self.make_slot(identity))
    }

    fn find_slot(&self, identity: &Identity<'_>) -> Option<Arc<Slot>> {
        let slots = self.inside.slots.pin();
        slots.get(&By(identity)).map(|named| Arc::clone(&named.0))
    }

    #[cold]
    fn make_slot(&self, identity: &Identity<'_>) -> Arc<Slot> {
        let Inside { slots, time, bus, seed, writer } = &*self.inside;
        let moment = Moment::read(time, bus);
        let writer = lock(writer);
        // Another thread may have made it while this one waited.
        if let Some(slot) = self.find_slot(identity) {
            return slot;
        }
        let seed = FixedState::with_seed(*seed).hash_one(identity);
        let identity = identity.clone().into_owned();
        let (defaults, time, bus) = (Arc::clone(&writer.defaults), time.clone(), Arc::clone(bus));
        let slot = Arc::new(Slot::new(identity, defaults, seed, time, bus, moment.now()));
        let wakes = slot.announce(Occurrence::Registered, moment);
        slots.pin().insert(Named(Arc::clone(&slot)));
        drop(writer);
        wakes.wake();
        slot
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slots = self.inside.slots.pin();
        f.debug_set().entries(slots.iter().map(|named| named.0.identity().to_string())).finish()
    }
}

/// A slot under its identity.
struct Named(Arc<Slot>);

/// An identity to look up.
struct By<'a>(&'a Identity<'a>);

impl Hash for Named {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.identity().hash(state);
    }
}

impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        self.0.identity() == other.0.identity()
    }
}

impl Eq for Named {}

impl Hash for By<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Equivalent<Named> for By<'_> {
    fn equivalent(&self, named: &Named) -> bool {
        self.0 == named.0.identity()
    }
}

/// The global registry: the one that decorated functions use.
#[must_use]
pub fn registry() -> &'static Registry {
    static GLOBAL: OnceLock<Registry> = OnceLock::new();
    GLOBAL.get_or_init(Registry::new)
}

/// Configures the global registry, once: see [`Registry::init`].
///
/// # Errors
///
/// As [`Registry::init`].
pub fn init(config: Config) -> Result<(), InitError> {
    registry().init(config)
}

/// The breaker of that identity in the global registry, made where there is none.
#[must_use]
pub fn breaker<'a>(identity: impl Into<Identity<'a>>) -> Breaker {
    registry().breaker(identity)
}

/// The breaker of that identity in the global registry; `None` where nobody has used it.
#[must_use]
pub fn find<'a>(identity: impl Into<Identity<'a>>) -> Option<Breaker> {
    registry().find(identity)
}

/// A snapshot of a breaker in the global registry; `None` where nobody has used it.
#[must_use]
pub fn status<'a>(identity: impl Into<Identity<'a>>) -> Option<Status> {
    registry().status(identity)
}

/// Begins to listen to the breakers of the global registry: see [`Registry::subscribe`].
pub fn subscribe(filter: impl Into<EventFilter>) -> Subscription {
    registry().subscribe(filter)
}

/// Has `callback` called for events of the global registry: see [`Registry::on_event`].
///
/// # Errors
///
/// As [`Registry::on_event`].
pub fn on_event(
    filter: impl Into<EventFilter>,
    callback: impl FnMut(Event) + Send + 'static,
) -> io::Result<Callback> {
    registry().on_event(filter, callback)
}
