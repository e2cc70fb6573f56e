//! Many calls, many events, long names, and breakers with a past.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use brama_runtime::api::overlay::Overlay;

use super::*;
use crate::{
    driver::{observed::observe, task::Woken},
    node::NodeInput,
};

#[tokio::test(start_paused = true)]
async fn calls_before_the_fleet_began_are_not_pooled() {
    let mut nodes = nodes(3).await;
    let pooling =
        policy().pooled_failure_rate(40).and_then(|it| it.pooled_minimum_calls(9)).unwrap();
    for (number, node) in nodes.iter_mut().enumerate() {
        (0..4).for_each(|_| node.breaker.failure("down"));
        let name = NodeName::new(&format!("again-{number}")).unwrap();
        let (registry, link) = (&node.registry, node.link.link());
        let again = Fleet::start(registry, link, name, pooling, FleetMode::Active).unwrap();
        drop(mem::replace(&mut node.fleet, again));
    }
    sleep(8 * SECOND).await;
    assert!(nodes.iter().all(TestNode::call));
    for _ in 0..4 {
        for node in &nodes {
            node.breaker.failure("down");
            node.breaker.success();
        }
    }
    sleep(8 * SECOND).await;
    assert!(!nodes.iter().any(TestNode::call), "new calls are");
}

#[tokio::test(start_paused = true)]
async fn a_breaker_whose_name_is_too_long_to_travel_takes_no_part() {
    let nodes = nodes(3).await;
    let long = Identity::new("price").with_key("ä".repeat(200));
    for node in &nodes {
        let breaker = node.registry.breaker(&long);
        (0..10).for_each(|_| breaker.failure("down"));
    }
    sleep(8 * SECOND).await;
    for node in &nodes {
        let status = node.fleet.status();
        assert!(status.is_linked && status.votes.is_empty() && status.decided.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_a_ramp_lets_through_do_not_wake_the_task() {
    let registry = Registry::with_clock(PausedClock::new());
    let breaker = registry.breaker("price");
    let is_probing = Arc::new(AtomicBool::new(false));
    let (_observation, mut observed) = observe(&registry, Arc::clone(&is_probing));
    let ramp = Overlay::open_for(1, 60 * SECOND, "a test").unwrap().admitting(1000).unwrap();
    breaker.overlay(ramp).unwrap();
    breaker.try_acquire().unwrap().success();
    assert!(observed.try_recv().is_err());
    is_probing.store(true, Relaxed);
    breaker.try_acquire().unwrap().success();
    assert!(matches!(observed.try_recv(), Ok(NodeInput::Probed(_, 1, _))));
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_and_a_decision_do_not_wait_until_all_events_are_handled() {
    let (registry, engine) = (Registry::new(), MemoryEngine::new(PausedClock::new()));
    let (node, policy) = (NodeName::new("node-1").unwrap(), policy());
    let requests = Requests { engine: Arc::new(engine), node, policy };
    let core = NodeCore::new(policy, FleetMode::Active, 1);
    let settings = watch::channel((policy, FleetMode::Active)).1;
    let mut task = FleetTask::new(&registry, requests, core, settings, &SharedStatus::default());
    (0..10).for_each(|number| drop(registry.breaker(Identity::new(format!("of-{number}")))));
    let mut has_beaten = false;
    for _ in 0..4 {
        has_beaten |= matches!(task.wait().await, Woken::TimeHasCome);
    }
    assert!(has_beaten);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_until_a_breaker_is_ready_probes_for_the_fleet_too() {
    let nodes = nodes(3).await;
    sleep(6 * SECOND).await;
    nodes[..2].iter().for_each(TestNode::fail);
    sleep(SECOND).await;
    assert!(!nodes[2].breaker.is_available());
    nodes[2].breaker.ready().await;
    let overlay = nodes[2].breaker.status().overlay;
    assert_eq!(overlay.and_then(|it| it.permits), Some(1));
}

#[tokio::test(start_paused = true)]
async fn after_a_loss_of_data_two_of_twenty_nodes_are_no_quorum_either() {
    let nodes = nodes(20).await;
    for second in 0..20 {
        assert!(nodes[2..].iter().all(TestNode::call), "after {second} s");
        nodes[..2].iter().for_each(TestNode::fail);
        if second == 5 {
            nodes[0].link.lose_data();
        }
        sleep(SECOND).await;
    }
}
