//! A node of the simulated fleet: processes, one after another.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use brama_fleet::{Fleet, NodeName, memory::MemoryEngine, node::FleetMode};
use brama_runtime::api::{
    Breaker, Registry, State,
    event::{Event, EventDetail, Observation},
};
use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{client::Client, link::StoreLink, mirror::Mirror, world::World};

/// A node: a name and a link, and a process that may crash.
#[derive(Debug)]
pub(crate) struct SimNode {
    pub(crate) number: usize,
    pub(crate) world: Arc<World>,
    pub(crate) link: StoreLink,
    /// Whether it reaches no service.
    is_sick: AtomicBool,
    crash: Arc<Notify>,
    process: Mutex<Option<Arc<Process>>>,
}

/// A process of a node, with breakers of its own.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) breaker: Breaker,
    /// A circuit without a fleet that sees the same calls.
    pub(crate) mirror: Mirror,
    /// Calls through the breaker that have ended.
    pub(crate) made: AtomicU64,
    _fleet: Option<Fleet>,
    _observation: Observation,
}

/// A process that has crashed starts again after it.
const RESTART: Duration = Duration::from_secs(20);

/// The breaker of each node.
const SERVICE: &str = "service";

impl SimNode {
    pub(crate) fn new(number: usize, world: &Arc<World>, store: &MemoryEngine) -> Arc<Self> {
        let crash = Arc::new(Notify::new());
        let link = StoreLink::new(number, store.link(), Arc::clone(world), Arc::clone(&crash));
        let (world, is_sick, process) =
            (Arc::clone(world), AtomicBool::default(), Mutex::default());
        Arc::new(Self { number, world, link, is_sick, crash, process })
    }

    /// Runs processes until the run ends.
    pub(crate) async fn live(self: Arc<Self>) {
        loop {
            let process = Arc::new(Process::start(&self));
            *self.lock() = Some(Arc::clone(&process));
            self.note_link(Some(self.world.now()));
            let calls = tokio::spawn(call_again_and_again(Arc::clone(&self), process));
            self.crash.notified().await;
            calls.abort();
            *self.lock() = None;
            self.note_link(None);
            sleep(RESTART).await;
        }
    }

    /// Ends the process. Another starts [some time](RESTART) after that.
    pub(crate) fn crash(&self) {
        self.world.note(|record| record.lose_holder(self.number));
        self.crash.notify_one();
    }

    /// Notes since when the node is alive and reaches the store.
    pub(crate) fn note_link(&self, linked_since: Option<Duration>) {
        self.world.note_of(self.number, |record| record.linked_since = linked_since);
    }

    /// The process, while one runs.
    pub(crate) fn process(&self) -> Option<Arc<Process>> {
        self.lock().clone()
    }

    pub(crate) fn sicken(&self) {
        self.is_sick.store(true, Ordering::Relaxed);
        self.world.note_of(self.number, |record| record.was_sick = true);
    }

    pub(crate) fn heal(&self) {
        self.is_sick.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_sick(&self) -> bool {
        self.is_sick.load(Ordering::Relaxed)
    }

    /// Its own, and equal in each run with the same seed.
    fn seed(&self) -> u64 {
        let number = u64::try_from(self.number).unwrap_or(0);
        self.world.seed.wrapping_mul(1_000_003).wrapping_add(number)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Process>>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls as often as the world says, each time after a wait of random length.
async fn call_again_and_again(node: Arc<SimNode>, process: Arc<Process>) {
    let (mut draws, mut calls) = (fastrand::Rng::with_seed(node.seed()), JoinSet::new());
    let mut next = Instant::now();
    loop {
        // The negative logarithm of an even draw makes the calls independent of each other.
        next += Duration::from_secs_f64(-(1.0 - draws.f64()).ln() * node.world.between_calls());
        tokio::time::sleep_until(next).await;
        let client = Client::new(Arc::clone(&node), Arc::clone(&process), draws.fork());
        calls.spawn(client.call());
        while calls.try_join_next().is_some() {}
    }
}

impl Process {
    fn start(node: &SimNode) -> Self {
        let world = &node.world;
        let registry = Registry::with_clock_and_seed(world.clock, node.seed());
        let observation = observe(&registry, Arc::clone(world), node.number);
        let breaker = registry.breaker(SERVICE);
        // The patch is one of a script, and a test tries them all.
        let _valid = breaker.configure(world.patch);
        let fleet = world.takes_part().then(|| join(&registry, node)).flatten();
        let mirror = Mirror::new(&breaker);
        let made = AtomicU64::new(0);
        Self { breaker, mirror, made, _fleet: fleet, _observation: observation }
    }

    /// Whether the fleet has told the node to reject every call.
    pub(crate) fn is_told_to_reject(&self) -> bool {
        self.breaker.status().overlay.is_some_and(|overlay| overlay.rejects())
    }

    /// Whether the breaker has counted each call that was made, once.
    pub(crate) fn counts_add_up(&self) -> bool {
        let (totals, made) = (self.breaker.status().totals, self.made.load(Ordering::Relaxed));
        let rejections = self.breaker.status().rejections;
        let rejected: u64 = rejections.by_reason().map(|(_, calls)| calls).sum();
        totals.successes + totals.failures + totals.rejected == made && rejected == totals.rejected
    }

    /// Whether calls run as if nothing had happened.
    pub(crate) fn is_free(&self) -> bool {
        let status = self.breaker.status();
        status.state == State::Closed && status.overlay.is_none()
    }
}

fn join(registry: &Registry, node: &SimNode) -> Option<Fleet> {
    let name = NodeName::new(&format!("node-{}", node.number)).ok()?;
    let (link, policy) = (node.link.clone(), node.world.policy);
    Fleet::start(registry, link, name, policy, FleetMode::Active).ok()
}

/// Notes when the circuit opens and closes, and when the node stops to call.
#[expect(clippy::wildcard_enum_match_arm, reason = "other events do not matter")]
fn observe(registry: &Registry, world: Arc<World>, number: usize) -> Observation {
    registry.observe(move |event: &Event| {
        let now = world.now();
        let opened = match event.detail {
            EventDetail::StateChanged { to: State::Open, .. } => Some(true),
            EventDetail::StateChanged { to: State::Closed, .. } => Some(false),
            EventDetail::Overlaid { .. } => None,
            _ => return,
        };
        world.note_of(number, |record| {
            if let Some(is_open) = opened {
                record.turn(is_open, now);
            }
            if opened != Some(false) && world.has_begun(now) {
                record.stopped_at.get_or_insert(now);
            }
        });
    })
}
