//! Many nodes in this process, on a server of its own.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use brama_fleet::{Fleet, FleetPolicy, NodeName, node::FleetMode};
use brama_redis::{ACL_RULES, Namespace, RedisEngine};
use brama_runtime::api::{
    Breaker, Expiry, PolicyPatch, Registry,
    circuit::Tick,
    clock::{Clock, SystemClock},
    event::{EventDetail, Observation},
};
use redis_server::{RedisServer, RedisUser};
use tokio::time::interval;

pub(crate) struct Crowd {
    pub(crate) server: RedisServer,
    pub(crate) nodes: Vec<CrowdNode>,
}

pub(crate) struct CrowdNode {
    pub(crate) breakers: Vec<Breaker>,
    pub(crate) seen: Arc<Seen>,
    fleet: Fleet,
    _observation: Observation,
}

/// What a node's breakers have announced.
#[derive(Default)]
pub(crate) struct Seen {
    /// When overlays were laid.
    overlaid: Mutex<Vec<Tick>>,
    /// The epochs whose probe has ended.
    probed: Mutex<Vec<u64>>,
}

impl Crowd {
    /// Starts nodes with so many breakers each, and waits until all are linked.
    pub(crate) async fn start(count: usize, breakers: usize, policy: FleetPolicy) -> Self {
        let server = RedisServer::own(&[RedisUser::new("brama", ACL_RULES.iter().copied())]);
        let node = |number| CrowdNode::start(&server, number, breakers, policy);
        let nodes = (0..count).map(node).collect();
        let crowd = Self { server, nodes };
        crowd.wait("linked", |node| node.fleet.status().is_linked).await;
        crowd
    }

    /// Waits until something holds for each node.
    pub(crate) async fn wait(&self, what: &str, holds: impl Fn(&CrowdNode) -> bool) {
        let mut looks = interval(Duration::from_millis(2));
        let begun = SystemClock.now();
        for node in &self.nodes {
            while !holds(node) {
                looks.tick().await;
                let waited = SystemClock.now().since(begun);
                assert!(waited < Duration::from_secs(60), "some node is never {what}");
            }
        }
    }

    pub(crate) fn engine(&self) -> RedisEngine {
        engine(&self.server)
    }

    /// How long after `since` each node laid its overlay number `count`, beginning at 1.
    pub(crate) fn laid_after(&self, since: Tick, count: usize) -> Vec<Duration> {
        let laid = |node: &CrowdNode| node.seen.overlaid.lock().unwrap()[count - 1].since(since);
        self.nodes.iter().map(laid).collect()
    }
}

impl CrowdNode {
    fn start(server: &RedisServer, number: usize, breakers: usize, policy: FleetPolicy) -> Self {
        let (registry, seen) = (Registry::new(), Arc::new(Seen::default()));
        let names: Vec<_> = (0..breakers).map(|number| format!("breaker-{number}")).collect();
        for name in &names {
            let expiry = Expiry::fixed(Duration::from_millis(200));
            let patch = PolicyPatch::new().failure_threshold(5).expiry(expiry);
            registry.configure(name.as_str(), patch).unwrap();
        }
        let observed = Arc::clone(&seen);
        let observation = registry.observe(move |event| match &event.detail {
            EventDetail::Overlaid { .. } => {
                observed.overlaid.lock().unwrap().push(SystemClock.now());
            }
            EventDetail::Probed { epoch, .. } => observed.probed.lock().unwrap().push(*epoch),
            _ => {}
        });
        let name = NodeName::new(&format!("node-{number}")).unwrap();
        let fleet = Fleet::start(&registry, engine(server), name, policy, FleetMode::Active);
        let breakers = names.iter().map(|name| registry.breaker(name.as_str())).collect();
        Self { breakers, seen, fleet: fleet.unwrap(), _observation: observation }
    }

    /// Makes a call to each breaker, which succeeds.
    pub(crate) fn call_all(&self) {
        for breaker in &self.breakers {
            let _rejected = breaker.call(|| Ok::<_, std::fmt::Error>(()));
        }
    }
}

impl Seen {
    pub(crate) fn overlays(&self) -> usize {
        self.overlaid.lock().unwrap().len()
    }

    pub(crate) fn probes(&self) -> usize {
        self.probed.lock().unwrap().len()
    }
}

/// With the time limit that users have.
fn engine(server: &RedisServer) -> RedisEngine {
    RedisEngine::new(&server.client_of("brama"), &Namespace::new("bench").unwrap()).unwrap()
}
