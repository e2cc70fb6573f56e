//! The book: a ballot for each breaker.

use std::collections::BTreeMap;

use crate::{
    BreakerName, FleetPolicy, NodeName,
    ballot::{Ballot, Decision, LeaseAnswer, ProbeReport, ServerMillis, TooLong, VoteAnswer},
    engine::{Announcement, Digest, HandAction, Traffic},
};

/// What a store holds: a ballot for each breaker. Its methods are pure.
#[derive(Debug, Clone, Default)]
pub(super) struct Book {
    ballots: BTreeMap<BreakerName, Ballot>,
    /// The nodes that are alive, and their policies, each until it is so no more.
    nodes: BTreeMap<NodeName, ServerMillis>,
    policies: BTreeMap<u64, ServerMillis>,
    /// The greatest epoch of the ballots that were forgotten.
    epoch: u64,
    /// Heartbeats since ballots were last forgotten.
    beats: usize,
}

/// Ballots are forgotten once in so many heartbeats, or in as many as there are ballots: to look at
/// each of them at each heartbeat would take long.
const FEWEST_BEATS: usize = 16;

impl Book {
    /// Also returns what the calls have opened.
    pub(super) fn beat(
        &mut self,
        node: &NodeName,
        traffic: &[Traffic],
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> (Digest, Vec<Announcement>) {
        let until = now.saturating_add(policy.member_length());
        self.nodes.insert(node.clone(), until);
        self.policies.insert(policy.fingerprint(), until);
        let opened = traffic.iter().filter_map(|it| self.count(node, it, policy, now)).collect();
        self.beats += 1;
        if self.ballots.len().max(FEWEST_BEATS) < self.beats {
            self.forget(policy, now);
        }
        (self.digest(policy, now), opened)
    }

    /// Counts the calls of a node. Returns what they have opened.
    fn count(
        &mut self,
        node: &NodeName,
        traffic: &Traffic,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> Option<Announcement> {
        let Traffic { breaker, counts } = traffic;
        let ballot = self.ballot(breaker);
        ballot.beat(node, policy, now);
        let by = ballot.pool(node, *counts, policy, now)?;
        if self.is_full(policy, now) {
            return None;
        }
        let decision = self.ballot(breaker).open(by, policy, now);
        Some(Announcement { breaker: breaker.clone(), decision })
    }

    pub(super) fn digest(&mut self, policy: &FleetPolicy, now: ServerMillis) -> Digest {
        self.nodes.retain(|_, until| now < *until);
        self.policies.retain(|_, until| now < *until);
        let decisions = self.ballots.iter_mut().filter_map(|(breaker, ballot)| {
            let decision = ballot.present(policy, now)?;
            Some(Announcement { breaker: breaker.clone(), decision })
        });
        let decisions = decisions.collect();
        let [nodes, policies] = [self.nodes.len(), self.policies.len()]
            .map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        Digest { at: now, nodes, policies, decisions }
    }

    pub(super) fn vote(
        &mut self,
        node: &NodeName,
        breaker: &BreakerName,
        weight: u32,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> VoteAnswer {
        let ballot = self.ballot(breaker);
        let votes = ballot.cast(node, weight, policy, now);
        if !ballot.is_opened_by(votes, policy, now) {
            return VoteAnswer::Counted(votes);
        }
        if self.is_full(policy, now) {
            return VoteAnswer::HeldBack(votes);
        }
        VoteAnswer::Opened(self.ballot(breaker).open(votes, policy, now))
    }

    pub(super) fn retract(&mut self, node: &NodeName, breaker: &BreakerName) {
        self.ballot(breaker).retract(node);
    }

    pub(super) fn lease(
        &mut self,
        node: &NodeName,
        breaker: &BreakerName,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> (LeaseAnswer, Option<Decision>) {
        self.ballot(breaker).lease(node, policy, now)
    }

    pub(super) fn report(
        &mut self,
        node: &NodeName,
        breaker: &BreakerName,
        (token, report): (u64, ProbeReport),
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> Option<Decision> {
        self.ballot(breaker).report(node, token, report, policy, now)
    }

    pub(super) fn act(
        &mut self,
        breaker: &BreakerName,
        action: &HandAction,
        policy: &FleetPolicy,
        now: ServerMillis,
    ) -> Result<Decision, TooLong> {
        let ballot = self.ballot(breaker);
        match action {
            HandAction::Reject { length, by } => ballot.reject(by.clone(), *length, policy, now),
            HandAction::Clear { by } => Ok(ballot.clear(by.clone(), policy, now)),
        }
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.ballots.is_empty()
    }

    fn ballot(&mut self, breaker: &BreakerName) -> &mut Ballot {
        let new = || Ballot::after_epoch(self.epoch);
        self.ballots.entry(breaker.clone()).or_insert_with(new)
    }

    /// Whether no further breaker may be opened.
    fn is_full(&self, policy: &FleetPolicy, now: ServerMillis) -> bool {
        let (mut known, mut open) = (0_u32, 0_u32);
        for ballot in self.ballots.values() {
            let is_open = ballot.is_open(policy, now);
            let is_known = is_open || 0 < ballot.standing(policy, now).members;
            known = known.saturating_add(u32::from(is_known));
            open = open.saturating_add(u32::from(is_open));
        }
        policy.most_open(known) <= open
    }

    /// Forgets the ballots that no node needs, and keeps their greatest epoch.
    fn forget(&mut self, policy: &FleetPolicy, now: ServerMillis) {
        let mut greatest = self.epoch;
        self.ballots.retain(|_, ballot| {
            let stays = !ballot.is_forgettable(policy, now);
            greatest = if stays { greatest } else { greatest.max(ballot.epoch()) };
            stays
        });
        (self.epoch, self.beats) = (greatest, 0);
    }
}
