//! The record: what an observer who sees everything has seen, apart from the ballot's own books.

use brama_fleet::{FleetPolicy, ballot::ServerMillis};

use crate::{
    fleet::NODES,
    network::{Kind, Word},
    node::Node,
};

/// A law that one step broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Law {
    OneLease,
    Quorum,
    Token,
    Newer,
    Epochs,
}

/// Why the store decided.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Why {
    Votes,
    /// The holder, the token, and the end.
    Lease(usize, u64, ServerMillis),
    /// The reporter, and the token.
    Report(usize, u64),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Record {
    pub(crate) broken: Option<Law>,
    /// When the vote of each node arrived.
    votes: [Option<ServerMillis>; NODES],
    /// The lease whose probe is not reported: its holder, token and end.
    lease: Option<(usize, u64, ServerMillis)>,
    /// Until when the fleet rejects; 0 if it does not.
    rejects_until: ServerMillis,
    /// The greatest epoch.
    newest: u64,
    lost_data: Option<ServerMillis>,
    /// Whether an opening, a lease after an unreported one, and a closing have been seen.
    pub(crate) opened_after_loss: bool,
    pub(crate) lease_passed_on: bool,
    pub(crate) closed_by_probe: bool,
}

impl Record {
    pub(crate) fn vote(&mut self, node: usize, now: ServerMillis) {
        self.votes[node] = Some(now);
    }

    pub(crate) fn retract(&mut self, node: usize) {
        self.votes[node] = None;
    }

    pub(crate) fn has_lost_data(&self) -> bool {
        self.lost_data.is_some()
    }

    pub(crate) fn lose_data(&mut self, now: ServerMillis) {
        (self.votes, self.lease, self.rejects_until) = (Default::default(), None, 0);
        self.lost_data = Some(now);
    }

    pub(crate) fn decide(&mut self, why: Why, word: Word, policy: &FleetPolicy, now: ServerMillis) {
        let is_open = now < self.rejects_until;
        match why {
            Why::Votes => {
                self.check(self.is_quorum(policy, now), Law::Quorum);
                self.opened_after_loss |= self.has_lost_data();
            }
            Why::Lease(node, token, until) => {
                self.check(is_open, Law::Quorum);
                self.check(self.lease.is_none_or(|(_, _, until)| until <= now), Law::OneLease);
                self.lease_passed_on |= self.lease.is_some_and(|(holder, ..)| holder != node);
                self.lease = Some((node, token, until));
            }
            Why::Report(node, token) => {
                let is_live = self.lease.is_some_and(|(holder, live, until)| {
                    (holder, live) == (node, token) && now < until
                });
                self.check(is_live, Law::Token);
                self.lease = None;
                self.closed_by_probe |= word.kind != Kind::Reject;
            }
        }
        self.follow(word, now);
    }

    /// Follows the store into what it has decided.
    fn follow(&mut self, word: Word, now: ServerMillis) {
        // A store that loses its data and decides in the same millisecond may repeat a number.
        let is_excused = self.lost_data == Some(now);
        self.check(self.newest < word.epoch || is_excused, Law::Epochs);
        self.newest = self.newest.max(word.epoch);
        self.rejects_until = 0;
        if word.kind == Kind::Reject {
            self.rejects_until = now + word.remaining;
        } else {
            self.votes = Default::default();
        }
    }

    fn is_quorum(&self, policy: &FleetPolicy, now: ServerMillis) -> bool {
        let vote = policy.terms().vote;
        let votes = self.votes.iter().flatten().filter(|at| now < *at + vote);
        // All three are never fewer than the members; of three, two are the quorum.
        policy.quorum(3) <= u32::try_from(votes.count()).unwrap()
    }

    /// Notes what a node did with what it has heard.
    pub(crate) fn hear(&mut self, before: &Node, after: &Node) {
        let is_ignored = before.overlay == after.overlay;
        self.check(before.heard < after.heard || is_ignored, Law::Newer);
        self.check(before.heard <= after.heard, Law::Newer);
    }

    fn check(&mut self, holds: bool, law: Law) {
        if !holds {
            self.broken = self.broken.or(Some(law));
        }
    }
}
