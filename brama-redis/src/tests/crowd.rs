//! Many nodes on one server.

use std::{fmt, time::Duration};

use brama_fleet::{Fleet, FleetPolicy, engine::Engine, node::FleetMode};
use brama_runtime::api::{Breaker, State};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::{task::JoinSet, time::interval};

use super::{
    node, open,
    server::Server,
    test_fleet::{brisk, brisk_registry},
    until,
};

const NODES: usize = 1_000;

fn allow_connections() {
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    setrlimit(Resource::Nofile, files).unwrap();
}

#[tokio::test]
async fn a_thousand_connected_nodes_hear_one_decision() {
    allow_connections();
    let server = Server::own();
    let mut nodes = JoinSet::new();
    for _ in 0..NODES {
        let engine = server.engine("crowd");
        let mut stream = until(async || engine.subscribe().await).await;
        nodes.spawn(async move { stream.next().await.unwrap().decision });
    }
    let opened = open(&server.engine("crowd")).await;
    while let Some(heard) = nodes.join_next().await {
        assert_eq!(heard.unwrap(), opened);
    }
}

/// A node with a breaker. Its fleet ends with it.
struct CrowdNode {
    breaker: Breaker,
    fleet: Fleet,
}

impl CrowdNode {
    fn start(server: &Server, number: usize, policy: FleetPolicy) -> Self {
        let (registry, engine) = (brisk_registry(), server.hasty_engine("thousand"));
        let (breaker, name) = (registry.breaker("payment_api"), node(&format!("node-{number}")));
        let fleet = Fleet::start(&registry, engine, name, policy, FleetMode::Active).unwrap();
        Self { breaker, fleet }
    }

    /// Whether a call runs, and succeeds.
    fn calls(&self) -> bool {
        self.breaker.call(|| Ok::<_, fmt::Error>(())).is_ok()
    }

    fn is_well(&self) -> bool {
        let status = self.breaker.status();
        status.state == State::Closed && status.overlay.is_none() && self.calls()
    }
}

/// Lets every node call ten times a second until something holds for each.
async fn until_all(nodes: &[CrowdNode], what: &str, holds: impl Fn(&CrowdNode) -> bool) {
    let mut rounds = interval(Duration::from_millis(100));
    for _ in 0..600 {
        let ready = nodes.iter().filter(|node| node.calls() | holds(node)).filter(|it| holds(it));
        if ready.count() == nodes.len() {
            return;
        }
        rounds.tick().await;
    }
    let missing = nodes.iter().filter(|node| !holds(node)).count();
    panic!("{missing} nodes are never {what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_nodes_open_and_close_together() {
    allow_connections();
    let server = Server::own();
    let policy = brisk().heartbeat(Duration::from_secs(3)).unwrap();
    let nodes: Vec<_> = (0..NODES).map(|it| CrowdNode::start(&server, it, policy)).collect();
    until_all(&nodes, "linked", |node| node.fleet.status().is_linked).await;
    // Those that see the outage are half of the nodes; the others know it from the fleet only.
    for node in &nodes[..NODES / 2] {
        (0..10).for_each(|_| node.breaker.failure("down"));
    }
    let rejects = |node: &CrowdNode| 0 < node.breaker.status().rejections.fleet;
    until_all(&nodes[NODES / 2..], "rejected", rejects).await;
    assert!(nodes[NODES / 2..].iter().all(|node| node.breaker.status().trips == 0));
    until_all(&nodes, "well", CrowdNode::is_well).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_with_ten_thousand_breakers_has_the_store() {
    let server = Server::own();
    let (registry, engine) = (brisk_registry(), server.hasty_engine("many-breakers"));
    let breakers: Vec<_> = (0..10_000).map(|it| registry.breaker(format!("host-{it}"))).collect();
    let call = || breakers.iter().for_each(|it| drop(it.call(|| Ok::<_, fmt::Error>(()))));
    call();
    let policy = FleetPolicy::new().heartbeat(Duration::from_secs(2)).unwrap();
    let fleet = Fleet::start(&registry, engine, node("a"), policy, FleetMode::Active).unwrap();
    let mut looks = interval(Duration::from_millis(100));
    for _ in 0..600 {
        looks.tick().await;
        call();
        let known: i64 = server.command(&["ZCARD", &key(&server, "many-breakers", "known")]);
        if known == 10_000 && fleet.status().is_linked {
            return;
        }
    }
    panic!("it has no store: {:?}", fleet.status());
}

fn key(server: &Server, test: &str, name: &str) -> String {
    format!("{}{name}", server.hasty_engine(test).namespace().prefix())
}
