//! Votes of a node on one breaker: when it votes, and how often.

use std::{mem, time::Duration};

use brama_runtime::api::circuit::Tick;

use crate::FleetPolicy;

/// Whether the circuit of a breaker is open, and what the node has told the fleet.
#[derive(Debug, Clone, Default)]
pub(super) struct Voting {
    /// Whether the circuit is open by a rule.
    is_open: bool,
    /// When the node last voted.
    voted_at: Option<Tick>,
    /// Whether the fleet may count that vote.
    has_voted: bool,
    /// Whether the next vote waits for no heartbeat.
    hurries: bool,
}

/// A node votes at most so often on a breaker.
const BETWEEN_VOTES: Duration = Duration::from_secs(1);

impl Voting {
    /// Notes that the circuit is open.
    pub(super) const fn open(&mut self) {
        self.hurries |= !self.is_open;
        self.is_open = true;
    }

    /// Notes that the circuit is not open any more. Returns whether a vote has to be taken back.
    pub(super) const fn close(&mut self) -> bool {
        self.is_open = false;
        mem::replace(&mut self.has_voted, false)
    }

    pub(super) const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Lets the node vote as soon as the limit allows.
    pub(super) const fn hurry(&mut self) {
        self.hurries = true;
    }

    /// When the node votes next, if votes are of use. It does so again with each heartbeat, because
    /// votes end, and because a store may lose them.
    pub(super) fn next(&self, policy: &FleetPolicy) -> Option<Tick> {
        let usual = policy.beat_length().max(BETWEEN_VOTES);
        let length = if self.hurries { BETWEEN_VOTES } else { usual };
        let next = || self.voted_at.map_or(Tick::ORIGIN, |at| at.after(length));
        self.is_open.then(next)
    }

    pub(super) const fn vote(&mut self, now: Tick) {
        (self.has_voted, self.voted_at, self.hurries) = (true, Some(now), false);
    }
}
