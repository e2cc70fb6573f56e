//! How many requests a healthy fleet sends to its store.

use std::{sync::Arc, time::Duration};

use brama_fleet::{Fleet, NodeName, memory::MemoryEngine, node::FleetMode};
use brama_runtime::api::{Breaker, Registry};
use tokio::time::sleep;

use crate::{
    link::StoreLink,
    run::{Size, simulate},
    scripts,
    world::{Guard, World},
};

/// The breakers of each node.
pub(crate) const BREAKERS: usize = 200;

/// Each breaker is called so often, so that each heartbeat names it.
const BETWEEN_CALLS: Duration = Duration::from_secs(4);

/// Nodes are counted once each has sent heartbeats for a while.
const BEFORE: Duration = Duration::from_secs(12);
const COUNTED: u32 = 24;

/// Requests a second of a healthy fleet whose nodes have many breakers each.
pub(crate) fn requests_per_second(size: Size) -> f64 {
    simulate(async {
        let world = World::new(&scripts::outage(), Guard::Fleet, (size.nodes, size.seed));
        let world = Arc::new(world);
        let store = MemoryEngine::new(world.clock);
        let nodes: Vec<_> = (0..size.nodes).map(|it| start(it, &world, &store)).collect();
        sleep(BEFORE).await;
        let before = world.note(|record| record.requests);
        sleep(COUNTED * Duration::from_secs(1)).await;
        let requests = world.note(|record| record.requests) - before;
        drop(nodes);
        f64::from(u32::try_from(requests).unwrap_or(u32::MAX)) / f64::from(COUNTED)
    })
}

/// A node whose breakers have traffic until the run ends.
fn start(number: usize, world: &Arc<World>, store: &MemoryEngine) -> Option<Fleet> {
    let registry = Registry::with_clock(world.clock);
    let breakers: Vec<_> =
        (0..BREAKERS).map(|it| registry.breaker(&*format!("service-{it}"))).collect();
    tokio::spawn(call(breakers));
    let link = StoreLink::new(number, store.link(), Arc::clone(world), Arc::default());
    let name = NodeName::new(&format!("node-{number}")).ok()?;
    Fleet::start(&registry, link, name, world.policy, FleetMode::Active).ok()
}

async fn call(breakers: Vec<Breaker>) {
    loop {
        breakers.iter().for_each(Breaker::success);
        sleep(BETWEEN_CALLS).await;
    }
}
