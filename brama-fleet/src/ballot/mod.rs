//! The ballot: what the nodes of a fleet know together about one breaker.
//!
//! A value with pure methods, and the only place that decides for the fleet. An engine keeps one
//! for each breaker, in memory or as a script in a store. Time is the store's own, in milliseconds.

mod call_counts;
mod decision;
mod lease;
mod members;
mod phase;
mod pool;
#[cfg(test)]
mod tests;
mod too_long;
mod votes;

use std::mem;

pub use self::{
    call_counts::CallCounts,
    decision::{Decision, Standing, VoteAnswer},
    lease::{LeaseAnswer, ProbeLease, ProbeReport},
    phase::FleetPhase,
    too_long::TooLong,
};
use self::{members::Members, pool::Pool, votes::Votes};
use crate::{name::NodeName, policy::FleetPolicy};

/// A moment of the store's clock: milliseconds since 1970.
pub type ServerMillis = u64;

/// What the nodes of a fleet know together about one breaker.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Ballot {
    /// The number of the last decision. It only grows, also when the store has lost its data,
    /// because it is never less than the store's time.
    epoch: u64,
    phase: FleetPhase,
    members: Members,
    votes: Votes,
    pool: Pool,
    /// The votes that have opened.
    opened_by: Standing,
    /// Openings since the fleet last closed.
    openings: u32,
    /// Whether the last opening ended by itself, because no node could probe.
    is_unprobed: bool,
    /// When nodes began to have traffic on this breaker, after a time without.
    since: ServerMillis,
    /// Until when the node whose heartbeat came last is a member.
    latest: ServerMillis,
    /// Probes that succeeded in a row.
    successes: u32,
    /// Leases in a row that ended without a report.
    unused: u32,
}

/// After so many leases without a report, calls return without a probe: nodes that call too seldom
/// use no lease, and calls that take longer than a lease report too late.
const MOST_UNUSED: u32 = 3;

impl Ballot {
    /// Notes that a node is alive and has traffic on this breaker.
    pub fn beat(&mut self, node: &NodeName, policy: &FleetPolicy, now: ServerMillis) {
        let until = after(now, policy.member_length());
        if self.latest <= now {
            self.since = now;
            self.votes.clear();
        }
        // Not the greater one: the clock may have been set back, and jump forward again.
        self.latest = until;
        self.members.beat(node, until);
    }

    /// Adds the vote of a node whose circuit has opened, and opens for the fleet if the votes reach
    /// the quorum.
    ///
    /// A node that doubts itself votes with `weight` 0: it is counted as a member, and decides
    /// nothing. A vote counts once a node, however often it is cast, and only while the node is a
    /// member.
    ///
    /// In the first heartbeat of the first node, or after the store has lost its data, votes are
    /// counted and open nothing: the members are not known yet, so a few nodes would be a quorum.
    ///
    /// If the last opening ended because no node could probe, and the votes still count, the next
    /// one has no wait: the first node that can probe does.
    pub fn vote(
        &mut self,
        node: &NodeName,
        weight: u32,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> Option<Decision> {
        let standing = self.cast(node, weight, policy, now);
        self.is_opened_by(standing, policy, now).then(|| self.open(standing, policy, now))
    }

    /// Adds a vote, and opens nothing.
    pub fn cast(
        &mut self,
        node: &NodeName,
        weight: u32,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> Standing {
        self.end(policy, now);
        self.beat(node, policy, now);
        // The clock was set back since then. Members that it has ended before are not known.
        self.since = self.since.min(now);
        self.votes.cast(node, weight, after(now, policy.vote_length()));
        self.standing(policy, now)
    }

    /// Whether these votes open the breaker in its present phase.
    #[must_use]
    pub const fn is_opened_by(
        &self,
        votes: Standing,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> bool {
        self.may_open(policy, now) && votes.is_quorum()
    }

    const fn may_open(&self, policy: &FleetPolicy, now: ServerMillis) -> bool {
        let is_new = now.saturating_sub(self.since) < policy.settle_length();
        matches!(self.phase, FleetPhase::Closed | FleetPhase::Ramp { .. }) && !is_new
    }

    /// Adds calls that a node has seen since its last heartbeat, and opens nothing. If the calls of
    /// all nodes suffice to open, returns how many nodes have seen failures.
    ///
    /// Nothing is counted while calls are rejected, or if the policy does not pool.
    pub fn pool(
        &mut self,
        node: &NodeName,
        counts: CallCounts,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> Option<Standing> {
        if counts.calls == 0 || !policy.pools() {
            return None;
        }
        self.end(policy, now);
        if self.phase.rejects() {
            return None;
        }
        self.pool.add(node, counts, policy, now);
        let verdict = self.pool.verdict(policy, self.members.count(now));
        verdict.filter(|_| self.may_open(policy, now))
    }

    /// Opens, because of these votes.
    pub fn open(&mut self, by: Standing, policy: &FleetPolicy, now: ServerMillis) -> Decision {
        let wait = if mem::take(&mut self.is_unprobed) {
            0
        } else {
            self.openings = self.openings.saturating_add(1);
            policy.wait_of(self.openings)
        };
        (self.successes, self.unused, self.opened_by) = (0, 0, by);
        self.pool.clear();
        self.phase = FleetPhase::Open { until: after(now, wait) };
        self.decide(policy, now)
    }

    /// Takes the vote of a node back, because its circuit has closed.
    pub fn retract(&mut self, node: &NodeName) {
        self.votes.retract(node);
    }

    /// Asks for the lease of the one probe of the fleet, for a node that has a call waiting. Also
    /// returns the decision to announce, if there is one.
    pub fn lease(
        &mut self,
        node: &NodeName,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> (LeaseAnswer, Option<Decision>) {
        self.end(policy, now);
        let wait = match &self.phase {
            FleetPhase::Open { until } => until.saturating_sub(now),
            FleetPhase::HalfOpen { lease } => lease.until.saturating_sub(now),
            FleetPhase::Closed
            | FleetPhase::Ramp { .. }
            | FleetPhase::RejectedByHand { .. }
            | FleetPhase::ClearedByHand { .. } => {
                return (LeaseAnswer::NotOpen, None);
            }
        };
        if 0 < wait {
            return (LeaseAnswer::Wait(wait), None);
        }
        self.unused += u32::from(matches!(self.phase, FleetPhase::HalfOpen { .. }));
        if MOST_UNUSED <= self.unused {
            return (LeaseAnswer::NotOpen, Some(self.return_calls(policy, now)));
        }
        let until = after(now, policy.lease_length());
        let epoch = self.epoch.saturating_add(1).max(now);
        let lease = ProbeLease { holder: node.clone(), epoch, until };
        self.phase = FleetPhase::HalfOpen { lease: lease.clone() };
        (LeaseAnswer::Granted(lease), Some(self.decide(policy, now)))
    }

    /// Reports how a probe has ended. A report whose lease is over, or was never given, changes
    /// nothing.
    pub fn report(
        &mut self,
        node: &NodeName,
        epoch: u64,
        report: ProbeReport,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> Option<Decision> {
        let FleetPhase::HalfOpen { lease } = &self.phase else { return None };
        if !lease.is_of(node, epoch) || lease.until <= now {
            return None;
        }
        self.unused = 0;
        Some(match report {
            ProbeReport::Success => self.succeed(policy, now),
            ProbeReport::Failure => self.open(self.opened_by, policy, now),
            ProbeReport::Inconclusive => {
                self.phase = FleetPhase::Open { until: now };
                self.decide(policy, now)
            }
        })
    }

    /// Rejects every call of the fleet for a time, by hand.
    ///
    /// # Errors
    ///
    /// [`TooLong`] if the length is 0 or above the policy's `longest_wait`. Nothing is changed
    /// then.
    pub fn reject(
        &mut self,
        by: String,
        length: u64,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> Result<Decision, TooLong> {
        let longest = policy.longest();
        if !(1..=longest).contains(&length) {
            return Err(TooLong { length, longest });
        }
        self.phase = FleetPhase::RejectedByHand { until: after(now, length), by };
        Ok(self.decide(policy, now))
    }

    /// Lifts whatever the fleet has decided, by hand, and forgets the votes.
    pub fn clear(&mut self, by: String, policy: &FleetPolicy, now: ServerMillis) -> Decision {
        self.close();
        let decision = self.decide(policy, now);
        Decision { phase: FleetPhase::ClearedByHand { by }, ..decision }
    }

    /// Returns the decision in force; `None` if nothing is decided.
    pub fn present(&mut self, policy: &FleetPolicy, now: ServerMillis) -> Option<Decision> {
        if self.phase != FleetPhase::Closed {
            self.end(policy, now);
        }
        let is_closed = self.phase == FleetPhase::Closed;
        (!is_closed).then(|| self.decision(policy, now))
    }

    /// Whether votes or pooled calls have opened the breaker, and the opening is not over.
    #[must_use]
    pub const fn is_open(&self, policy: &FleetPolicy, now: ServerMillis) -> bool {
        let is_open = matches!(self.phase, FleetPhase::Open { .. } | FleetPhase::HalfOpen { .. });
        is_open && !self.phase.is_over(policy.grace(), now)
    }

    /// The number of the last decision; 0 before the first.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// A ballot whose next decision has a greater number than this one.
    pub(crate) fn after_epoch(epoch: u64) -> Self {
        Self { epoch, ..Self::default() }
    }

    /// Whether no node votes or has traffic, and nothing is decided.
    pub(crate) fn is_forgettable(&mut self, policy: &FleetPolicy, now: ServerMillis) -> bool {
        self.end(policy, now);
        let is_unused = self.members.count(now) == 0 && self.votes.count(now) == 0;
        is_unused && self.phase == FleetPhase::Closed
    }

    /// The votes at present.
    #[must_use]
    pub fn standing(&self, policy: &FleetPolicy, now: ServerMillis) -> Standing {
        let members = self.members.count(now);
        Standing { votes: self.votes.count(now), members, quorum: policy.quorum(members) }
    }

    /// Ends what is over by itself. No end is further away than the policy allows: the store's
    /// clock may have been set back.
    fn end(&mut self, policy: &FleetPolicy, now: ServerMillis) {
        self.members.end(now, after(now, policy.member_length()));
        self.votes.end(&self.members, now, after(now, policy.vote_length()));
        self.pool.end(policy, now);
        self.phase.limit(policy, self.openings, now);
        if self.phase.is_over(policy.grace(), now) {
            self.is_unprobed = self.phase.is_probed();
            self.phase = FleetPhase::Closed;
        }
        if self.phase == FleetPhase::Closed && self.votes.is_empty() {
            (self.openings, self.is_unprobed) = (0, false);
        }
    }

    /// Counts a probe that succeeded. After the last one, the fleet closes, by a ramp if it has
    /// one.
    fn succeed(&mut self, policy: &FleetPolicy, now: ServerMillis) -> Decision {
        self.successes = self.successes.saturating_add(1);
        if self.successes < policy.needed_successes() {
            self.phase = FleetPhase::Open { until: now };
            return self.decide(policy, now);
        }
        self.return_calls(policy, now)
    }

    /// Closes, by a ramp.
    fn return_calls(&mut self, policy: &FleetPolicy, now: ServerMillis) -> Decision {
        self.close();
        if 0 < policy.ramp_length() {
            self.phase = FleetPhase::Ramp { until: after(now, policy.ramp_length()) };
        }
        self.decide(policy, now)
    }

    fn close(&mut self) {
        self.votes.clear();
        self.pool.clear();
        (self.openings, self.successes, self.unused, self.is_unprobed) = (0, 0, 0, false);
        self.phase = FleetPhase::Closed;
    }

    /// Numbers what was decided.
    fn decide(&mut self, policy: &FleetPolicy, now: ServerMillis) -> Decision {
        self.epoch = self.epoch.saturating_add(1).max(now);
        self.decision(policy, now)
    }

    fn decision(&self, policy: &FleetPolicy, now: ServerMillis) -> Decision {
        let (until, standing) = match &self.phase {
            FleetPhase::Closed | FleetPhase::ClearedByHand { .. } => {
                (now, self.standing(policy, now))
            }
            FleetPhase::Open { until } => (after(*until, policy.grace()), self.opened_by),
            FleetPhase::HalfOpen { lease } => (after(lease.until, policy.grace()), self.opened_by),
            FleetPhase::Ramp { until } => (*until, self.opened_by),
            FleetPhase::RejectedByHand { until, .. } => (*until, self.standing(policy, now)),
        };
        let remaining = until.saturating_sub(now);
        Decision { epoch: self.epoch, phase: self.phase.clone(), remaining, standing }
    }
}

const fn after(now: ServerMillis, length: u64) -> ServerMillis {
    now.saturating_add(length)
}
