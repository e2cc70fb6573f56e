//! A client: one call of a node, and its retries.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use brama_runtime::api::{CallError, clock::Clock};
use tokio::time::{Instant, sleep};

use crate::{
    node::{Process, SimNode},
    world::{Guard, World},
};

/// Makes one call, and again after a failure.
pub(crate) struct Client {
    node: Arc<SimNode>,
    process: Arc<Process>,
    draws: fastrand::Rng,
}

/// How an attempt has ended.
enum Ended {
    Succeeded,
    Failed,
    Rejected,
}

impl Client {
    pub(crate) fn new(node: Arc<SimNode>, process: Arc<Process>, draws: fastrand::Rng) -> Self {
        Self { node, process, draws }
    }

    /// Calls. A rejection is no reason to try again.
    pub(crate) async fn call(mut self) {
        for _ in 0..=self.node.world.load.retries {
            match self.attempt().await {
                Ended::Succeeded | Ended::Rejected => return,
                Ended::Failed => sleep(Duration::from_millis(self.draws.u64(50..150))).await,
            }
        }
    }

    async fn attempt(&mut self) -> Ended {
        let (started, mut inside) = (Instant::now(), Duration::ZERO);
        let latency = Duration::from_millis(self.draws.u64(5..25));
        let (node, process) = (&self.node, &self.process);
        let body = async {
            let entered = Instant::now();
            let answer = reach(node, process, latency).await;
            inside = entered.elapsed();
            answer
        };
        let answer = match node.world.guard {
            Guard::Bare => body.await.map_err(CallError::Failed),
            Guard::Alone | Guard::Fleet => {
                let answer = process.breaker.call_async(body).await;
                process.made.fetch_add(1, Ordering::Relaxed);
                answer
            }
        };
        let is_delayed = started.elapsed() != inside;
        node.world.note(|record| record.delayed += u64::from(is_delayed));
        self.end(&answer)
    }

    fn end(&self, answer: &Result<(), CallError<&str>>) -> Ended {
        let (world, number) = (&self.node.world, self.node.number);
        match answer {
            Ok(()) => {
                world.note_success(number);
                Ended::Succeeded
            }
            Err(CallError::Failed(_)) => Ended::Failed,
            Err(CallError::Rejected(_)) => {
                world.note_rejection(number);
                Ended::Rejected
            }
        }
    }
}

/// Calls the service, if the node reaches it.
async fn reach(node: &SimNode, process: &Process, latency: Duration) -> Result<(), &'static str> {
    let world = &node.world;
    if world.guard == Guard::Bare {
        return answer(node, process, latency).await;
    }
    let seen = process.mirror.admit(&process.breaker, world.clock.now());
    let answer = answer(node, process, latency).await;
    process.mirror.report(seen, answer, world.clock.now());
    answer
}

async fn answer(node: &SimNode, process: &Process, latency: Duration) -> Result<(), &'static str> {
    if node.is_sick() {
        sleep(latency).await;
        return Err("no route to host");
    }
    if node.world.service.is_sick() {
        note_sick_call(&node.world, node.number, process);
    }
    node.world.service.answer(latency).await
}

/// Notes that a call reaches the service, which is sick.
fn note_sick_call(world: &World, node: usize, process: &Process) {
    let (now, is_probe) = (world.now(), process.is_told_to_reject());
    let has_stopped = world.has_stopped(node);
    world.note(|record| {
        record.sick_at = Some(now);
        record.second(now).reached_sick += 1;
        record.second(now).reached_late += u64::from(has_stopped);
        record.round().probes += u32::from(is_probe);
    });
}
