//! Calls of many nodes, counted together.

use std::collections::BTreeMap;

use super::{ServerMillis, Standing, call_counts::CallCounts, members::Members};
use crate::{name::NodeName, policy::FleetPolicy};

/// Calls of the nodes to one breaker, in slots of time, and who has reported them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Pool {
    /// By the beginning of each slot.
    slots: BTreeMap<ServerMillis, CallCounts>,
    reporters: Members,
    /// Those that have reported a failure.
    failing: Members,
}

/// A window has so many slots, of which the last has only begun.
const SLOTS: u64 = 6;

impl Pool {
    pub(super) fn add(
        &mut self,
        node: &NodeName,
        counts: CallCounts,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) {
        self.end(policy, now);
        let (slot, until) =
            (now - now % slot_length(policy), now.saturating_add(policy.pooled_length()));
        self.slots.entry(slot).or_default().add(counts);
        self.reporters.beat(node, until);
        if 0 < counts.failures {
            self.failing.beat(node, until);
        }
    }

    /// The nodes that have seen failures, if they and the share of failed calls open.
    pub(super) fn verdict(&self, policy: &FleetPolicy, members: u32) -> Option<Standing> {
        let all = self.slots.values().fold(CallCounts::default(), |mut all, slot| {
            all.add(*slot);
            all
        });
        let reporters = u32::try_from(self.reporters.len()).unwrap_or(u32::MAX);
        let votes = u32::try_from(self.failing.len()).unwrap_or(u32::MAX);
        let quorum = policy.pooled_quorum(reporters);
        let opens = policy.is_opened_by(all) && quorum <= votes;
        opens.then_some(Standing { votes, members, quorum })
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn end(&mut self, policy: &FleetPolicy, now: ServerMillis) {
        let length = policy.pooled_length();
        self.slots.retain(|slot, _| *slot <= now && now < slot.saturating_add(length));
        let latest = now.saturating_add(length);
        self.reporters.end(now, latest);
        self.failing.end(now, latest);
    }
}

/// In milliseconds.
fn slot_length(policy: &FleetPolicy) -> u64 {
    (policy.pooled_length() / SLOTS).max(1)
}
