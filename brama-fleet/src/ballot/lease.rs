//! The lease of the one probe of the fleet.

use super::ServerMillis;
use crate::name::NodeName;

/// The right of one node to probe for all.
///
/// It ends by itself, so a node that dies costs the fleet the length of one lease. After three
/// leases in a row without a report, calls return without a probe.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProbeLease {
    pub(super) holder: NodeName,
    pub(super) epoch: u64,
    pub(super) until: ServerMillis,
}

/// The answer to a node that asks for a lease.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LeaseAnswer {
    /// The node may probe.
    Granted(ProbeLease),
    /// It is too early, or another node probes: the milliseconds until it makes sense to ask again.
    Wait(u64),
    /// The fleet has decided nothing that a probe could change.
    NotOpen,
}

/// How a probe has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProbeReport {
    /// It succeeded.
    Success,
    /// It failed.
    Failure,
    /// It neither succeeded nor failed: the next node that asks gets a lease at once.
    Inconclusive,
}

impl ProbeLease {
    /// A lease, as an engine reads it from its store.
    #[must_use]
    pub const fn new(holder: NodeName, epoch: u64, until: ServerMillis) -> Self {
        Self { holder, epoch, until }
    }

    /// The node that may probe.
    #[must_use]
    pub const fn holder(&self) -> &NodeName {
        &self.holder
    }

    /// The token: the epoch of the decision that gave the lease.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The moment at which it is over.
    #[must_use]
    pub const fn until(&self) -> ServerMillis {
        self.until
    }

    pub(super) fn is_of(&self, node: &NodeName, epoch: u64) -> bool {
        self.holder == *node && self.epoch == epoch
    }
}
