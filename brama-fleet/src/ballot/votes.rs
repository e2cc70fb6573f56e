//! Votes of nodes whose circuits have opened.

use std::collections::BTreeMap;

use super::{ServerMillis, members::Members};
use crate::name::NodeName;

/// The votes, one a node.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Votes(BTreeMap<NodeName, Vote>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Vote {
    weight: u32,
    until: ServerMillis,
}

impl Votes {
    /// Casts the vote of a node in the place of its last one.
    pub(super) fn cast(&mut self, node: &NodeName, weight: u32, until: ServerMillis) {
        self.0.insert(node.clone(), Vote { weight, until });
    }

    pub(super) fn retract(&mut self, node: &NodeName) {
        self.0.remove(node);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Forgets those that do not count any more. None counts for longer than until `latest`, or
    /// than its node is a member: one process that dies and comes back under other names would be a
    /// quorum by itself.
    pub(super) fn end(&mut self, members: &Members, now: ServerMillis, latest: ServerMillis) {
        self.0.retain(|node, vote| {
            vote.until = latest.min(vote.until);
            now < vote.until && members.has(node)
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sum of the weights of the votes that count at `now`.
    pub(super) fn count(&self, now: ServerMillis) -> u32 {
        let live = self.0.values().filter(|vote| now < vote.until);
        live.fold(0, |sum, vote| sum.saturating_add(vote.weight))
    }
}
