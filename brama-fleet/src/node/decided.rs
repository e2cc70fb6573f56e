//! A decision of the fleet, anchored to the clock of a node.

use std::time::Duration;

use brama_runtime::api::{
    circuit::{By, Tick},
    overlay::Overlay,
};

use super::actor::{CLOSED, by_fleet};
use crate::{
    FleetPolicy,
    ballot::{Decision, FleetPhase, ProbeLease, Standing},
};

/// A decision that is in force, anchored to the clock of this node.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    phase: DecidedPhase,
    /// When it is over by itself.
    pub(super) until: Tick,
    /// When the node goes on by itself if it has no link.
    alone_at: Tick,
    by: By,
    standing: Standing,
}

/// The phase of a decision on this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DecidedPhase {
    /// Calls are rejected; from this tick on, the node may ask for the lease.
    Open { ask_at: Tick },
    /// The node probes for all, with this token, until its lease ends.
    Probing { token: u64, ends: Tick },
    /// A growing share is admitted.
    Ramp { length: Duration, step_at: Tick },
    /// The link is down, so no node probes for all: a share is admitted that doubles with each
    /// step.
    Alone { start: u16, begin: Tick, length: Duration, step_at: Tick },
    /// Calls are rejected by hand.
    RejectedByHand,
}

/// By so many steps a ramp grows.
const RAMP_STEPS: u32 = 10;

/// Of a share per mille.
const ALL: u16 = 1000;

impl Decided {
    /// Anchors a decision; an error if it decides nothing any more, with who has lifted it.
    /// `jitter` is up to 1000 per ten thousand of the wait.
    ///
    /// Whoever can write to the store can reject for so long, and not longer. A lease is taken from
    /// the answer to who has asked for it, not from here: this process may be another one.
    pub(super) fn anchor(
        decision: &Decision,
        policy: &FleetPolicy,
        jitter: u64,
        now: Tick,
    ) -> Result<Self, By> {
        let (remaining, by) = (decision.remaining.min(policy.longest_obeyed()), by_of(decision));
        let left = Duration::from_millis(remaining);
        let wait = Duration::from_millis(remaining.saturating_sub(policy.grace()));
        let ask_at = now.after(wait).after(wait / 10_000 * u32::try_from(jitter).unwrap_or(0));
        let phase = match &decision.phase {
            FleetPhase::Closed | FleetPhase::ClearedByHand { .. } => return Err(by),
            FleetPhase::Open { .. } | FleetPhase::HalfOpen { .. } => DecidedPhase::Open { ask_at },
            FleetPhase::Ramp { .. } => {
                // Others may have a ramp though this node's policy has none.
                let own = Duration::from_millis(policy.ramp_length());
                let length = if own.is_zero() { left } else { own };
                DecidedPhase::Ramp { length, step_at: now.after(length / RAMP_STEPS) }
            }
            FleetPhase::RejectedByHand { .. } => DecidedPhase::RejectedByHand,
        };
        let standing = decision.standing;
        if left.is_zero() {
            return Err(by);
        }
        let alone_at = now.after(left.saturating_sub(policy.beat_length()));
        Ok(Self { phase, until: now.after(left), alone_at, by, standing })
    }

    /// What is decided once the node has the lease that it has asked for at `asked`; unchanged if
    /// the answer was so late that it is over.
    pub(super) fn probing(
        self,
        lease: &ProbeLease,
        asked: Tick,
        policy: &FleetPolicy,
        now: Tick,
    ) -> Self {
        let ends = asked.after(Duration::from_millis(policy.lease_length()));
        let phase = if now < ends {
            DecidedPhase::Probing { token: lease.epoch(), ends }
        } else {
            DecidedPhase::Open { ask_at: now }
        };
        let grace = Duration::from_millis(policy.grace());
        let alone_at = ends.after(grace.saturating_sub(policy.beat_length()));
        Self { phase, until: ends.after(grace), alone_at, ..self }
    }

    /// The overlay that carries it out from now on; `None` if it is over.
    pub(super) fn overlay(&self, epoch: u64, now: Tick) -> Option<Overlay> {
        let left = self.until.since(now);
        let millis = u64::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        let length = Duration::from_millis(millis);
        let overlay = Overlay::open_for(epoch, length, self.by.clone()).ok()?;
        match self.phase {
            DecidedPhase::Open { .. } | DecidedPhase::RejectedByHand => Some(overlay),
            DecidedPhase::Probing { .. } => Some(overlay.permits(1)),
            DecidedPhase::Ramp { length, .. } => overlay.admitting(share(length, left)).ok(),
            DecidedPhase::Alone { start, begin, length, .. } => {
                overlay.admitting(doubled(start, steps(length, now.since(begin)))).ok()
            }
        }
    }

    /// The token of the lease that the node holds.
    pub(super) const fn token(&self) -> Option<u64> {
        match self.phase {
            DecidedPhase::Probing { token, .. } => Some(token),
            DecidedPhase::Open { .. }
            | DecidedPhase::Ramp { .. }
            | DecidedPhase::Alone { .. }
            | DecidedPhase::RejectedByHand => None,
        }
    }

    /// How many nodes have voted.
    pub(super) const fn standing(&self) -> Standing {
        self.standing
    }

    /// Whether the node may ask for the lease.
    pub(super) fn may_ask(&self, now: Tick) -> bool {
        matches!(self.phase, DecidedPhase::Open { ask_at } if ask_at <= now)
    }

    /// Lets the node ask at this tick, and not before.
    pub(super) fn ask_again(&mut self, at: Tick) {
        if let DecidedPhase::Open { ask_at } = &mut self.phase {
            *ask_at = at;
        }
    }

    /// Whether votes of nodes are of use.
    pub(super) const fn takes_votes(&self) -> bool {
        matches!(self.phase, DecidedPhase::Ramp { .. })
    }

    /// When its overlay has to be laid again, if it is not over by then.
    pub(super) fn changes_at(&self, policy: &FleetPolicy, is_linked: bool) -> Option<Tick> {
        let alone_at = || {
            let may = !is_linked && 0 < policy.ramp_length();
            may.then_some(self.alone_at)
        };
        match self.phase {
            DecidedPhase::Ramp { step_at, .. } | DecidedPhase::Alone { step_at, .. } => {
                Some(step_at)
            }
            DecidedPhase::Open { .. } => alone_at(),
            DecidedPhase::Probing { ends, .. } => Some(alone_at().unwrap_or(ends).min(ends)),
            DecidedPhase::RejectedByHand => None,
        }
    }

    /// Lets time pass. Returns whether the overlay has to be laid again.
    pub(super) fn pass(&mut self, policy: &FleetPolicy, is_linked: bool, now: Tick) -> bool {
        let is_due = self.changes_at(policy, is_linked).is_some_and(|at| at <= now);
        if is_due {
            self.change(policy, now);
        }
        is_due
    }

    fn change(&mut self, policy: &FleetPolicy, now: Tick) {
        match &mut self.phase {
            DecidedPhase::Ramp { length, step_at }
            | DecidedPhase::Alone { length, step_at, .. } => {
                *step_at = now.after(*length / RAMP_STEPS);
            }
            DecidedPhase::Probing { ends, .. } if *ends <= now => {
                self.phase = DecidedPhase::Open { ask_at: now }
            }
            DecidedPhase::Open { .. } | DecidedPhase::Probing { .. } => self.go_alone(policy, now),
            DecidedPhase::RejectedByHand => {}
        }
    }

    /// Ends the rejection by a ramp whose first share lets about one call of the fleet through for
    /// each that a node had: without the store, no node probes for all.
    fn go_alone(&mut self, policy: &FleetPolicy, now: Tick) {
        let length = Duration::from_millis(policy.ramp_length());
        let members = self.standing.members.clamp(1, u32::from(ALL));
        let start = u16::try_from(u32::from(ALL) / members).unwrap_or(ALL);
        let step_at = now.after(length / RAMP_STEPS);
        self.phase = DecidedPhase::Alone { start, begin: now, length, step_at };
        self.until = now.after(length);
    }
}

/// The share that is admitted while so much of a ramp is left, per mille: from a tenth to all.
fn share(length: Duration, left: Duration) -> u16 {
    let length = length.as_millis().max(1);
    let gone = length.saturating_sub(left.as_millis());
    u16::try_from(100 + 900 * gone / length).unwrap_or(ALL).min(ALL)
}

/// How many steps of a ramp have gone.
fn steps(length: Duration, gone: Duration) -> u32 {
    let step = (length / RAMP_STEPS).as_nanos().max(1);
    u32::try_from(gone.as_nanos() / step).unwrap_or(RAMP_STEPS)
}

/// A share per mille, doubled so many times.
fn doubled(share: u16, times: u32) -> u16 {
    let doubled = u32::from(share) << times.min(RAMP_STEPS);
    u16::try_from(doubled).unwrap_or(ALL).min(ALL)
}

/// Who has decided, as rejections, statuses and events show it.
fn by_of(decision: &Decision) -> By {
    match &decision.phase {
        FleetPhase::RejectedByHand { by, .. } | FleetPhase::ClearedByHand { by } => {
            by_fleet(by.clone())
        }
        FleetPhase::Closed => by_fleet(CLOSED),
        FleetPhase::Open { .. } | FleetPhase::HalfOpen { .. } | FleetPhase::Ramp { .. } => {
            let Standing { votes, members, .. } = decision.standing;
            by_fleet(format!("{votes} of {members} nodes"))
        }
    }
}
