//! The phase of a breaker in the fleet.

use super::{ServerMillis, lease::ProbeLease};
use crate::policy::FleetPolicy;

/// What the fleet has decided about a breaker.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum FleetPhase {
    /// Nothing: each node decides for itself.
    #[default]
    Closed,
    /// All calls are rejected; from `until` on, one node may ask for a lease.
    Open {
        /// The end of the wait.
        until: ServerMillis,
    },
    /// One node probes for all.
    HalfOpen {
        /// Its lease.
        lease: ProbeLease,
    },
    /// A growing share of the calls is admitted.
    Ramp {
        /// The moment from which on all calls are.
        until: ServerMillis,
    },
    /// All calls are rejected by hand.
    RejectedByHand {
        /// The moment at which that ends by itself.
        until: ServerMillis,
        /// Who rejects, and why.
        by: String,
    },
    /// Whatever was decided is lifted by hand. It is announced so, and is
    /// [`Closed`](Self::Closed) from then on.
    ClearedByHand {
        /// Who has lifted it, and why.
        by: String,
    },
}

impl FleetPhase {
    /// Whether calls are not rejected, or only some of them.
    pub(crate) const fn lets_calls_through(&self) -> bool {
        match self {
            Self::Closed | Self::Ramp { .. } | Self::ClearedByHand { .. } => true,
            Self::Open { .. } | Self::HalfOpen { .. } | Self::RejectedByHand { .. } => false,
        }
    }

    /// Whether all calls are rejected.
    pub(super) const fn rejects(&self) -> bool {
        !self.lets_calls_through()
    }

    /// Whether a probe ends the phase.
    pub(super) const fn is_probed(&self) -> bool {
        matches!(self, Self::Open { .. } | Self::HalfOpen { .. })
    }

    /// Brings the end forward to the latest that the policy allows.
    pub(super) fn limit(&mut self, policy: &FleetPolicy, openings: u32, now: ServerMillis) {
        let (until, length) = match self {
            Self::Closed | Self::ClearedByHand { .. } => return,
            Self::Open { until } => (until, policy.wait_of(openings)),
            Self::HalfOpen { lease } => (&mut lease.until, policy.lease_length()),
            Self::Ramp { until } => (until, policy.ramp_length()),
            Self::RejectedByHand { until, .. } => (until, policy.longest()),
        };
        *until = now.saturating_add(length).min(*until);
    }

    /// Whether the phase is over by itself at `now`. An opening is, `grace` after its wait or its
    /// lease, if no node has asked for a lease: then each node is free again.
    pub(super) const fn is_over(&self, grace: u64, now: ServerMillis) -> bool {
        match self {
            Self::Closed | Self::ClearedByHand { .. } => false,
            Self::Open { until } => until.saturating_add(grace) <= now,
            Self::HalfOpen { lease } => lease.until.saturating_add(grace) <= now,
            Self::Ramp { until } | Self::RejectedByHand { until, .. } => *until <= now,
        }
    }
}
