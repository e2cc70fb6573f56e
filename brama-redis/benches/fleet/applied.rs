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

use crate::{crowd::Crowd, numbers::Numbers, traffic::Costs};

const NODES: usize = 1_000;
const DECISIONS: u32 = 100;

pub(crate) async fn run() {
    let crowd = Crowd::start(NODES, 1, FleetPolicy::new()).await;
    let (engine, policy) = (crowd.engine(), FleetPolicy::new());
    let breaker = BreakerName::of(&Identity::new("breaker-0"));
    let action = HandAction::Reject { length: 60_000, by: "a bench".to_owned() };
    // The machine may be busy with other things; then a decision would be late, and not lost.
    let engine = engine.command_timeout(Duration::from_secs(10)).unwrap();
    let (mut laid, mut decided) = (Vec::new(), Vec::new());
    let before = [own_cpu(), Costs::of(&crowd.server).cpu];
    for count in 1..=DECISIONS as usize {
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
    let after = [own_cpu(), Costs::of(&crowd.server).cpu];
    let [nodes, server] =
        [0, 1].map(|it| (after[it] - before[it]) * 1_000.0 / f64::from(DECISIONS));
    println!("  computing for a decision: all nodes {nodes:.1} ms, the server {server:.1} ms");
}

/// Seconds that this process has computed.
fn own_cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: [f64; 2] = [11, 12].map(|place| fields[place].parse().unwrap());
    (ticks[0] + ticks[1]) / TICKS_PER_SECOND
}

/// Of Linux, on every architecture that it shows times for.
const TICKS_PER_SECOND: f64 = 100.0;

fn node() -> brama_fleet::NodeName {
    brama_fleet::NodeName::new("bench").unwrap()
}
