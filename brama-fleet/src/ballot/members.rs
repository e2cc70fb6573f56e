//! The nodes that are alive and have traffic on a breaker.

use std::collections::BTreeMap;

use super::ServerMillis;
use crate::name::NodeName;

/// The members, each with the moment at which it is one no more.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Members(BTreeMap<NodeName, ServerMillis>);

impl Members {
    pub(super) fn beat(&mut self, node: &NodeName, until: ServerMillis) {
        self.0.insert(node.clone(), until);
    }

    /// Forgets those that are none any more. None is one for longer than until `latest`.
    pub(super) fn end(&mut self, now: ServerMillis, latest: ServerMillis) {
        self.0.retain(|_, until| {
            *until = latest.min(*until);
            now < *until
        });
    }

    /// Whether a node is one, or has been one since [`end`](Self::end).
    pub(super) fn has(&self, node: &NodeName) -> bool {
        self.0.contains_key(node)
    }

    /// How many there are, with those that have ended since [`end`](Self::end).
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn count(&self, now: ServerMillis) -> u32 {
        let live = self.0.values().filter(|until| now < **until).count();
        u32::try_from(live).unwrap_or(u32::MAX)
    }
}
