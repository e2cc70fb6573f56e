//! What operators do with a fleet, and see of it.

use brama_runtime::api::{event::EventDetail, metrics::Exposition};

use super::*;

#[tokio::test(start_paused = true)]
async fn an_operator_rejects_for_the_whole_fleet_and_clears_it() {
    let nodes = nodes(2).await;
    sleep(SECOND).await;
    let by = By::actor("alice", "maintenance");
    nodes[0].fleet.reject("price", 60 * SECOND, by).await.unwrap();
    sleep(SECOND).await;
    let shown = nodes[1].breaker.try_acquire().unwrap_err().to_string();
    assert!(shown.starts_with("price is open (fleet: alice: maintenance)"), "{shown}");
    nodes[1].fleet.clear("price", "done").await.unwrap();
    sleep(SECOND).await;
    assert!(nodes[0].call() && nodes[1].call());
    let error = nodes[0].fleet.reject("price", 3_600 * SECOND, "too long").await.unwrap_err();
    assert!(matches!(error, ActError::TooLong(_)) && error.to_string().contains("300000 ms"));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_goes_into_shadow_lifts_its_overlays_and_lays_them_again_when_active() {
    let nodes = nodes(3).await;
    sleep(6 * SECOND).await;
    nodes[..2].iter().for_each(TestNode::fail);
    sleep(SECOND).await;
    assert!(!nodes[2].call());
    nodes[2].fleet.reconfigure(policy(), FleetMode::Shadow);
    sleep(SECOND).await;
    assert!(nodes[2].call());
    nodes[2].fleet.reconfigure(policy(), FleetMode::Active);
    sleep(SECOND).await;
    assert!(!nodes[2].call());
}

#[tokio::test(start_paused = true)]
async fn a_fleet_votes_by_the_policy_that_it_was_given_last() {
    let nodes = nodes(3).await;
    sleep(6 * SECOND).await;
    let alone = policy().min_votes(1).unwrap();
    for node in &nodes {
        node.fleet.reconfigure(alone, FleetMode::Active);
    }
    sleep(6 * SECOND).await;
    nodes[0].fail();
    sleep(SECOND).await;
    assert!(!nodes[2].call());
}

#[tokio::test(start_paused = true)]
async fn nodes_with_different_policies_are_told_so() {
    let nodes = nodes(3).await;
    sleep(6 * SECOND).await;
    let status = nodes[0].fleet.status();
    assert_eq!((status.nodes, status.policies), (3, 1));
    nodes[1].fleet.reconfigure(policy().percent(90).unwrap(), FleetMode::Active);
    sleep(12 * SECOND).await;
    assert_eq!(nodes[0].fleet.status().policies, 2);
}

#[tokio::test(start_paused = true)]
async fn who_has_cleared_is_told_by_an_event_on_each_node() {
    let nodes = nodes(2).await;
    sleep(SECOND).await;
    let (seen, events) = std::sync::mpsc::channel();
    let _observation = nodes[1].registry.observe(move |event| {
        if let EventDetail::Lifted { by: Some(by), .. } = &event.detail {
            drop(seen.send(by.to_string()));
        }
    });
    nodes[0].fleet.reject("price", 60 * SECOND, "maintenance").await.unwrap();
    sleep(SECOND).await;
    nodes[0].fleet.clear("price", By::actor("alice", "done")).await.unwrap();
    sleep(SECOND).await;
    assert_eq!(events.try_recv().unwrap(), "fleet: alice: done");
}

#[tokio::test(start_paused = true)]
async fn a_page_of_metrics_shows_the_link_and_the_votes() {
    let nodes = nodes(3).await;
    nodes[..2].iter().for_each(TestNode::fail);
    sleep(6 * SECOND).await;
    let further = nodes[0].fleet.status().gauges();
    let text = Exposition::new().render_with(&nodes[0].registry, &further);
    for line in [
        "brama_fleet_link 1.0\n",
        "brama_fleet_nodes 3.0\n",
        "brama_fleet_votes{name=\"price\"} 2.0\n",
        "brama_fleet_decided{name=\"price\"} 1.0\n",
        "brama_breaker_overlaid{name=\"price\"} 1\n",
    ] {
        assert!(text.contains(line), "{line} is missing in {text}");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_switched_off_rejects_nothing_and_asks_for_nothing_until_it_is_on_again() {
    let nodes = nodes(3).await;
    sleep(6 * SECOND).await;
    nodes[..2].iter().for_each(TestNode::fail);
    sleep(SECOND).await;
    assert!(!nodes[2].call());
    nodes[2].fleet.reconfigure(policy(), FleetMode::Off);
    sleep(20 * SECOND).await;
    assert!(nodes[2].call());
    let status = nodes[2].fleet.status();
    assert_eq!((status.is_linked, status.link_error), (false, None));
    nodes[2].fleet.reconfigure(policy(), FleetMode::Active);
    sleep(SECOND).await;
    assert!(nodes[2].fleet.status().is_linked && !nodes[2].call());
}
