//! What a node learns.

use brama_runtime::api::event::ProbeVerdict;

use super::{FleetMode, Survey};
use crate::{
    BreakerName, FleetPolicy,
    ballot::{LeaseAnswer, ProbeReport, VoteAnswer},
    engine::{Announcement, Digest},
};

/// What a node learns: from its breakers, from the engine, and from time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeInput {
    /// The time at which the node asked to be woken has come.
    TimeHasCome,
    /// The node has a new breaker.
    Created(BreakerName),
    /// The circuit of a breaker was opened by a rule, for the first time or again.
    Opened(BreakerName),
    /// The circuit of a breaker is not open by a rule any more, and not half-open.
    Closed(BreakerName),
    /// The answer to [`NodeCommand::Survey`](super::NodeCommand::Survey).
    Surveyed(Survey),
    /// An overlay has rejected a call just now.
    Wanted(BreakerName),
    /// A call that the overlay of this epoch let through has ended.
    Probed(BreakerName, u64, ProbeVerdict),
    /// An overlay was lifted by hand on this node.
    LiftedByHand(BreakerName),
    /// The breaker has had an overlay of this epoch, which is greater than that of
    /// [`NodeCommand::Lay`](super::NodeCommand::Lay).
    Overtaken(BreakerName, u64),
    /// The node listens to announcements from now on. It may have missed some.
    Subscribed,
    /// The engine has announced a decision.
    Announced(Announcement),
    /// The engine has answered a heartbeat.
    Digested(Digest),
    /// The engine has answered a vote.
    Voted(BreakerName, VoteAnswer),
    /// The engine has answered a node that asked for a lease.
    Leased(BreakerName, LeaseAnswer),
    /// A request has failed, or the announcements have ended.
    LinkFailed,
    /// The settings of the node were replaced.
    Reconfigured(FleetPolicy, FleetMode),
}

impl NodeInput {
    /// Whether the node looks at each of its breakers for what has come with time. After what
    /// concerns one breaker it waits until it is woken: there may be one such input for each.
    pub(super) const fn concerns_all(&self) -> bool {
        match self {
            Self::TimeHasCome
            | Self::Surveyed(_)
            | Self::Subscribed
            | Self::Digested(_)
            | Self::LinkFailed
            | Self::Reconfigured(..) => true,
            Self::Created(_)
            | Self::Opened(_)
            | Self::Closed(_)
            | Self::Wanted(_)
            | Self::Probed(..)
            | Self::LiftedByHand(_)
            | Self::Overtaken(..)
            | Self::Announced(_)
            | Self::Voted(..)
            | Self::Leased(..) => false,
        }
    }
}

impl From<ProbeVerdict> for ProbeReport {
    fn from(verdict: ProbeVerdict) -> Self {
        match verdict {
            ProbeVerdict::Success => Self::Success,
            ProbeVerdict::Failure => Self::Failure,
            ProbeVerdict::Inconclusive => Self::Inconclusive,
        }
    }
}
