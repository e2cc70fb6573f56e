//! A decision of the fleet, as it travels to its nodes.

use super::FleetPhase;

/// A decision of the fleet about one breaker.
///
/// It has the time that remains and no moment, so that the clocks of the nodes do not matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decision {
    /// Its number. A node ignores a decision that is not newer than the last one.
    pub epoch: u64,
    /// What was decided.
    pub phase: FleetPhase,
    /// The milliseconds until the phase ends by itself; 0 for [`FleetPhase::Closed`].
    pub remaining: u64,
    /// The votes that opened; for what was done by hand, the votes at present.
    pub standing: Standing,
}

/// The answer to a vote.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum VoteAnswer {
    /// The vote is counted. It opened nothing: there are too few votes, the members are not known
    /// yet, or calls are rejected already.
    Counted(Standing),
    /// The votes have opened the breaker for the fleet.
    Opened(Decision),
    /// The votes suffice, but too many breakers of the fleet are open already
    /// ([`max_open_percent`](crate::FleetPolicy::max_open_percent)): each node decides for itself.
    HeldBack(Standing),
}

/// The votes on a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Standing {
    /// Votes that count; of pooled calls, the nodes that have seen failures.
    pub votes: u32,
    /// Nodes that are alive and have traffic on the breaker.
    pub members: u32,
    /// Votes that open.
    pub quorum: u32,
}

impl Standing {
    /// Whether the votes suffice.
    #[must_use]
    pub const fn is_quorum(&self) -> bool {
        self.quorum <= self.votes
    }
}
