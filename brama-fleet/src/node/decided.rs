//! A decision of the fleet, anchored to the clock of a node.

use std::time::Duration;

use brama_runtime::api::{
    circuit::{By, Tick},
    overlay::Overlay,
};

use crate::{
    FleetPolicy, NodeName,
    ballot::{Decision, FleetPhase, ProbeLease, Standing},
};

/// A decision that is in force, anchored to the clock of this node.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    what: What,
    /// When it is over by itself.
    pub(super) until: Tick,
    by: By,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Calls are rejected; from this tick on, the node may ask for the lease.
    Open { ask_at: Tick },
    /// The node probes for all, with this token.
    Probing { token: u64 },
    /// A growing share is admitted; how long the whole ramp is.
    Ramp { length: Duration, step_at: Tick },
    /// Calls are rejected by hand.
    RejectedByHand,
}

/// By so many steps a ramp grows, from a tenth of the calls to all.
const RAMP_STEPS: u32 = 10;

impl Decided {
    /// Anchors a decision; `None` if it decides nothing any more. `jitter` is up to 1000 per ten
    /// thousand of the wait. Whoever can write to the store can reject for so long, and not longer.
    pub(super) fn anchor(
        decision: &Decision,
        node: &NodeName,
        policy: &FleetPolicy,
        jitter: u64,
        now: Tick,
    ) -> Option<Self> {
        let remaining = decision.remaining.min(policy.longest_obeyed());
        let left = Duration::from_millis(remaining);
        let wait = Duration::from_millis(remaining.saturating_sub(policy.grace()));
        let ask_at = now.after(wait).after(wait / 10_000 * u32::try_from(jitter).unwrap_or(0));
        let what = match &decision.phase {
            FleetPhase::Closed => return None,
            FleetPhase::HalfOpen { lease } if lease.holder() == node => {
                What::Probing { token: lease.epoch() }
            }
            FleetPhase::Open { .. } | FleetPhase::HalfOpen { .. } => What::Open { ask_at },
            FleetPhase::Ramp { .. } => {
                let length = Duration::from_millis(policy.ramp_length());
                What::Ramp { length, step_at: now }
            }
            FleetPhase::RejectedByHand { .. } => What::RejectedByHand,
        };
        let is_over = left.is_zero();
        (!is_over).then(|| Self { what, until: now.after(left), by: by_of(decision) })
    }

    /// What is decided once the node has the lease.
    pub(super) fn probing(self, lease: &ProbeLease, until: Tick) -> Self {
        Self { what: What::Probing { token: lease.epoch() }, until, ..self }
    }

    /// The overlay that carries it out from now on; `None` if it is over.
    pub(super) fn overlay(&mut self, epoch: u64, now: Tick) -> Option<Overlay> {
        let left = self.until.since(now);
        let millis = u64::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        let length = Duration::from_millis(millis);
        let overlay = Overlay::open_for(epoch, length, self.by.clone()).ok()?;
        match &mut self.what {
            What::Open { .. } | What::RejectedByHand => Some(overlay),
            What::Probing { .. } => Some(overlay.permits(1)),
            What::Ramp { length, step_at } => {
                *step_at = now.after(*length / RAMP_STEPS);
                overlay.admitting(share(*length, left)).ok()
            }
        }
    }

    /// The token of the lease that the node holds.
    pub(super) const fn token(&self) -> Option<u64> {
        match self.what {
            What::Probing { token } => Some(token),
            What::Open { .. } | What::Ramp { .. } | What::RejectedByHand => None,
        }
    }

    /// Whether the node may ask for the lease.
    pub(super) fn may_ask(&self, now: Tick) -> bool {
        matches!(self.what, What::Open { ask_at } if ask_at <= now)
    }

    /// Lets the node ask at this tick, and not before.
    pub(super) fn ask_again(&mut self, at: Tick) {
        if let What::Open { ask_at } = &mut self.what {
            *ask_at = at;
        }
    }

    /// Whether votes of nodes are of use.
    pub(super) const fn takes_votes(&self) -> bool {
        matches!(self.what, What::Ramp { .. })
    }

    /// When the overlay has to be laid again, with a greater share.
    pub(super) const fn step_at(&self) -> Option<Tick> {
        match self.what {
            What::Ramp { step_at, .. } => Some(step_at),
            What::Open { .. } | What::Probing { .. } | What::RejectedByHand => None,
        }
    }
}

/// The share that is admitted while so much of a ramp is left, per mille.
fn share(length: Duration, left: Duration) -> u16 {
    let length = length.as_millis().max(1);
    let gone = length.saturating_sub(left.as_millis());
    u16::try_from(100 + 900 * gone / length).unwrap_or(1000).min(1000)
}

/// Who has decided, as rejections and statuses show it.
fn by_of(decision: &Decision) -> By {
    match &decision.phase {
        FleetPhase::RejectedByHand { by, .. } => By::actor("fleet", by.clone()),
        FleetPhase::Closed
        | FleetPhase::Open { .. }
        | FleetPhase::HalfOpen { .. }
        | FleetPhase::Ramp { .. } => {
            let Standing { votes, members, .. } = decision.standing;
            By::actor("fleet", format!("{votes} of {members} nodes"))
        }
    }
}
