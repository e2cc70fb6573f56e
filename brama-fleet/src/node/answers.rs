//! Answers of the engine, and what a node makes of them.

use std::{collections::BTreeMap, mem, time::Duration};

use brama_runtime::api::circuit::Tick;

use super::{
    FleetSize, GREATEST_EPOCH, NodeCommand, NodeCore,
    actor::{CLOSED, by_fleet},
};
use crate::{
    BreakerName,
    ballot::{LeaseAnswer, VoteAnswer},
    engine::{Announcement, Digest},
};

impl NodeCore {
    pub(super) fn voted(
        &mut self,
        breaker: BreakerName,
        answer: VoteAnswer,
        commands: &mut Vec<NodeCommand>,
        now: Tick,
    ) {
        let known = self.breakers.get_mut(&breaker);
        match answer {
            VoteAnswer::Counted(standing) => {
                if let Some(known) = known {
                    known.count(standing, false);
                }
            }
            VoteAnswer::HeldBack(standing) => {
                if let Some(known) = known {
                    known.count(standing, true);
                }
            }
            VoteAnswer::Opened(decision) => {
                self.decide(Announcement { breaker, decision }, commands, now);
            }
        }
    }

    /// Takes each decision of a digest, and ends those that are missing in it.
    pub(super) fn digest(&mut self, digest: Digest, commands: &mut Vec<NodeCommand>, now: Tick) {
        let Digest { at, nodes, policies, decisions } = digest;
        let was_linked = mem::replace(&mut self.is_linked, true);
        (self.read_at, self.size) = (at, FleetSize { nodes, policies });
        let epoch_of = |it: &Announcement| (it.breaker.clone(), it.decision.epoch);
        let present: BTreeMap<_, _> = decisions.iter().map(epoch_of).collect();
        for (name, breaker) in &mut self.breakers {
            breaker.forget_impossible_epoch(at, present.get(name).copied());
        }
        for announcement in decisions {
            self.decide(announcement, commands, now);
        }
        for (name, breaker) in &mut self.breakers {
            let is_over = breaker.decided.is_some() && breaker.epoch < at;
            if is_over && !present.contains_key(name) {
                let closed = Err(by_fleet(CLOSED));
                commands.extend(breaker.decide(name, breaker.epoch, closed, now));
            }
            if !was_linked {
                let retracts = breaker.voting.link(&self.policy, now);
                commands.extend(retracts.then(|| NodeCommand::Retract(name.clone())));
            }
        }
    }

    pub(super) fn leased(
        &mut self,
        name: &BreakerName,
        answer: &LeaseAnswer,
        commands: &mut Vec<NodeCommand>,
        now: Tick,
    ) {
        let again = match answer {
            LeaseAnswer::Granted(lease) if GREATEST_EPOCH < lease.epoch() => return,
            LeaseAnswer::Granted(lease) => {
                let (breaker, policy) = (self.breakers.get_mut(name), &self.policy);
                commands.extend(breaker.and_then(|it| it.probe(name, lease, policy, now)));
                return;
            }
            LeaseAnswer::Wait(left) => Duration::from_millis(*left),
            LeaseAnswer::NotOpen => self.policy.beat_length(),
        };
        let jitter = again / 10_000 * u32::try_from(self.draws.up_to(1_000)).unwrap_or(0);
        if let Some(breaker) = self.breakers.get_mut(name) {
            breaker.ask_again(now.after(again).after(jitter));
        }
    }

    /// Notes that the link is down. What the node has asked for is lost.
    pub(super) fn lose_link(&mut self, now: Tick) {
        self.is_linked = false;
        let again = now.after(Duration::from_secs(1));
        for breaker in self.breakers.values_mut().filter(|breaker| breaker.is_asking()) {
            breaker.ask_again(again);
        }
    }
}
