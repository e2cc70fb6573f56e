//! Calls that reach a dead service through a node after the fleet has decided.

use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use brama_fleet::FleetPolicy;
use brama_runtime::api::PolicyPatch;
use tokio::time::sleep;

use crate::{
    crowd::Crowd,
    load::{self, NODES, PER_SECOND},
};

/// After the decision. The first probe is later.
const LENGTH: Duration = Duration::from_secs(5);

pub(crate) async fn run() {
    let crowd = Crowd::start(NODES, 1, FleetPolicy::new()).await;
    // Most circuits would never open by themselves.
    for node in &crowd.nodes[NODES * 3 / 10..] {
        node.breakers[0].configure(PolicyPatch::new().failure_threshold(1_000_000)).unwrap();
    }
    let (calls, tasks) = load::start(&crowd);
    sleep(Duration::from_secs(7)).await;
    calls.dead.store(true, Relaxed);
    crowd.wait("overlaid", |node| 0 < node.seen.overlays()).await;
    sleep(LENGTH).await;
    drop(tasks);
    let [answered, failed, rejected, _] = calls.counts();
    let (in_flight, after) = (calls.in_flight.load(Relaxed), calls.reached_after.load(Relaxed));
    println!(
        "{NODES} nodes × {PER_SECOND} calls/s, the service dies: {answered} answered, {failed} \
         failed, {rejected} rejected; {in_flight} were in flight when their node was overlaid, \
         {after} reached it after that"
    );
}
