//! A fleet of real breakers on a real server, while calls go on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use brama_fleet::{Fleet, FleetPolicy, node::FleetMode};
use brama_runtime::api::{
    Breaker, CallError, Expiry, PolicyPatch, Registry, State,
    event::{EventDetail, Observation},
};
use fault_proxy::FaultProxy;
use redis::Client;
use redis_server::PASSWORD;
use tokio::{
    task::AbortHandle,
    time::{interval, timeout},
};

use super::{
    node, now,
    server::{Server, namespace},
};
use crate::RedisEngine;

/// Five nodes on a server behind a proxy. The last one never sees a failure by itself, so only the
/// fleet can make it reject.
pub(super) struct TestFleet {
    pub(super) server: Server,
    pub(super) proxy: FaultProxy,
    works: Arc<AtomicBool>,
    nodes: Vec<TestNode>,
}

const NODES: usize = 5;

struct TestNode {
    breaker: Breaker,
    fleet: Fleet,
    seen: Arc<Seen>,
    load: AbortHandle,
    _observation: Observation,
}

/// What became of the calls of a node, and of its overlays.
#[derive(Default)]
struct Seen {
    ran: AtomicU64,
    answered: AtomicU64,
    failed: AtomicU64,
    rejected: AtomicU64,
    /// Calls that took half of the time that a command may take.
    slow: AtomicU64,
    epoch: AtomicU64,
    /// Overlays whose epoch is not greater than that of the one before.
    disordered: AtomicU64,
}

/// Between two calls of a node.
const PACE: Duration = Duration::from_millis(5);
const SLOW: Duration = Duration::from_millis(50);
/// Very generous: many tests share the machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// Short lengths, so that an outage takes a second.
pub(super) fn brisk() -> FleetPolicy {
    let millis = Duration::from_millis;
    FleetPolicy::new()
        .heartbeat(millis(200))
        .and_then(|policy| policy.wait(millis(300)))
        .and_then(|policy| policy.lease(millis(500)))
        .and_then(|policy| policy.vote(millis(5_000)))
        .and_then(|policy| policy.longest_wait(millis(1_000)))
        .and_then(|policy| policy.ramp(millis(200)))
        .unwrap()
}

/// A registry whose circuits open after three failures, for 200 ms.
pub(super) fn brisk_registry() -> Registry {
    let expiry = Expiry::fixed(Duration::from_millis(200));
    let patch = PolicyPatch::new().failure_threshold(3).expiry(expiry);
    let registry = Registry::new();
    registry.configure("payment_api", patch).unwrap();
    registry
}

impl TestFleet {
    /// Starts it, and waits until every node is linked and calls.
    pub(super) async fn start(test: &str) -> Self {
        let server = Server::own();
        let [host, port] = server.as_primary();
        let proxy = FaultProxy::start(format!("{host}:{port}").parse().unwrap()).unwrap();
        let (works, nodes) = (Arc::new(AtomicBool::new(true)), Vec::new());
        let mut fleet = Self { server, proxy, works, nodes };
        for number in 0..NODES {
            let node = fleet.node(test, number);
            fleet.nodes.push(node);
        }
        fleet.linked().await;
        fleet.well().await;
        fleet
    }

    fn node(&self, test: &str, number: usize) -> TestNode {
        let address = self.proxy.address();
        let client = Client::open(format!("redis://brama-of-tests:{PASSWORD}@{address}/")).unwrap();
        let engine = RedisEngine::new(&client, &namespace(test)).unwrap();
        let (registry, seen) = (brisk_registry(), Arc::new(Seen::default()));
        let observed = Arc::clone(&seen);
        let observation = registry.observe(move |event| {
            if let EventDetail::Overlaid { epoch, .. } = event.detail {
                let before = observed.epoch.swap(epoch, Relaxed);
                observed.disordered.fetch_add(u64::from(epoch <= before), Relaxed);
            }
        });
        let name = node(&format!("node-{number}"));
        let fleet = Fleet::start(&registry, engine, name, brisk(), FleetMode::Active).unwrap();
        let breaker = registry.breaker("payment_api");
        let works = (number + 1 < NODES).then(|| Arc::clone(&self.works));
        let load = tokio::spawn(load(breaker.clone(), works, Arc::clone(&seen))).abort_handle();
        TestNode { breaker, fleet, seen, load, _observation: observation }
    }

    /// Makes the service fail, or work again, for all nodes but the last.
    pub(super) fn turn(&self, works: bool) {
        self.works.store(works, Relaxed);
    }

    /// Waits until every node has the store.
    pub(super) async fn linked(&self) {
        self.wait_until("linked", |node| node.fleet.status().is_linked).await;
    }

    /// Waits until no node has the store.
    pub(super) async fn unlinked(&self) {
        self.wait_until("unlinked", |node| !node.fleet.status().is_linked).await;
    }

    /// Waits until the fleet rejects on every node.
    pub(super) async fn open(&self) {
        self.wait_until("open", TestNode::is_overlaid).await;
    }

    /// Waits until calls run on every node, by its own circuit and for the fleet.
    pub(super) async fn well(&self) {
        self.wait_until("well", |node| {
            let status = node.breaker.status();
            status.state == State::Closed && status.overlay.is_none()
        })
        .await;
        self.calls(10).await;
    }

    /// Waits for so many more calls of each node. Returns how many failed, were rejected, and were
    /// slow.
    async fn calls(&self, count: u64) -> [u64; 3] {
        let before: Vec<_> = self.nodes.iter().map(|node| node.seen.counts()).collect();
        for (node, [made, ..]) in self.nodes.iter().zip(&before) {
            wait_for("calls", || made + count <= node.seen.counts()[0]).await;
        }
        let mut sums = [0; 3];
        for (node, before) in self.nodes.iter().zip(before) {
            for (sum, at) in sums.iter_mut().zip(1..) {
                *sum += node.seen.counts()[at] - before[at];
            }
        }
        sums
    }

    /// Asserts that for so many calls of each node none fails, is rejected or waits.
    pub(super) async fn is_undisturbed(&self, count: u64) {
        let [failed, rejected, slow] = self.calls(count).await;
        assert_eq!([failed, rejected], [0, 0], "failed and rejected calls");
        // A busy machine may stop a thread anywhere. If calls waited for the store, many would.
        assert!(slow * 50 <= count * 5, "{slow} slow calls of {count}");
    }

    /// Asserts what must be true at any time.
    pub(super) fn is_consistent(&self) {
        for node in &self.nodes {
            assert_eq!(node.seen.disordered.load(Relaxed), 0, "epochs grow");
            assert_ne!(node.seen.epoch.load(Relaxed), 0, "it was overlaid");
        }
        let last = self.nodes.last().unwrap();
        let status = last.breaker.status();
        assert_eq!((status.trips, status.totals.failures), (0, 0), "the last node saw no failure");
    }

    async fn wait_until(&self, what: &str, holds: impl Fn(&TestNode) -> bool) {
        for (number, node) in self.nodes.iter().enumerate() {
            wait_for(&format!("node-{number} {what}"), || holds(node)).await;
        }
    }
}

impl TestNode {
    fn is_overlaid(&self) -> bool {
        self.breaker.status().overlay.is_some_and(|overlay| overlay.permits.is_some())
    }
}

impl Drop for TestNode {
    fn drop(&mut self) {
        self.load.abort();
    }
}

impl Seen {
    /// Calls that were made, failed, were rejected, and were slow.
    fn counts(&self) -> [u64; 4] {
        let [answered, failed, rejected, slow] =
            [&self.answered, &self.failed, &self.rejected, &self.slow].map(|it| it.load(Relaxed));
        assert!(self.ran.load(Relaxed) <= answered + failed + 1, "each body runs once");
        [answered + failed + rejected, failed, rejected, slow]
    }
}

/// Calls again and again. Without a service, every call succeeds.
async fn load(breaker: Breaker, works: Option<Arc<AtomicBool>>, seen: Arc<Seen>) {
    let mut pace = interval(PACE);
    loop {
        pace.tick().await;
        let start = now();
        let answer = breaker.call(|| {
            seen.ran.fetch_add(1, Relaxed);
            let works = works.as_ref().is_none_or(|works| works.load(Relaxed));
            if works { Ok(()) } else { Err("down") }
        });
        let count = match answer {
            Ok(()) => &seen.answered,
            Err(CallError::Failed(_)) => &seen.failed,
            Err(CallError::Rejected(_)) => &seen.rejected,
        };
        count.fetch_add(1, Relaxed);
        seen.slow.fetch_add(u64::from(SLOW < start.elapsed()), Relaxed);
    }
}

async fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        let mut looks = interval(Duration::from_millis(5));
        while !holds() {
            looks.tick().await;
        }
    };
    assert!(timeout(DEADLINE, waiting).await.is_ok(), "never {what}");
}
