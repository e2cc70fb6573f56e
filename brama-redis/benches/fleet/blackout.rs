//! Every dependency of 1 000 nodes fails at once, as after a fault of their own network.

use std::time::Duration;

use brama_fleet::FleetPolicy;
use tokio::time::sleep;

use crate::{
    crowd::{Crowd, CrowdNode},
    traffic::Costs,
};

const NODES: usize = 1_000;
const BREAKERS: usize = 50;
const LENGTH: Duration = Duration::from_secs(20);

pub(crate) async fn run() {
    let crowd = Crowd::start(NODES, BREAKERS, FleetPolicy::new()).await;
    crowd.nodes.iter().for_each(CrowdNode::call_all);
    // Each node says that it has traffic.
    sleep(Duration::from_secs(12)).await;
    for breaker in crowd.nodes.iter().flat_map(|node| &node.breakers) {
        (0..5).for_each(|_| breaker.failure("down"));
    }
    let before = Costs::of(&crowd.server);
    sleep(LENGTH).await;
    let costs = Costs::of(&crowd.server).since(&before);
    let seconds = LENGTH.as_secs_f64();
    println!(
        "{NODES} nodes × {BREAKERS} breakers, all open for {LENGTH:?}: {:.0} commands/s, {:.0} % \
         of a core",
        costs.commands / seconds,
        costs.cpu / seconds * 100.0,
    );
}
