//! All of 1 000 nodes vote at once, and one of them probes a service that stays dead.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use brama_fleet::FleetPolicy;
use brama_runtime::api::clock::{Clock, SystemClock};
use tokio::time::{interval, sleep};

use crate::{
    crowd::{Crowd, CrowdNode},
    numbers::Numbers,
    traffic::Costs,
};

const NODES: usize = 1_000;
const LENGTH: Duration = Duration::from_secs(30);

pub(crate) async fn run() {
    let policy = FleetPolicy::new().wait(Duration::from_secs(2)).unwrap();
    let policy = policy.longest_wait(Duration::from_secs(4)).unwrap();
    let policy = policy.lease(Duration::from_secs(2)).unwrap();
    let crowd = Crowd::start(NODES, 1, policy).await;
    crowd.nodes.iter().for_each(CrowdNode::call_all);
    // Each node says that it has traffic.
    sleep(Duration::from_secs(7)).await;

    let before = Costs::of(&crowd.server);
    let begun = SystemClock.now();
    for node in &crowd.nodes {
        (0..5).for_each(|_| node.breakers[0].failure("down"));
    }
    crowd.wait("overlaid", |node| 0 < node.seen.overlays()).await;
    let laid = Numbers::new(crowd.laid_after(begun, 1));
    println!("{NODES} nodes open at once → overlay at each: {}", laid.show());
    let scripts = Costs::of(&crowd.server).scripts - before.scripts;
    println!("  by {scripts:.0} scripts");
    probe(&crowd).await;
}

/// Calls go on, and fail. Each round lets one through.
async fn probe(crowd: &Crowd) {
    let ran = AtomicU64::new(0);
    let mut rounds = interval(Duration::from_millis(100));
    let begun = SystemClock.now();
    while SystemClock.now().since(begun) < LENGTH {
        rounds.tick().await;
        for node in &crowd.nodes {
            let _failed = node.breakers[0].call(|| {
                ran.fetch_add(1, Relaxed);
                Err::<(), _>("down")
            });
        }
    }
    let probes: usize = crowd.nodes.iter().map(|node| node.seen.probes()).sum();
    let reached = ran.load(Relaxed);
    println!(
        "{NODES} nodes × 10 calls/s for {LENGTH:?}: {reached} calls reached it in {probes} rounds"
    );
}
