//! From a decision to the overlay at each of 1 000 nodes.

use std::time::Duration;

use brama_fleet::{
    BreakerName, FleetPolicy,
    engine::{Engine, HandAction},
};
use brama_runtime::api::{
    Identity,
    clock::{Clock, SystemClock},
};
use tokio::time::sleep;

use crate::{crowd::Crowd, numbers::Numbers};

const NODES: usize = 1_000;
const DECISIONS: usize = 100;

pub(crate) async fn run() {
    let crowd = Crowd::start(NODES, 1, FleetPolicy::new()).await;
    let (engine, policy) = (crowd.engine(), FleetPolicy::new());
    let breaker = BreakerName::of(&Identity::new("breaker-0"));
    let action = HandAction::Reject { length: 60_000, by: "a bench".to_owned() };
    let (mut laid, mut decided) = (Vec::new(), Vec::new());
    for count in 1..=DECISIONS {
        // The first one connects.
        while engine.beat(&node(), &[], &policy).await.is_err() {}
        let begun = SystemClock.now();
        engine.act(&breaker, &action, &policy).await.unwrap().unwrap();
        decided.push(SystemClock.now().since(begun));
        crowd.wait("overlaid", |node| count <= node.seen.overlays()).await;
        laid.extend(crowd.laid_after(begun, count));
        sleep(Duration::from_millis(20)).await;
    }
    println!("request of a decision → answer: {}", Numbers::new(decided).show());
    println!(
        "request of a decision → overlay at each of {NODES} nodes: {}",
        Numbers::new(laid).show()
    );
}

fn node() -> brama_fleet::NodeName {
    brama_fleet::NodeName::new("bench").unwrap()
}
