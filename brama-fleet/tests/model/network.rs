//! The network: it loses, reorders and repeats what is sent, and is late by at most [`LATEST`].

use std::collections::BTreeSet;

use brama_fleet::ballot::{Decision, FleetPhase, ProbeReport, ServerMillis};

/// How late a message may arrive, in milliseconds. A connection does not keep one for ever.
pub(crate) const LATEST: u64 = 200;

/// What nodes and the store say to each other. A node is named by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Message {
    /// To the store: the circuit of a node has opened, or has closed.
    Vote(usize),
    Retract(usize),
    /// To the store: a node asks for a lease, and when it did.
    Ask(usize, ServerMillis),
    /// To the store: what became of the probe with a token.
    Report(usize, u64, Outcome),
    /// To one node: the lease with a token, as the answer to what it asked at a moment.
    Granted(usize, ServerMillis, u64),
    /// To every node.
    Announced(Word),
    /// To one node: what is in force at a moment.
    Digest(usize, ServerMillis, Option<Word>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Outcome {
    Success,
    Failure,
    Inconclusive,
}

impl From<Outcome> for ProbeReport {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::Success,
            Outcome::Failure => Self::Failure,
            Outcome::Inconclusive => Self::Inconclusive,
        }
    }
}

/// A decision, as far as it matters to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Word {
    pub(crate) epoch: u64,
    pub(crate) kind: Kind,
    /// In milliseconds, from when it arrives.
    pub(crate) remaining: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Reject,
    Ramp,
    Lift,
}

impl From<&Decision> for Word {
    fn from(decision: &Decision) -> Self {
        let kind = match &decision.phase {
            FleetPhase::Closed | FleetPhase::ClearedByHand { .. } => Kind::Lift,
            FleetPhase::Ramp { .. } => Kind::Ramp,
            FleetPhase::Open { .. }
            | FleetPhase::HalfOpen { .. }
            | FleetPhase::RejectedByHand { .. } => Kind::Reject,
        };
        Self { epoch: decision.epoch, kind, remaining: decision.remaining }
    }
}

/// The messages on their way, each with the moment at which it was sent.
///
/// One that has arrived stays, so it may arrive again. One that never does is lost.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Network(BTreeSet<(Message, ServerMillis)>);

impl Network {
    pub(crate) fn send(&mut self, message: Message, now: ServerMillis) {
        self.0.insert((message, now));
    }

    /// Whatever may arrive next.
    pub(crate) fn messages(&self) -> BTreeSet<Message> {
        self.0.iter().map(|(message, _)| *message).collect()
    }

    pub(crate) fn pass(&mut self, now: ServerMillis) {
        self.0.retain(|(_, sent)| now <= sent + LATEST);
    }
}
