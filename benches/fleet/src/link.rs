//! The link of a node to the store: real enough to lose an answer.

use std::{
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use brama_fleet::{
    BreakerName, FleetPolicy, NodeName,
    ballot::{Decision, LeaseAnswer, ProbeReport, TooLong, VoteAnswer},
    engine::{DecisionStream, Digest, Engine, EngineAnswer, HandAction, Traffic},
    memory::{Faults, MemoryEngine},
};
use tokio::{sync::Notify, time::sleep};

use crate::{record::Round, script::Crash, world::World};

/// What is wrong with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkCondition {
    /// Nothing.
    Well,
    /// Each request fails at once.
    Down,
    /// No request is answered, and none arrives.
    Silent,
    /// Three in ten answers and announcements are lost; others come twice, or in another order.
    Lossy,
}

/// The link of one node to the store. Clones are the same link.
#[derive(Debug, Clone)]
pub(crate) struct StoreLink {
    /// The number of the node.
    node: usize,
    memory: MemoryEngine,
    world: Arc<World>,
    state: Arc<Mutex<LinkState>>,
    /// Tells the node that it crashes.
    crash: Arc<Notify>,
}

#[derive(Debug)]
struct LinkState {
    condition: LinkCondition,
    draws: fastrand::Rng,
}

/// How long requests, answers and announcements are on their way.
const WAY: Duration = Duration::from_millis(1);

impl StoreLink {
    pub(crate) fn new(
        node: usize,
        memory: MemoryEngine,
        world: Arc<World>,
        crash: Arc<Notify>,
    ) -> Self {
        let draws = fastrand::Rng::with_seed(0);
        let state = Arc::new(Mutex::new(LinkState { condition: LinkCondition::Well, draws }));
        let link = Self { node, memory, world, state, crash };
        link.set(LinkCondition::Well, 0);
        link
    }

    pub(crate) fn set(&self, condition: LinkCondition, seed: u64) {
        (self.lock().condition, self.lock().draws) = (condition, fastrand::Rng::with_seed(seed));
        let faults = Faults { delay: WAY, seed, ..Faults::default() };
        self.memory.set_faults(match condition {
            LinkCondition::Well => faults,
            LinkCondition::Down => Faults { down: true, ..faults },
            LinkCondition::Silent => Faults { lost: 1_000, ..faults },
            LinkCondition::Lossy => Faults { lost: 300, duplicated: 300, reordered: 300, ..faults },
        });
    }

    fn lock(&self) -> MutexGuard<'_, LinkState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request, lets the store answer, and sends the answer.
    fn send<'a, T: Send + 'a>(
        &'a self,
        ask: impl FnOnce() -> EngineAnswer<'a, T> + Send + 'a,
    ) -> EngineAnswer<'a, T> {
        self.world.note(|record| record.requests += 1);
        Box::pin(async move {
            sleep(WAY).await;
            if self.lock().condition == LinkCondition::Silent {
                return pending().await;
            }
            let answer = ask().await;
            sleep(WAY).await;
            if self.loses_answer() { pending().await } else { answer }
        })
    }

    fn loses_answer(&self) -> bool {
        let mut state = self.lock();
        match state.condition {
            LinkCondition::Well | LinkCondition::Down => false,
            LinkCondition::Silent => true,
            LinkCondition::Lossy => state.draws.u16(..1_000) < 300,
        }
    }

    /// Notes that the node reports, and whether that reaches the store.
    fn note_report(&self) {
        let is_cut_off =
            matches!(self.lock().condition, LinkCondition::Down | LinkCondition::Silent);
        self.world.note(|record| {
            record.holder = record.holder.filter(|holder| *holder != self.node);
            record.round().lost += u32::from(is_cut_off);
        });
    }

    fn crash_if_due(&self, crash: Crash) {
        if self.world.takes_crash(crash) {
            self.crash.notify_one();
        }
    }
}

impl Engine for StoreLink {
    fn beat<'a>(
        &'a self,
        node: &'a NodeName,
        traffic: &'a [Traffic],
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Digest> {
        self.send(|| self.memory.beat(node, traffic, policy))
    }

    fn digest<'a>(&'a self, policy: &'a FleetPolicy) -> EngineAnswer<'a, Digest> {
        self.send(|| self.memory.digest(policy))
    }

    fn vote<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        weight: u32,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, VoteAnswer> {
        self.send(move || {
            Box::pin(async move {
                let answer = self.memory.vote(node, breaker, weight, policy).await;
                if let Ok(VoteAnswer::Opened(decision)) = &answer {
                    self.world.note_opening(decision.standing);
                }
                answer
            })
        })
    }

    fn retract<'a>(&'a self, node: &'a NodeName, breaker: &'a BreakerName) -> EngineAnswer<'a, ()> {
        self.send(|| self.memory.retract(node, breaker))
    }

    fn lease<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, LeaseAnswer> {
        self.send(move || {
            Box::pin(async move {
                let answer = self.memory.lease(node, breaker, policy).await;
                if let Ok(LeaseAnswer::Granted(_)) = &answer {
                    self.world.note(|record| {
                        record.round().leases += 1;
                        record.holder = Some(self.node);
                    });
                    self.crash_if_due(Crash::Granted);
                }
                answer
            })
        })
    }

    fn report<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        token: u64,
        report: ProbeReport,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Option<Decision>> {
        if self.world.takes_crash(Crash::Reporting) {
            self.crash.notify_one();
            return Box::pin(pending());
        }
        self.note_report();
        self.send(move || {
            Box::pin(async move {
                let answer = self.memory.report(node, breaker, token, report, policy).await;
                if let (Ok(Some(_)), ProbeReport::Failure) = (&answer, report) {
                    self.world.note(|record| record.rounds.push(Round::default()));
                }
                answer
            })
        })
    }

    fn act<'a>(
        &'a self,
        breaker: &'a BreakerName,
        action: &'a HandAction,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Result<Decision, TooLong>> {
        self.send(|| self.memory.act(breaker, action, policy))
    }

    fn subscribe(&self) -> EngineAnswer<'_, Box<dyn DecisionStream>> {
        self.send(|| self.memory.subscribe())
    }
}
