//! Nodes with real breakers on the engine in memory, while tokio's clock stands still.

mod crowds;
mod operated;

use brama_runtime::api::{Breaker, Expiry, PolicyPatch, State};
use tokio::time::sleep;

use super::*;
use crate::{
    draw::Draws,
    memory::{Faults, MemoryEngine},
    paused_clock::PausedClock,
};

const SECOND: Duration = Duration::from_secs(1);

/// A node with one breaker.
struct TestNode {
    registry: Registry,
    breaker: Breaker,
    link: MemoryEngine,
    fleet: Fleet,
}

fn policy() -> FleetPolicy {
    let policy = FleetPolicy::new().min_votes(2).and_then(|policy| policy.wait(10 * SECOND));
    policy.unwrap()
}

/// Nodes whose breakers have had a call, and are known to the fleet.
async fn nodes(count: usize) -> Vec<TestNode> {
    let nodes = new_nodes(count);
    assert!(nodes.iter().all(TestNode::call));
    sleep(12 * SECOND).await;
    assert!(nodes.iter().all(TestNode::call));
    nodes
}

fn new_nodes(count: usize) -> Vec<TestNode> {
    let clock = PausedClock::new();
    let engine = MemoryEngine::new(clock);
    let node = |number: usize| {
        let registry = Registry::with_clock_and_seed(clock, number.try_into().unwrap());
        let link = engine.link();
        let (breaker, name) = (registry.breaker("price"), format!("node-{number}"));
        let name = NodeName::new(&name).unwrap();
        let fleet = Fleet::start(&registry, link.clone(), name, policy(), FleetMode::Active);
        TestNode { registry, breaker, link, fleet: fleet.unwrap() }
    };
    (0..count).map(node).collect()
}

impl TestNode {
    fn fail(&self) {
        (0..10).for_each(|_| self.breaker.failure("down"));
    }

    /// Whether a call runs, and succeeds.
    fn call(&self) -> bool {
        self.breaker.call(|| Ok::<_, fmt::Error>(())).is_ok()
    }
}

/// Lets time pass in small steps, and counts the calls of a node that run.
async fn calls(node: &TestNode, length: Duration) -> usize {
    let steps = length.as_millis() / 100;
    let mut ran = 0;
    for _ in 0..steps {
        sleep(Duration::from_millis(100)).await;
        ran += usize::from(node.call());
    }
    ran
}

#[tokio::test(start_paused = true)]
async fn two_nodes_open_for_the_third_and_one_alone_for_itself_only() {
    let nodes = nodes(3).await;
    sleep(6 * SECOND).await;
    nodes[0].fail();
    sleep(SECOND).await;
    assert!(nodes[2].breaker.is_available());
    nodes[1].fail();
    sleep(SECOND).await;
    assert!(!nodes[2].breaker.is_available());
    let status = nodes[2].breaker.status();
    assert_eq!((status.state, status.trips), (State::Closed, 0));
    assert_eq!(status.overlay.unwrap().by.to_string(), "fleet: 2 of 3 nodes");
    assert_eq!(nodes[2].fleet.status().decided.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn after_the_wait_one_call_of_one_node_probes_and_calls_return_by_a_ramp() {
    let nodes = nodes(3).await;
    nodes[0].fail();
    nodes[1].fail();
    sleep(SECOND).await;
    assert_eq!(calls(&nodes[2], 8 * SECOND).await, 0);
    let ran = calls(&nodes[2], 5 * SECOND).await;
    assert!((1..45).contains(&ran), "a probe, and some of the ramp: {ran}");
    sleep(5 * SECOND).await;
    assert_eq!(calls(&nodes[2], SECOND).await, 10, "the ramp is over after 5 s");
}

#[tokio::test(start_paused = true)]
async fn a_node_whose_own_circuit_is_open_leaves_the_lease_to_others() {
    let nodes = nodes(20).await;
    let expiry = Expiry::fixed(20 * SECOND);
    for node in &nodes[1..] {
        node.breaker.configure(PolicyPatch::new().expiry(expiry)).unwrap();
        node.fail();
    }
    let mut ran = 0;
    for _ in 0..130 {
        sleep(Duration::from_millis(100)).await;
        let others = nodes[1..].iter().map(TestNode::call);
        assert_eq!(others.filter(|ran| *ran).count(), 0, "their circuits are open");
        ran += u32::from(nodes[0].call());
    }
    assert!(0 < ran, "only the first node could probe, and did not");
}

#[tokio::test(start_paused = true)]
async fn one_call_of_twenty_nodes_reaches_a_service_that_is_still_down() {
    let nodes = nodes(20).await;
    nodes[..6].iter().for_each(TestNode::fail);
    sleep(SECOND).await;
    let mut reached = 0;
    for _ in 0..200 {
        sleep(Duration::from_millis(100)).await;
        for node in &nodes {
            let call = || {
                reached += 1;
                Err::<(), _>(fmt::Error)
            };
            let _rejected_or_failed = node.breaker.call(call);
        }
    }
    assert_eq!(reached, 1);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_is_created_while_the_fleet_is_open_is_overlaid() {
    let nodes = nodes(2).await;
    let clock = PausedClock::new();
    let (registry, link) = (Registry::with_clock(clock), nodes[0].link.link());
    let name = NodeName::new("late").unwrap();
    let _fleet = Fleet::start(&registry, link, name, policy(), FleetMode::Active).unwrap();
    sleep(SECOND).await;
    nodes[0].fail();
    nodes[1].fail();
    sleep(SECOND).await;
    let _created = registry.breaker("price");
    sleep(SECOND).await;
    assert!(!registry.is_available("price"));
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_down_touches_no_call_and_overlays_end_by_themselves() {
    let nodes = nodes(3).await;
    nodes[0].fail();
    nodes[1].fail();
    sleep(SECOND).await;
    for node in &nodes {
        node.link.set_faults(Faults { down: true, ..Faults::default() });
    }
    assert!(!nodes[2].breaker.is_available());
    sleep(30 * SECOND).await;
    let status = nodes[2].fleet.status();
    assert!(nodes[2].call() && !status.is_linked);
    let why = status.link_error.unwrap().to_string();
    assert_eq!(why, "the link to the store in memory is down");
}

#[tokio::test(start_paused = true)]
async fn a_lost_announcement_is_made_up_for_by_the_next_heartbeat() {
    let nodes = nodes(3).await;
    nodes[2].link.set_faults(Faults { lost: 1000, ..Faults::default() });
    nodes[0].fail();
    nodes[1].fail();
    sleep(6 * SECOND).await;
    assert!(!nodes[2].breaker.is_available());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_loses_its_data_frees_the_nodes_that_did_not_fail() {
    let nodes = nodes(3).await;
    nodes[0].fail();
    nodes[1].fail();
    sleep(SECOND).await;
    for it in [0, 1] {
        nodes[it].breaker.close("mended");
    }
    nodes[2].link.lose_data();
    sleep(8 * SECOND).await;
    assert!(nodes[2].call());
}

#[tokio::test(start_paused = true)]
async fn days_later_a_node_still_sleeps_between_its_heartbeats() {
    let (registry, engine) = (Registry::new(), MemoryEngine::new(PausedClock::new()));
    let (node, policy) = (NodeName::new("node-1").unwrap(), policy());
    let policy = policy.heartbeat(60 * SECOND).unwrap();
    let fleet = Fleet::start(&registry, engine, node, policy, FleetMode::Active).unwrap();
    // Tokio's clock moves on only while every task sleeps.
    sleep(3 * 24 * 3_600 * SECOND).await;
    assert!(fleet.status().is_linked);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_dropped_takes_no_part() {
    let mut nodes = nodes(3).await;
    drop(nodes.remove(2).fleet);
    let last = nodes.remove(1);
    drop(last.fleet);
    nodes[0].fail();
    last.breaker.open("maintenance");
    sleep(SECOND).await;
    assert_eq!(nodes[0].fleet.status().decided, []);
}

#[test]
fn outside_of_a_runtime_it_does_not_start() {
    let (registry, node) = (Registry::new(), NodeName::new("node-1").unwrap());
    let engine = MemoryEngine::new(brama_runtime::api::clock::SystemClock);
    let fleet = Fleet::start(&registry, engine, node, policy(), FleetMode::Active);
    assert_eq!(fleet.unwrap_err(), NoRuntime);
}

/// Something that goes wrong, or does not.
fn disturb(nodes: &[TestNode], draws: &mut Draws) {
    let node = &nodes[usize::try_from(draws.up_to(4)).unwrap()];
    match draws.up_to(7) {
        0 | 1 => node.fail(),
        2 => node.link.set_faults(Faults { down: true, ..Faults::default() }),
        3 => node.link.set_faults(Faults {
            delay: 3 * SECOND,
            lost: 300,
            duplicated: 300,
            reordered: 300,
            seed: draws.draw(),
            ..Faults::default()
        }),
        4 => node.link.set_faults(Faults::default()),
        5 => node.link.lose_data(),
        6 => node.link.step_clock(i64::try_from(draws.up_to(20_000)).unwrap() - 10_000),
        _ => node.link.end_subscriptions(),
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_calls_run_again_some_time_after_it_is_over() {
    let mut overlaid = 0;
    for seed in 0..10 {
        let (nodes, mut draws) = (nodes(5).await, Draws::new(seed));
        for _ in 0..100 {
            disturb(&nodes, &mut draws);
            for node in &nodes {
                node.call();
            }
            sleep(Duration::from_millis(draws.up_to(4_000))).await;
        }
        for node in &nodes {
            node.link.set_faults(Faults::default());
        }
        for _ in 0..600 {
            sleep(SECOND).await;
            for node in &nodes {
                node.call();
            }
        }
        assert!(nodes.iter().all(TestNode::call), "seed {seed}");
        let status = nodes.iter().map(|node| node.fleet.status()).collect::<Vec<_>>();
        assert!(status.iter().all(|it| it.is_linked && it.decided.is_empty()), "{status:?}");
        overlaid += nodes.iter().map(|it| it.breaker.status().rejections.fleet).sum::<u64>();
    }
    assert!(100 < overlaid, "the fleet was open now and then: {overlaid} calls");
}

#[tokio::test(start_paused = true)]
async fn without_the_store_twenty_nodes_return_one_by_one_and_not_all_at_once() {
    let nodes = nodes(20).await;
    sleep(6 * SECOND).await;
    assert!(nodes.iter().all(TestNode::call));
    sleep(6 * SECOND).await;
    nodes[..6].iter().for_each(TestNode::fail);
    sleep(SECOND).await;
    assert!(nodes.iter().all(|node| !node.call()));
    for node in &nodes {
        node.link.set_faults(Faults { down: true, ..Faults::default() });
    }
    sleep(18 * SECOND).await;
    let mut returned = Vec::new();
    for _ in 0..80 {
        sleep(SECOND / 10).await;
        returned.push(nodes[6..].iter().filter(|node| node.call()).count());
    }
    let first = returned.iter().find(|it| **it != 0);
    assert!(first.is_some_and(|it| *it < 4), "{returned:?}");
    assert_eq!(returned.last(), Some(&14), "{returned:?}");
}

#[tokio::test(start_paused = true)]
async fn quiet_nodes_open_together_if_the_policy_pools_their_calls() {
    let nodes = nodes(3).await;
    let pooling =
        policy().pooled_failure_rate(50).and_then(|it| it.pooled_minimum_calls(9)).unwrap();
    for node in &nodes {
        node.fleet.reconfigure(pooling, FleetMode::Active);
        (0..3).for_each(|_| node.breaker.failure("down"));
    }
    sleep(8 * SECOND).await;
    assert!(nodes.iter().all(|node| !node.call()));
    let status = nodes[0].breaker.status();
    assert_eq!(status.overlay.unwrap().by.to_string(), "fleet: 3 of 3 nodes");
}

#[tokio::test(start_paused = true)]
async fn nodes_that_call_every_half_minute_are_not_rejected_for_ever() {
    let nodes = nodes(20).await;
    nodes[..6].iter().for_each(TestNode::fail);
    sleep(SECOND).await;
    assert!(!nodes[19].breaker.is_available());
    // One after the other calls. Whoever gets the lease has no call for it in time.
    let mut ran_after = None;
    for second in 0..300 {
        sleep(SECOND).await;
        if second % 30 < 20 && nodes[second % 30].call() {
            ran_after = ran_after.or(Some(second));
        }
    }
    assert!(ran_after.is_some_and(|second| second < 100), "a call ran after {ran_after:?} s");
}

#[tokio::test(start_paused = true)]
async fn a_circuit_that_opened_an_hour_ago_and_had_no_call_since_is_no_vote() {
    let nodes = nodes(3).await;
    nodes[0].fail();
    // Its opening is over after a minute, but only a call would show it.
    for _ in 0..3_600 {
        sleep(SECOND).await;
        assert!(nodes[1].call() && nodes[2].call());
    }
    nodes[1].fail();
    sleep(SECOND).await;
    assert!(nodes[2].breaker.is_available(), "one node of two with traffic has failures");
}
