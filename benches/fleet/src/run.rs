//! One run: a script, what protects the calls, and a seed.

use std::{sync::Arc, time::Duration};

use brama_fleet::memory::MemoryEngine;
use tokio::{runtime::Builder, time::sleep_until};

use crate::{
    link::LinkCondition,
    node::SimNode,
    outcome::RunOutcome,
    script::{Script, Step},
    world::{Guard, World},
};

/// How many nodes, and what the draws follow from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) nodes: usize,
    pub(crate) seed: u64,
}

/// Runs a script in simulated time. Equal arguments make equal outcomes.
pub(crate) fn run(script: &Script, guard: Guard, size: Size) -> RunOutcome {
    simulate(async {
        let stage = Stage::build(script, guard, size);
        for (at, step) in &script.steps {
            stage.wait_until(*at).await;
            stage.take(*step);
        }
        stage.wait_until(script.length).await;
        RunOutcome::of(script, guard, &stage.world, &stage.nodes)
    })
}

/// Runs a future on a clock that moves on only while every task waits.
pub(crate) fn simulate<T>(run: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    #[expect(clippy::expect_used, reason = "a runtime of one thread without I/O needs nothing")]
    runtime.expect("a runtime of tokio").block_on(run)
}

/// The nodes, the store, and what they share.
struct Stage {
    world: Arc<World>,
    store: MemoryEngine,
    nodes: Vec<Arc<SimNode>>,
}

impl Stage {
    fn build(script: &Script, guard: Guard, Size { nodes, seed }: Size) -> Self {
        let world = Arc::new(World::new(script, guard, (nodes, seed)));
        let store = MemoryEngine::new(world.clock);
        let nodes: Vec<_> = (0..nodes).map(|it| SimNode::new(it, &world, &store)).collect();
        for node in &nodes {
            tokio::spawn(Arc::clone(node).live());
        }
        Self { world, store, nodes }
    }

    async fn wait_until(&self, second: u64) {
        sleep_until(self.world.clock.at(Duration::from_secs(second))).await;
    }

    fn take(&self, step: Step) {
        match step {
            Step::Service(condition) => self.world.service.set(condition),
            Step::Links(percent, condition) => self.set_links(percent, condition),
            Step::Clock(minutes) => self.store.step_clock(minutes * 60_000),
            Step::LoseData => self.store.lose_data(),
            Step::Sicken(count) => self.nodes.iter().take(count).for_each(|it| it.sicken()),
            Step::Heal => self.heal(),
            Step::Restart(first) => {
                self.nodes.iter().skip(first).step_by(10).for_each(|node| node.crash());
            }
            Step::Crash(crash) => self.world.crash_next(crash),
            Step::Surge(times) => self.world.surge(times),
        }
    }

    fn heal(&self) {
        self.nodes.iter().for_each(|node| node.heal());
        self.world.crash_no_more();
    }

    fn set_links(&self, percent: usize, condition: LinkCondition) {
        let linked_since = (condition == LinkCondition::Well).then(|| self.world.now());
        for node in self.nodes.iter().take(self.nodes.len() * percent / 100) {
            let number = u64::try_from(node.number).unwrap_or(0);
            node.link.set(condition, self.world.seed.wrapping_add(number));
            node.note_link(linked_since.filter(|_| node.process().is_some()));
        }
    }
}
