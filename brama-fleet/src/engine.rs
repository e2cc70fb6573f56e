//! Engines: the stores that the nodes of a fleet share.

use std::{error::Error, fmt, future::Future, pin::Pin};

use crate::{
    ballot::{CallCounts, Decision, LeaseAnswer, ProbeReport, ServerMillis, TooLong, VoteAnswer},
    breaker_name::BreakerName,
    name::NodeName,
    policy::FleetPolicy,
};

/// A store that the nodes of a fleet share: memory for tests and single processes, Redis or Valkey.
///
/// It decides as a [`Ballot`](crate::ballot::Ballot) for each breaker does, on its own clock, and
/// each method is one round trip. An engine must pass the conformance suite.
///
/// Nothing here is called by a protected call: an engine that is slow or gone delays nobody.
pub trait Engine: Send + Sync + 'static {
    /// Says that a node is alive and has traffic on these breakers, which may be none. The answer
    /// has each decision in force.
    ///
    /// If the policy [pools](FleetPolicy::pooled_failure_rate), the calls are counted with those of
    /// other nodes, and may open.
    fn beat<'a>(
        &'a self,
        node: &'a NodeName,
        traffic: &'a [Traffic],
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Digest>;

    /// Reads what a heartbeat answers, as no node.
    fn digest<'a>(&'a self, policy: &'a FleetPolicy) -> EngineAnswer<'a, Digest>;

    /// Votes, because the circuit of a node has opened: see
    /// [`Ballot::vote`](crate::ballot::Ballot::vote). A decision is announced too. At most
    /// [`most_open`](FleetPolicy::most_open) of the known breakers are opened.
    fn vote<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        weight: u32,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, VoteAnswer>;

    /// Takes the vote of a node back.
    fn retract<'a>(&'a self, node: &'a NodeName, breaker: &'a BreakerName) -> EngineAnswer<'a, ()>;

    /// Asks for the one probe of the fleet.
    fn lease<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, LeaseAnswer>;

    /// Reports what became of a probe. `None` if the token is stale.
    fn report<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        token: u64,
        report: ProbeReport,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Option<Decision>>;

    /// Rejects or clears for the whole fleet, by hand.
    fn act<'a>(
        &'a self,
        breaker: &'a BreakerName,
        action: &'a HandAction,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Result<Decision, TooLong>>;

    /// Listens to decisions from now on.
    fn subscribe(&self) -> EngineAnswer<'_, Box<dyn DecisionStream>>;
}

/// The future of an engine's answer.
pub type EngineAnswer<'a, T> = Pin<Box<dyn Future<Output = Result<T, LinkError>> + Send + 'a>>;

/// The decisions that an engine announces, each at most once. Some may be missing after a gap.
pub trait DecisionStream: Send {
    /// Waits for the next decision.
    ///
    /// An error is a gap: whoever listens subscribes again and asks for the digest.
    ///
    /// # Cancellation
    ///
    /// Cancel safe: if the future is dropped before it is ready, no decision is lost.
    fn next(&mut self) -> EngineAnswer<'_, Announcement>;
}

/// That a node has traffic on a breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    /// The breaker.
    pub breaker: BreakerName,
    /// The calls since the last heartbeat, for policies that pool; of other nodes, none.
    pub counts: CallCounts,
}

impl From<BreakerName> for Traffic {
    /// Without calls that others count.
    fn from(breaker: BreakerName) -> Self {
        Self { breaker, counts: CallCounts::default() }
    }
}

/// All that is decided, as a node learns it that may have missed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// When it was read. A decision with a lesser epoch that is missing here is over.
    pub at: ServerMillis,
    /// Nodes that are alive, with traffic or without.
    pub nodes: u32,
    /// How many different policies they have. More than one is a mistake: a decision follows from
    /// the policy of whoever asks.
    pub policies: u32,
    /// The decisions in force.
    pub decisions: Vec<Announcement>,
}

/// A decision about a breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The breaker.
    pub breaker: BreakerName,
    /// What was decided.
    pub decision: Decision,
}

/// An action by hand on the whole fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandAction {
    /// Rejects every call for so many milliseconds.
    Reject {
        /// The milliseconds, at most the policy's `longest_wait`.
        length: u64,
        /// Who, and why: `alice: maintenance`.
        by: String,
    },
    /// Lifts whatever was decided.
    Clear {
        /// Who, and why.
        by: String,
    },
}

/// The store did not answer, or not as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkError {
    message: String,
}

impl LinkError {
    /// Says what happened, for people. Text from outside must have been bounded and escaped.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for LinkError {}
