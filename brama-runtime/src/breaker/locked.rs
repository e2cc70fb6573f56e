//! What a breaker's lock protects: the circuit, and what is kept fields it.

use std::{collections::VecDeque, sync::Arc, task::Waker};

use super::word::Word;
use crate::{
    circuit::{Cause, Circuit, State, Tick},
    config::{EffectivePolicy, Layers, PolicyCache},
    counters::Totals,
};

pub(super) struct Locked {
    pub(super) circuit: Circuit,
    /// With what was said for the breaker. Keys of one identifier into_shared it.
    pub(super) policy: Arc<EffectivePolicy>,
    /// The gate's successes of which the circuit has been synced.
    pub(super) synced: u64,
    /// How many changes and steps of the breaker's life there were.
    pub(super) number: u64,
    /// None until something is counted under the lock, or its life is no plain one.
    pub(super) counts: Option<Box<LockedCounts>>,
}

/// What steps under the lock have counted. Boxed, for most of ten thousand keys that count failures in a
/// row were always well.
#[derive(Debug, Default)]
pub(super) struct LockedCounts {
    pub(super) totals: Totals,
    rare: Option<Box<RareState>>,
}

/// What few breakers have: openings, those who wait, steps of its life. Boxed likewise.
#[derive(Debug, Default)]
pub(super) struct RareState {
    pub(super) openings: VecDeque<Opened>,
    /// Those who wait until a call would be admitted.
    pub(super) waiters: Vec<Waiter>,
    /// How many have waited, to number them.
    pub(super) waits: u64,
    /// Look-ups do not find it: it was not used since.
    pub(super) is_unregistered: bool,
    /// Registered by hand, and so never forgotten.
    pub(super) is_pinned: bool,
    /// Forgotten for good, or about to be.
    pub(super) is_evicted: bool,
}

/// What is kept of an opening for those who were refused.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) number: u64,
    pub(super) at: Tick,
    pub(super) cause: Arc<Cause>,
}

impl Locked {
    pub(super) fn new(seed: u64, policy: Arc<EffectivePolicy>, made: Tick) -> Self {
        Self {
            circuit: Circuit::new(seed).made_at(made),
            policy,
            synced: 0,
            number: 0,
            counts: None,
        }
    }

    pub(super) fn update_layers<R>(
        &mut self,
        policies: &PolicyCache,
        change: impl FnOnce(&mut Layers) -> R,
    ) -> R {
        let mut layers = self.layers().clone();
        let answer = change(&mut layers);
        self.policy = policies.policy_of(layers);
        answer
    }

    pub(super) fn layers(&self) -> &Layers {
        self.policy.layers()
    }

    /// Tells the circuit how many successes the gate has counted in all; and first, where `shown` says so,
    /// that one of them has ended the run of failures, for the others stand behind it.
    pub(super) fn sync_counters(&mut self, shown: Word, successes: u64) {
        if shown.has_ended_failures() {
            self.circuit.end_failures();
        }
        let pending = successes.saturating_sub(self.synced);
        self.circuit.count_successes(&self.policy, pending);
        self.synced += pending;
    }

    pub(super) fn counts_mut(&mut self) -> &mut LockedCounts {
        self.counts.get_or_insert_default()
    }

    /// Its rare, begun where there is none yet.
    pub(super) fn rare_mut(&mut self) -> &mut RareState {
        self.counts_mut().rare.get_or_insert_default()
    }

    pub(super) fn rare(&self) -> Option<&RareState> {
        self.counts.as_ref()?.rare.as_deref()
    }

    /// Whether look-ups find it.
    pub(super) fn is_registered(&self) -> bool {
        self.rare().is_none_or(|rare| !rare.is_unregistered)
    }

    pub(super) fn is_evicted(&self) -> bool {
        self.rare().is_some_and(|rare| rare.is_evicted)
    }

    /// Keeps an opening for those who are refused.
    pub(super) fn keep_opening(&mut self, to: State, at: Tick, cause: Arc<Cause>) {
        match to {
            State::Open | State::ForcedOpen => {
                let number = self.circuit.opening();
                let openings = &mut self.rare_mut().openings;
                if openings.len() == KEPT_OPENINGS {
                    openings.pop_front();
                }
                openings.push_back(Opened { number, at, cause });
            }
            State::Closed | State::HalfOpen | State::Disabled => {}
        }
    }

    /// Adds to a word what became of the breaker: neither an unregistered nor an evicted one lets a
    /// call pass at the gate.
    pub(super) fn mark(&self, word: Word) -> Word {
        match self.rare() {
            Some(rare) if rare.is_evicted => word.evicted(),
            Some(rare) if rare.is_unregistered => word.unregistered(),
            Some(_) | None => word,
        }
    }
}

/// How many openings a refused caller can still ask about.
const KEPT_OPENINGS: usize = 4;

/// One who waits.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) number: u64,
    /// When he asks again by himself.
    pub(super) until: Tick,
    pub(super) waker: Waker,
}
