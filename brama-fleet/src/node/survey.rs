//! The survey: the breakers of a node, as it finds them at each heartbeat.

use std::collections::BTreeSet;

use brama_runtime::api::circuit::Tick;

use super::{NodeCommand, NodeCore};
use crate::{BreakerName, ballot::CallCounts, engine::Traffic};

/// The breakers of a node, as it finds them once in a heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    /// Those that have had traffic since the last survey, with their calls.
    pub used: Vec<Traffic>,
    /// Those whose circuits are open by a rule.
    pub open: Vec<BreakerName>,
    /// Those whose circuits are half-open.
    pub half_open: Vec<BreakerName>,
}

/// In breakers. A heartbeat about more of them is sent in parts.
const MOST_IN_A_BEAT: usize = 250;

impl NodeCore {
    /// Notes traffic, and lays what is decided over breakers that the node did not have. Corrects
    /// what it has missed of its circuits.
    pub(super) fn survey(&mut self, survey: Survey, commands: &mut Vec<NodeCommand>, now: Tick) {
        let Survey { mut used, open, half_open } = survey;
        self.close_all_but(&open, &half_open, commands);
        self.open_missed(open, now);
        for Traffic { breaker: name, .. } in &used {
            let policy = self.policy;
            let breaker = self.breaker(name.clone());
            commands.extend(breaker.and_then(|it| it.use_it(name, &policy, now)));
        }
        if self.doubts_itself(now) {
            for traffic in &mut used {
                traffic.counts = CallCounts::default();
            }
        }
        commands.extend(beats(&used));
    }

    /// Sends again on which breakers the node has traffic: the store may have lost its data.
    pub(super) fn beat_about_used(&self, commands: &mut Vec<NodeCommand>, now: Tick) {
        let used = self.breakers.iter().filter(|(_, it)| it.is_used(&self.policy, now));
        let used: Vec<_> = used.map(|(name, _)| Traffic::from(name.clone())).collect();
        commands.extend(beats(&used));
    }

    /// Closes what the node believes open and has not found so.
    fn close_all_but(
        &mut self,
        open: &[BreakerName],
        half_open: &[BreakerName],
        commands: &mut Vec<NodeCommand>,
    ) {
        let unsettled: BTreeSet<_> = open.iter().chain(half_open).collect();
        let believed = self.breakers.iter().filter(|(_, it)| it.voting.is_open());
        let closed = believed.map(|(name, _)| name).filter(|name| !unsettled.contains(name));
        let closed: Vec<_> = closed.cloned().collect();
        for name in closed {
            self.close(name, commands);
        }
    }

    /// Opens what the node has found open and did not know to be.
    fn open_missed(&mut self, open: Vec<BreakerName>, now: Tick) {
        for name in open {
            let is_known = self.breakers.get(&name).is_some_and(|it| it.voting.is_open());
            if !is_known {
                self.open(name, now);
            }
        }
    }
}

/// Heartbeats, in parts: a store answers a short one in time, and serves others in between.
fn beats(used: &[Traffic]) -> Vec<NodeCommand> {
    let parts = used.chunks(MOST_IN_A_BEAT).map(<[Traffic]>::to_vec);
    let parts = if used.is_empty() { vec![Vec::new()] } else { parts.collect() };
    parts.into_iter().map(NodeCommand::Beat).collect()
}
