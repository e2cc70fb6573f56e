//! Votes of a node on one breaker: when it votes, and how often.

use std::{mem, time::Duration};

use brama_runtime::api::circuit::Tick;

use crate::FleetPolicy;

/// Whether the circuit of a breaker is open, and what the node has told the fleet.
#[derive(Debug, Clone, Default)]
pub(super) struct Voting {
    evidence: Evidence,
    /// When the circuit was last seen to open.
    opened_at: Option<Tick>,
    /// When the node last voted.
    voted_at: Option<Tick>,
    /// Whether the fleet may count that vote.
    has_voted: bool,
    /// Whether the next vote waits for no heartbeat.
    hurries: bool,
    /// Whether the last vote weighed something.
    has_weighed: bool,
}

/// What the circuit says about the dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Evidence {
    /// It is not open by a rule.
    #[default]
    None,
    /// It has opened.
    Open,
    /// It has opened, and the fleet has closed since, or no call was made for long: other nodes
    /// know better.
    Outdated,
}

/// A node votes at most so often on a breaker.
const BETWEEN_VOTES: Duration = Duration::from_secs(1);

impl Voting {
    /// Notes that the circuit has opened, again or for the first time.
    pub(super) const fn open(&mut self, now: Tick) {
        self.hurries |= !matches!(self.evidence, Evidence::Open);
        (self.evidence, self.opened_at) = (Evidence::Open, Some(now));
    }

    /// Whether the circuit has opened less than this time ago.
    pub(super) fn has_opened_within(&self, length: Duration, now: Tick) -> bool {
        self.opened_at.is_some_and(|at| now < at.after(length))
    }

    /// Notes that what opened the circuit says nothing about the present.
    pub(super) const fn outdate(&mut self) {
        if self.is_open() {
            self.evidence = Evidence::Outdated;
        }
    }

    /// Notes that the circuit is not open any more. Returns whether a vote has to be taken back.
    pub(super) const fn close(&mut self) -> bool {
        self.evidence = Evidence::None;
        mem::replace(&mut self.has_voted, false)
    }

    pub(super) const fn is_open(&self) -> bool {
        !matches!(self.evidence, Evidence::None)
    }

    /// Notes that the link is up again. Lets the node vote as soon as the limit allows. Returns
    /// whether a vote has to be taken back, perhaps again: that may have been lost.
    pub(super) fn link(&mut self, policy: &FleetPolicy, now: Tick) -> bool {
        self.hurries = true;
        let length = Duration::from_millis(policy.vote_length());
        !self.is_open() && self.voted_at.is_some_and(|at| now < at.after(length))
    }

    /// When the node votes next, if votes are of use. It does so again with each heartbeat, because
    /// votes end, and because a store may lose them.
    pub(super) fn next(&self, policy: &FleetPolicy) -> Option<Tick> {
        let half = Duration::from_millis(policy.vote_length() / 2);
        let usual = policy.beat_length().min(half).max(BETWEEN_VOTES);
        let length = if self.hurries { BETWEEN_VOTES } else { usual };
        let next = || self.voted_at.map_or(Tick::ORIGIN, |at| at.after(length));
        (self.evidence == Evidence::Open).then(next)
    }

    /// Whether a vote of this weight tells the fleet something: one of weight 0 only takes the
    /// weight of the vote before. A node that doubts itself has many breakers to vote on.
    pub(super) fn tells(&mut self, weight: u32) -> bool {
        let had_weight = mem::replace(&mut self.has_weighed, 0 < weight);
        0 < weight || had_weight
    }

    pub(super) const fn vote(&mut self, now: Tick) {
        (self.has_voted, self.voted_at, self.hurries) = (true, Some(now), false);
    }
}
