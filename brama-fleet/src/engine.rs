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
/// It decides as a [`Ballot`](crate::ballot::Ballot) for each breaker does, on its own clock. Each
/// method is one round trip. An engine must pass the [conformance suite](crate::conformance).
///
/// Protected calls never wait for an engine, so one that is slow or gone delays no call.
///
/// # Errors
///
/// Each method fails with a [`LinkError`] if the store does not answer, or answers something else
/// than it should. The store may have acted nevertheless.
///
/// # Cancellation
///
/// If the future of an answer is dropped, the store may have acted or not. A `Fleet` drops it after
/// 1 s.
pub trait Engine: Send + Sync + 'static {
    /// Sends the heartbeat of a node, with the breakers on which it has traffic. There may be none.
    /// The answer has each decision in force.
    ///
    /// If the policy [pools](FleetPolicy::pooled_failure_rate), the calls of all nodes are counted
    /// together, and may open a breaker.
    fn beat<'a>(
        &'a self,
        node: &'a NodeName,
        traffic: &'a [Traffic],
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Digest>;

    /// Reads what a heartbeat answers, without being counted as a node.
    fn digest<'a>(&'a self, policy: &'a FleetPolicy) -> EngineAnswer<'a, Digest>;

    /// Votes, because the circuit of a node has opened: see
    /// [`Ballot::vote`](crate::ballot::Ballot::vote). A decision is announced too. At most
    /// [`most_open`](FleetPolicy::most_open) of the known breakers are opened.
    ///
    /// The vote counts `weight` times. A node votes with 1, or with 0 while it doubts itself: then
    /// it stays a member and decides nothing.
    fn vote<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        weight: u32,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, VoteAnswer>;

    /// Takes back the vote of a node, if there is one.
    fn retract<'a>(&'a self, node: &'a NodeName, breaker: &'a BreakerName) -> EngineAnswer<'a, ()>;

    /// Asks for the lease of the one probe of the fleet.
    fn lease<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, LeaseAnswer>;

    /// Reports how a probe has ended. The token is the
    /// [epoch of the lease](crate::ballot::ProbeLease::epoch). The answer is `None`, and nothing
    /// changes, if that lease is over or another node has it.
    fn report<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        token: u64,
        report: ProbeReport,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Option<Decision>>;

    /// Rejects every call to a breaker on all nodes, or lifts what was decided, by hand.
    ///
    /// The answer is [`TooLong`] if the length of a rejection is 0 or above `longest_wait`.
    fn act<'a>(
        &'a self,
        breaker: &'a BreakerName,
        action: &'a HandAction,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Result<Decision, TooLong>>;

    /// Subscribes to the decisions that are made from now on.
    fn subscribe(&self) -> EngineAnswer<'_, Box<dyn DecisionStream>>;
}

/// The future of an engine's answer.
pub type EngineAnswer<'a, T> = Pin<Box<dyn Future<Output = Result<T, LinkError>> + Send + 'a>>;

/// The decisions that an engine announces.
///
/// Some may be lost, repeated or out of order: a node ignores those whose epoch is not newer.
pub trait DecisionStream: Send {
    /// Waits for the next decision.
    ///
    /// # Errors
    ///
    /// [`LinkError`] at a gap, in which decisions may be lost: subscribe again, and read a digest.
    ///
    /// # Cancellation
    ///
    /// Cancel safe: if the future is dropped before it is ready, no decision is lost.
    fn next(&mut self) -> EngineAnswer<'_, Announcement>;
}

/// The traffic of a node on a breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    /// The breaker.
    pub breaker: BreakerName,
    /// The calls since the node's last heartbeat. They count only if the policy pools calls.
    pub counts: CallCounts,
}

impl From<BreakerName> for Traffic {
    /// Traffic whose calls are not counted.
    fn from(breaker: BreakerName) -> Self {
        Self { breaker, counts: CallCounts::default() }
    }
}

/// Everything that is decided, for a node that may have missed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// When it was read, on the store's clock. A decision with a lesser epoch that is missing here
    /// is over.
    pub at: ServerMillis,
    /// Nodes that are alive, with traffic or without.
    pub nodes: u32,
    /// How many different policies they have. More than one is a mistake: a decision follows
    /// the policy of the node whose request led to it.
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

/// A store did not answer, or its answer was not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkError {
    message: String,
}

impl LinkError {
    /// Creates an error with a message for people. Bound and escape text from outside first.
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
