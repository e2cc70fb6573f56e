//! A breaker of a node: what the node has seen of it, and what the fleet has decided about it.

use std::time::Duration;

use brama_runtime::api::circuit::{By, Tick};

use super::{actor::by_fleet, command::NodeCommand, decided::Decided, voting::Voting};
use crate::{
    BreakerName, FleetPolicy,
    ballot::{ProbeLease, ProbeReport, ServerMillis, Standing},
};

/// A breaker that a node knows, or that the fleet has decided about.
#[derive(Debug, Clone, Default)]
pub(super) struct LocalBreaker {
    /// When it last had traffic on this node.
    used_at: Option<Tick>,
    pub(super) voting: Voting,
    /// When the node asked for the lease that it waits for.
    asked_at: Option<Tick>,
    /// Whether too many breakers of the fleet were open when it was voted on.
    pub(super) is_held_back: bool,
    /// The votes at the last one of this node.
    votes: Option<Standing>,
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

/// How far an epoch is ahead of the store's clock at most, in milliseconds, unless the clock was
/// set back.
const MOST_AHEAD: ServerMillis = 60_000;

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
        if was_used || self.holds_lease() { None } else { self.lay(name, now) }
    }

    /// Lays what is decided over a breaker that has no overlay. A permit for a probe is not given
    /// twice.
    pub(super) fn lay_anew(&mut self, name: &BreakerName, now: Tick) -> Option<NodeCommand> {
        let holds_lease = self.holds_lease();
        match self.lay(name, now) {
            Some(NodeCommand::Lay(name, overlay)) if holds_lease => {
                Some(NodeCommand::Lay(name, overlay.permits(0)))
            }
            laid => laid,
        }
    }

    pub(super) fn holds_lease(&self) -> bool {
        self.decided.as_ref().is_some_and(|it| it.token().is_some())
    }

    pub(super) fn is_used(&self, policy: &FleetPolicy, now: Tick) -> bool {
        let length = Duration::from_millis(policy.member_length());
        self.used_at.is_some_and(|at| now < at.after(length))
    }

    /// Lets an opening count no more if no call was made since: a circuit without traffic stays
    /// open, and its node would vote for ever.
    pub(super) fn age(&mut self, policy: &FleetPolicy, now: Tick) {
        let length = Duration::from_millis(policy.member_length());
        if !self.is_used(policy, now) && !self.voting.has_opened_within(length, now) {
            self.voting.outdate();
        }
    }

    /// Whether nothing is lost if the node forgets it. While announcements may still be on their
    /// way, the epoch is needed.
    pub(super) fn is_forgettable(&self, policy: &FleetPolicy, now: Tick) -> bool {
        let is_needed = self.voting.is_open() || self.decided.is_some();
        let is_settled = self.decided_at.is_none_or(|at| at.after(LONGEST_WAY) <= now);
        !is_needed && !self.is_used(policy, now) && is_settled
    }

    /// When the node votes next, if at all.
    pub(super) fn vote_at(&self, policy: &FleetPolicy) -> Option<Tick> {
        let is_of_use = self.decided.as_ref().is_none_or(Decided::takes_votes);
        self.voting.next(policy).filter(|_| is_of_use)
    }

    /// Takes a decision in the place of the last one; an error is none, with who has lifted it.
    pub(super) fn decide(
        &mut self,
        name: &BreakerName,
        epoch: u64,
        decided: Result<Decided, By>,
        now: Tick,
    ) -> Option<NodeCommand> {
        let (decided, by) = match decided {
            Ok(decided) => (Some(decided), None),
            Err(by) => (None, Some(by)),
        };
        let before = std::mem::replace(&mut self.decided, decided);
        (self.decided_at, self.is_held_back) = (Some(now), false);
        (self.epoch, self.is_lifted_by_hand, self.asked_at) = (epoch, false, None);
        match (before, by) {
            (Some(_), Some(by)) => Some(NodeCommand::Lift(name.clone(), self.laid, by)),
            (None, Some(_)) => None,
            (_, None) => self.lay(name, now),
        }
    }

    /// Notes the votes that the fleet has counted, and whether they were held back.
    pub(super) fn count(&mut self, votes: Standing, is_held_back: bool) {
        let is_open = self.voting.is_open();
        (self.votes, self.is_held_back) = (Some(votes), is_held_back && is_open);
    }

    /// The votes that have decided or, without a decision, those that this node knows of.
    pub(super) fn standing(&self) -> Option<Standing> {
        let known = self.votes.filter(|_| self.voting.is_open());
        self.decided.as_ref().map(Decided::standing).or(known)
    }

    /// Lays what is decided over the breaker, again if it was laid before.
    pub(super) fn lay(&mut self, name: &BreakerName, now: Tick) -> Option<NodeCommand> {
        if self.is_lifted_by_hand {
            return None;
        }
        let laid = self.laid.checked_add(1)?.max(self.epoch);
        let overlay = self.decided.as_ref()?.overlay(laid, now)?;
        self.laid = laid;
        Some(NodeCommand::Lay(name.clone(), overlay))
    }

    /// Lifts what was laid.
    pub(super) fn lift(&self, name: &BreakerName, why: &'static str) -> Option<NodeCommand> {
        let lifted = |_| NodeCommand::Lift(name.clone(), self.laid, by_fleet(why));
        self.decided.as_ref().map(lifted)
    }

    /// Lifts what was laid, and forgets it. If the node takes part again, the decision in force is
    /// a new one to it.
    pub(super) fn leave(&mut self, name: &BreakerName) -> Option<NodeCommand> {
        let lifted = self.lift(name, "this node is switched off now");
        (self.epoch, self.decided) = (0, None);
        lifted
    }

    /// Forgets an epoch that is far ahead of the store's clock if the store does not know it: the
    /// clock was wrong and the data is lost, or an announcement was forged.
    pub(super) fn forget_impossible_epoch(&mut self, at: ServerMillis, present: Option<u64>) {
        let is_unknown = present.is_none_or(|epoch| epoch < self.epoch);
        if is_unknown && at.saturating_add(MOST_AHEAD) < self.epoch {
            self.epoch = 0;
        }
    }

    /// Notes that the breaker has seen a greater epoch.
    pub(super) fn overtake(&mut self, known: u64) {
        self.laid = self.laid.max(known);
    }

    pub(super) const fn lift_by_hand(&mut self) {
        self.is_lifted_by_hand = true;
    }

    /// Forgets a decision that is over by itself, and lays the next step of one that changes.
    pub(super) fn pass(
        &mut self,
        name: &BreakerName,
        policy: &FleetPolicy,
        is_linked: bool,
        now: Tick,
    ) -> Option<NodeCommand> {
        let changes = self.decided.as_mut()?.pass(policy, is_linked, now);
        self.decided.take_if(|decided| decided.until <= now);
        if changes { self.lay(name, now) } else { None }
    }

    /// Asks for the lease because a call was rejected, if it is time.
    pub(super) fn ask(&mut self, name: &BreakerName, now: Tick) -> Option<NodeCommand> {
        let may_ask = self.decided.as_ref().is_some_and(|decided| decided.may_ask(now));
        if !may_ask || self.is_asking() {
            return None;
        }
        self.asked_at = Some(now);
        Some(NodeCommand::RequestLease(name.clone()))
    }

    /// Lets the node ask again at this tick.
    pub(super) fn ask_again(&mut self, at: Tick) {
        self.asked_at = None;
        if let Some(decided) = &mut self.decided {
            decided.ask_again(at);
        }
    }

    pub(super) const fn is_asking(&self) -> bool {
        self.asked_at.is_some()
    }

    /// Takes the lease that the node has asked for in the place of the opening. Its announcement
    /// may have come before.
    pub(super) fn probe(
        &mut self,
        name: &BreakerName,
        lease: &ProbeLease,
        policy: &FleetPolicy,
        now: Tick,
    ) -> Option<NodeCommand> {
        let asked = self.asked_at.filter(|_| self.epoch <= lease.epoch())?;
        let probing = self.decided.take()?.probing(lease, asked, policy, now);
        self.decide(name, lease.epoch(), Ok(probing), now)
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
    pub(super) fn wakes_at(&self, policy: &FleetPolicy, is_linked: bool) -> Tick {
        let vote_at = self.vote_at(policy);
        let decided = self.decided.as_ref();
        let until = decided.map(|decided| decided.until);
        let changes_at = decided.and_then(|it| it.changes_at(policy, is_linked));
        vote_at.into_iter().chain(until).chain(changes_at).min().unwrap_or(Tick::NEVER)
    }
}
