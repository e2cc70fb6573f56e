//! A breaker of a node: what the node has seen of it, and what the fleet has decided about it.

use std::time::Duration;

use brama_runtime::api::circuit::Tick;

use super::{command::NodeCommand, decided::Decided, voting::Voting};
use crate::{
    BreakerName, FleetPolicy,
    ballot::{ProbeLease, ProbeReport},
};

/// A breaker that a node knows, or that the fleet has decided about.
#[derive(Debug, Clone, Default)]
pub(super) struct LocalBreaker {
    /// When it last had traffic on this node.
    used_at: Option<Tick>,
    pub(super) voting: Voting,
    is_asking: bool,
    /// Whether too many breakers of the fleet were open when it was voted on.
    pub(super) is_held_back: bool,
    /// When the fleet last decided about it.
    decided_at: Option<Tick>,
    /// The greatest epoch of a decision that was seen.
    pub(super) epoch: u64,
    /// The greatest epoch of an overlay that was laid. It is not less than `epoch` was then, and
    /// grows with each step of a ramp too.
    laid: u64,
    is_lifted_by_hand: bool,
    pub(super) decided: Option<Decided>,
}

/// No announcement is on its way for longer.
const LONGEST_WAY: Duration = Duration::from_secs(3_600);

impl LocalBreaker {
    /// Notes traffic. A breaker that had none may be new.
    pub(super) fn use_it(
        &mut self,
        name: &BreakerName,
        policy: &FleetPolicy,
        now: Tick,
    ) -> Option<NodeCommand> {
        let was_used = self.is_used(policy, now);
        self.used_at = Some(now);
        if was_used { None } else { self.lay_anew(name, now) }
    }

    /// Lays what is decided over a breaker that may be new. A permit for a probe is not given
    /// twice.
    pub(super) fn lay_anew(&mut self, name: &BreakerName, now: Tick) -> Option<NodeCommand> {
        let holds_lease = self.decided.as_ref().is_some_and(|it| it.token().is_some());
        if holds_lease { None } else { self.lay(name, now) }
    }

    pub(super) fn is_used(&self, policy: &FleetPolicy, now: Tick) -> bool {
        let length = Duration::from_millis(policy.member_length());
        self.used_at.is_some_and(|at| now < at.after(length))
    }

    /// Whether nothing is lost if the node forgets it. While announcements may still be on their
    /// way, the epoch is needed.
    pub(super) fn is_forgettable(&self, policy: &FleetPolicy, now: Tick) -> bool {
        let is_needed = self.voting.is_open() || self.decided.is_some();
        let is_settled = self.decided_at.is_none_or(|at| at.after(LONGEST_WAY) <= now);
        !is_needed && !self.is_used(policy, now) && is_settled
    }

    /// Whether the node votes now.
    pub(super) fn votes(&mut self, policy: &FleetPolicy, now: Tick) -> bool {
        let votes = self.vote_at(policy).is_some_and(|at| at <= now);
        if votes {
            self.voting.vote(now);
        }
        votes
    }

    fn vote_at(&self, policy: &FleetPolicy) -> Option<Tick> {
        let is_of_use = self.decided.as_ref().is_none_or(Decided::takes_votes);
        self.voting.next(policy).filter(|_| is_of_use)
    }

    /// Takes a decision in the place of the last one.
    pub(super) fn decide(
        &mut self,
        name: &BreakerName,
        epoch: u64,
        decided: Option<Decided>,
        now: Tick,
    ) -> Option<NodeCommand> {
        let before = std::mem::replace(&mut self.decided, decided);
        (self.decided_at, self.is_held_back) = (Some(now), false);
        (self.epoch, self.is_lifted_by_hand, self.is_asking) = (epoch, false, false);
        if self.decided.is_some() {
            return self.lay(name, now);
        }
        before.map(|_| NodeCommand::Lift(name.clone(), self.laid))
    }

    /// Lays what is decided over the breaker, again if it was laid before.
    pub(super) fn lay(&mut self, name: &BreakerName, now: Tick) -> Option<NodeCommand> {
        if self.is_lifted_by_hand {
            return None;
        }
        let laid = self.laid.saturating_add(1).max(self.epoch);
        let overlay = self.decided.as_mut()?.overlay(laid, now)?;
        self.laid = laid;
        Some(NodeCommand::Lay(name.clone(), overlay))
    }

    /// Lifts what was laid.
    pub(super) fn lift(&self, name: &BreakerName) -> Option<NodeCommand> {
        self.decided.as_ref().map(|_| NodeCommand::Lift(name.clone(), self.laid))
    }

    /// Notes that the breaker has seen a greater epoch.
    pub(super) fn overtake(&mut self, known: u64) {
        self.laid = self.laid.max(known);
    }

    pub(super) const fn lift_by_hand(&mut self) {
        self.is_lifted_by_hand = true;
    }

    /// Forgets a decision that is over by itself, and lays the next step of a ramp.
    pub(super) fn pass(&mut self, name: &BreakerName, now: Tick) -> Option<NodeCommand> {
        self.decided.take_if(|decided| decided.until <= now);
        let step_at = self.decided.as_ref()?.step_at()?;
        if step_at <= now { self.lay(name, now) } else { None }
    }

    /// Asks for the lease because a call was rejected, if it is time.
    pub(super) fn ask(&mut self, name: &BreakerName, now: Tick) -> Option<NodeCommand> {
        let may_ask = self.decided.as_ref().is_some_and(|decided| decided.may_ask(now));
        if !may_ask || self.is_asking {
            return None;
        }
        self.is_asking = true;
        Some(NodeCommand::RequestLease(name.clone()))
    }

    /// Lets the node ask again at this tick.
    pub(super) fn ask_again(&mut self, at: Tick) {
        self.is_asking = false;
        if let Some(decided) = &mut self.decided {
            decided.ask_again(at);
        }
    }

    pub(super) const fn is_asking(&self) -> bool {
        self.is_asking
    }

    /// Takes the lease that the node was granted in the place of the opening.
    pub(super) fn probe(
        &mut self,
        name: &BreakerName,
        lease: &ProbeLease,
        until: Tick,
        now: Tick,
    ) -> Option<NodeCommand> {
        let is_stale = lease.epoch() <= self.epoch;
        let probing = self.decided.take_if(|_| !is_stale)?.probing(lease, until);
        self.decide(name, lease.epoch(), Some(probing), now)
    }

    /// Reports what became of the call that the overlay of this epoch let through.
    pub(super) fn report(
        &self,
        name: &BreakerName,
        overlay: u64,
        report: ProbeReport,
    ) -> Option<NodeCommand> {
        let token = self.decided.as_ref().filter(|_| overlay == self.laid)?.token()?;
        Some(NodeCommand::Report(name.clone(), token, report))
    }

    /// When something is to be done, other than at a heartbeat.
    pub(super) fn wakes_at(&self, policy: &FleetPolicy) -> Tick {
        let vote_at = self.vote_at(policy);
        let decided = self.decided.as_ref();
        let until = decided.map(|decided| decided.until);
        let step_at = decided.filter(|_| !self.is_lifted_by_hand).and_then(Decided::step_at);
        vote_at.into_iter().chain(until).chain(step_at).min().unwrap_or(Tick::NEVER)
    }
}
