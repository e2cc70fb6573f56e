//! What the cases share: an engine, its nodes and breakers, and what is expected of it.

use std::{
    error::Error,
    fmt::{self, Debug},
    future::{Future, poll_fn},
    pin::pin,
    slice,
    task::Poll,
};

use super::bench::TestBench;
use crate::{
    BreakerName, FleetPolicy, InvalidFleetPolicy, NodeName,
    ballot::{Decision, LeaseAnswer, ProbeLease, ProbeReport, VoteAnswer},
    engine::{Announcement, DecisionStream, Digest, Engine, HandAction, LinkError, Traffic},
};

/// An engine did not do what a case expects of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    message: String,
}

impl Deviation {
    fn new(message: impl fmt::Display) -> Self {
        Self { message: message.to_string() }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Deviation {}

impl From<LinkError> for Deviation {
    fn from(error: LinkError) -> Self {
        Self::new(format_args!("the engine answered with an error: {error}"))
    }
}

impl From<InvalidFleetPolicy> for Deviation {
    fn from(error: InvalidFleetPolicy) -> Self {
        Self::new(format_args!("`TestBench::unit` is outside of its limits: {error}"))
    }
}

/// The result of a case.
pub(super) type Verified<T = ()> = Result<T, Deviation>;

/// Expects that `holds`, and shows what was seen otherwise.
pub(super) fn expect(holds: bool, expected: &str, seen: &impl Debug) -> Verified {
    if holds { Ok(()) } else { Err(Deviation::new(format_args!("{expected}, saw {seen:?}"))) }
}

/// One case: an engine on an empty store, three nodes and a breaker.
pub(super) struct CaseRun<'b, B: TestBench> {
    bench: &'b B,
    pub(super) engine: B::Engine,
    pub(super) policy: FleetPolicy,
    pub(super) nodes: [NodeName; 3],
    pub(super) breaker: BreakerName,
}

/// In units.
pub(super) const VOTE: u32 = 8;
pub(super) const WAIT: u32 = 2;
pub(super) const LEASE: u32 = 2;
pub(super) const RAMP: u32 = 2;
pub(super) const LONGEST: u32 = 100;
/// Three heartbeats.
pub(super) const MEMBER: u32 = 3;
/// More than a heartbeat and a fifth.
const SETTLE: u32 = 2;
/// A lease and a heartbeat.
pub(super) const GRACE: u32 = 3;

impl<'b, B: TestBench> CaseRun<'b, B> {
    pub(super) async fn new(bench: &'b B) -> Verified<Self> {
        let unit = bench.unit();
        let policy = FleetPolicy::new()
            .min_votes(2)?
            .heartbeat(unit)?
            .vote(unit * VOTE)?
            .wait(unit * WAIT)?
            .longest_wait(unit * LONGEST)?
            .lease(unit * LEASE)?
            .ramp(unit * RAMP)?;
        let [first, second, third] = ["node-1", "node-2", "node-3"].map(NodeName::new);
        let names = first.and_then(|first| Ok([first, second?, third?]));
        let nodes = names.map_err(Deviation::new)?;
        let engine = bench.engine().await?;
        let run = Self { bench, engine, policy, nodes, breaker: breaker("price") };
        run.make_known(slice::from_ref(&run.breaker)).await?;
        Ok(run)
    }

    /// Lets the first node use these breakers for so long that votes on them count.
    pub(super) async fn make_known(&self, breakers: &[BreakerName]) -> Verified {
        let traffic: Vec<_> = breakers.iter().cloned().map(Traffic::from).collect();
        self.engine.beat(self.node(0)?, &traffic, &self.policy).await?;
        self.pass(SETTLE).await;
        self.engine.beat(self.node(0)?, &traffic, &self.policy).await?;
        Ok(())
    }

    pub(super) async fn pass(&self, units: u32) {
        self.bench.pass(self.bench.unit() * units).await;
    }

    /// In milliseconds.
    pub(super) fn units(&self, units: u32) -> u64 {
        u64::try_from((self.bench.unit() * units).as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether a length is what remains of so many units, of which less than one has passed.
    pub(super) fn is_rest_of(&self, units: u32, millis: u64) -> bool {
        let all = self.units(units);
        millis <= all && all < millis.saturating_add(self.units(1))
    }

    pub(super) async fn vote(&self, node: usize) -> Verified<VoteAnswer> {
        self.vote_on(node, &self.breaker).await
    }

    pub(super) async fn vote_on(&self, node: usize, on: &BreakerName) -> Verified<VoteAnswer> {
        Ok(self.engine.vote(self.node(node)?, on, 1, &self.policy).await?)
    }

    /// Lets two nodes vote.
    pub(super) async fn open(&self) -> Verified<Decision> {
        self.vote(0).await?;
        match self.vote(1).await? {
            VoteAnswer::Opened(decision) => Ok(decision),
            other @ (VoteAnswer::Counted(_) | VoteAnswer::HeldBack(_)) => {
                Err(Deviation::new(format_args!("two votes open, saw {other:?}")))
            }
        }
    }

    pub(super) async fn lease(&self, node: usize) -> Verified<LeaseAnswer> {
        Ok(self.engine.lease(self.node(node)?, &self.breaker, &self.policy).await?)
    }

    pub(super) async fn granted(&self, node: usize) -> Verified<ProbeLease> {
        match self.lease(node).await? {
            LeaseAnswer::Granted(lease) => Ok(lease),
            other @ (LeaseAnswer::Wait(_) | LeaseAnswer::NotOpen) => {
                Err(Deviation::new(format_args!("a lease is granted, saw {other:?}")))
            }
        }
    }

    pub(super) async fn report(
        &self,
        node: usize,
        token: u64,
        report: ProbeReport,
    ) -> Verified<Option<Decision>> {
        let node = self.node(node)?;
        Ok(self.engine.report(node, &self.breaker, token, report, &self.policy).await?)
    }

    pub(super) async fn decided(
        &self,
        node: usize,
        token: u64,
        report: ProbeReport,
    ) -> Verified<Decision> {
        let decision = self.report(node, token, report).await?;
        decision.ok_or_else(|| Deviation::new("a report of the lease's holder decides"))
    }

    pub(super) async fn act(&self, action: HandAction) -> Verified<Decision> {
        let answer = self.engine.act(&self.breaker, &action, &self.policy).await?;
        answer.map_err(Deviation::new)
    }

    /// The decisions in force.
    pub(super) async fn digest(&self) -> Verified<Vec<Announcement>> {
        Ok(self.read().await?.decisions)
    }

    pub(super) async fn read(&self) -> Verified<Digest> {
        Ok(self.engine.beat(self.node(2)?, &[], &self.policy).await?)
    }

    pub(super) async fn subscribe(&self) -> Verified<Box<dyn DecisionStream>> {
        Ok(self.engine.subscribe().await?)
    }

    /// The next announcement, which must come before two units have passed.
    pub(super) async fn next(&self, stream: &mut dyn DecisionStream) -> Verified<Announcement> {
        match self.within_units(2, stream.next()).await {
            Some(announcement) => Ok(announcement?),
            None => Err(Deviation::new("a decision is announced within two units, saw none")),
        }
    }

    /// The value of a future, if it is ready before so many units have passed.
    pub(super) async fn within_units<T>(
        &self,
        units: u32,
        future: impl Future<Output = T>,
    ) -> Option<T> {
        let (mut future, mut pause) = (pin!(future), self.bench.pass(self.bench.unit() * units));
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => pause.as_mut().poll(context).map(|()| None),
        })
        .await
    }

    pub(super) fn node(&self, node: usize) -> Verified<&NodeName> {
        self.nodes.get(node).ok_or_else(|| Deviation::new("a case has three nodes"))
    }
}

/// The breaker of this identifier.
pub(super) fn breaker(identifier: &str) -> BreakerName {
    BreakerName::of(&brama_runtime::api::Identity::new(identifier.to_owned()))
}
