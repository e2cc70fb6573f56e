//! The state behind a breaker's lock: the circuit and what belongs to it.

use std::sync::Arc;

use super::{
    rare_state::{Opened, RareState},
    word::Word,
};
use crate::{
    circuit::{Cause, Circuit, Policy, Reasons, State, Tick, Verdict},
    config::{EffectivePolicy, Layers, PolicyCache},
    counters::Totals,
    status::Rejections,
};

pub(super) struct Locked {
    pub(super) circuit: Circuit,
    /// The effective policy. The keys of one identifier share it.
    pub(super) policy: Arc<EffectivePolicy>,
    /// Allocated on the first count under the lock, or with the first rarely needed state. Until
    /// then, nothing has ended the circuit's run of successes.
    pub(super) counts: Option<Box<LockedCounts>>,
}

/// What is counted under the lock. Allocated on first use: with ten thousand keys that count
/// failures in a row, most never fail.
#[derive(Debug)]
pub(super) struct LockedCounts {
    /// Successes that were not slow.
    successes: u64,
    /// Failures that were not slow.
    failures: u64,
    /// How many of the gate's successes the circuit has counted.
    synced_successes: u64,
    /// The number of the last change of state or event of the breaker's life.
    number: u64,
    rare: Option<Box<RareState>>,
}

impl Locked {
    pub(super) fn new(seed: u64, policy: Arc<EffectivePolicy>, created: Tick) -> Self {
        Self { circuit: Circuit::new(seed).made_at(created), policy, counts: None }
    }

    pub(super) fn update_layers(
        &mut self,
        policies: &PolicyCache,
        change: impl FnOnce(&mut Layers),
    ) {
        let mut layers = self.layers().clone();
        change(&mut layers);
        self.policy = policies.policy_of(layers);
    }

    pub(super) fn layers(&self) -> &Layers {
        self.policy.layers()
    }

    /// Brings the circuit up to date with the gate's successes. `successes` is the number counted
    /// there in all. Those that are new came after the last failure, and ended the run of failures,
    /// unless `shown` had no fast path: then they are strays from before it.
    pub(super) fn sync_counters(&mut self, shown: Word, successes: u64) {
        let synced = match &self.counts {
            Some(counts) => counts.synced_successes,
            None => self.circuit.successes(),
        };
        if successes <= synced {
            return;
        }
        if shown.has_fast_path() {
            self.circuit.end_failures();
        }
        self.circuit.count_successes(&self.policy, successes - synced);
        if let Some(counts) = &mut self.counts {
            counts.synced_successes = successes;
        }
    }

    /// What is counted under the lock, allocated if necessary. Call it before a change of the
    /// circuit that may end the run of successes.
    pub(super) fn counts_mut(&mut self) -> &mut LockedCounts {
        LockedCounts::of(&mut self.counts, &self.circuit)
    }

    /// The rarely needed state, allocated if necessary.
    pub(super) fn rare_mut(&mut self) -> &mut RareState {
        self.counts_mut().rare_mut()
    }

    pub(super) fn rare(&self) -> Option<&RareState> {
        self.counts.as_ref()?.rare()
    }

    /// Whether look-ups find the breaker.
    pub(super) fn is_registered(&self) -> bool {
        self.rare().is_none_or(|rare| !rare.is_unregistered)
    }

    pub(super) fn is_evicted(&self) -> bool {
        self.rare().is_some_and(|rare| rare.is_evicted)
    }

    /// The number of the last change of state or event of the breaker's life.
    pub(super) fn number(&self) -> u64 {
        self.counts.as_ref().map_or(LockedCounts::CREATION, |counts| counts.number())
    }

    /// Numbers a change of state or an event of the breaker's life after its creation.
    pub(super) fn count_event(&mut self) {
        self.counts_mut().count_event();
    }

    /// The totals that are counted under the lock.
    pub(super) fn totals(&self) -> Totals {
        self.counts.as_ref().map(|counts| counts.totals()).unwrap_or_default()
    }

    /// Counts a call that an overlay rejects under the lock.
    pub(super) fn count_overlaid(&mut self) {
        let rare = self.rare_mut();
        rare.totals.rejected += 1;
        rare.rejections.fleet += 1;
    }

    /// Counts a call within a probe.
    pub(super) fn count_nested(&mut self) {
        self.rare_mut().totals.nested += 1;
    }

    /// Counts a rejection under the lock.
    pub(super) fn count_rejected(&mut self) {
        let (state, is_ramp) = (self.circuit.state(), self.circuit.is_ramp());
        let rare = self.rare_mut();
        rare.totals.rejected += 1;
        if is_ramp { rare.rejections.ramp += 1 } else { rare.rejections.add(state, 1) }
    }

    /// Returns the rejections by cause, of `rejected` in all but by the limit of calls in flight.
    pub(super) fn rejections(&self, rejected: u64) -> Rejections {
        let Some(rare) = self.rare() else { return Rejections::default() };
        rare.rejections(rejected.saturating_sub(rare.totals.rejected))
    }

    /// Keeps an opening for the errors of rejected callers.
    pub(super) fn keep_opening(&mut self, to: State, at: Tick, cause: Arc<Cause>) {
        if let Some(last) = self.rare_mut().openings.back_mut() {
            last.until.get_or_insert(at);
        }
        match to {
            State::Open | State::ForcedOpen => {
                let number = self.circuit.opening();
                let openings = &mut self.rare_mut().openings;
                if openings.len() == KEPT_OPENINGS {
                    openings.pop_front();
                }
                openings.push_back(Opened { number, at, until: None, cause });
            }
            State::Closed | State::HalfOpen | State::Disabled => {}
        }
    }

    /// Replaces the reasons in the causes of past openings.
    pub(super) fn redact_openings(&mut self, reasons: Reasons) {
        let rare = self.counts.as_mut().and_then(|counts| counts.rare_if_any());
        for opened in rare.into_iter().flat_map(|rare| &mut rare.openings) {
            opened.cause = Arc::new(opened.cause.redacted(reasons));
        }
    }

    /// Marks `word` with the life of the breaker: if it is unregistered or evicted, no call passes
    /// at the gate.
    pub(super) fn mark(&self, word: Word) -> Word {
        match self.rare() {
            Some(rare) if rare.is_evicted => word.evicted(),
            Some(rare) if rare.is_unregistered => word.unregistered(),
            Some(_) | None => word,
        }
    }
}

impl LockedCounts {
    /// The number of the first event of a breaker's life: it was registered.
    const CREATION: u64 = 1;

    /// The counts of a breaker, allocated if necessary. Before that, the circuit's run of successes
    /// is all that it has counted.
    pub(super) fn of<'c>(counts: &'c mut Option<Box<Self>>, circuit: &Circuit) -> &'c mut Self {
        counts.get_or_insert_with(|| {
            let (synced_successes, number) = (circuit.successes(), Self::CREATION);
            Box::new(Self { successes: 0, failures: 0, synced_successes, number, rare: None })
        })
    }

    pub(super) fn totals(&self) -> Totals {
        let mut totals = self.rare.as_ref().map(|rare| rare.totals).unwrap_or_default();
        totals.successes += self.successes;
        totals.failures += self.failures;
        totals
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    pub(super) const fn count_event(&mut self) {
        self.number = self.number.saturating_add(1);
    }

    pub(super) fn count(&mut self, verdict: &Verdict, policy: &Policy) {
        match verdict {
            Verdict::Success { took } if !policy.is_slow(*took) => self.successes += 1,
            Verdict::Failure { took, .. } if !policy.is_slow(*took) => self.failures += 1,
            Verdict::Success { .. }
            | Verdict::Failure { .. }
            | Verdict::Trip { .. }
            | Verdict::Ignore
            | Verdict::InnerRejection
            | Verdict::Abandoned { .. } => {
                self.rare_mut().totals.count(verdict, policy);
            }
        }
    }

    /// Counts a failure that was not slow.
    pub(super) const fn count_failure(&mut self) {
        self.failures += 1;
    }

    /// Counts an outcome, which is counted by its kind too, as one that came late.
    pub(super) fn count_late(&mut self) {
        self.rare_mut().totals.late += 1;
    }

    pub(super) fn rare(&self) -> Option<&RareState> {
        self.rare.as_deref()
    }

    /// The rarely needed state, allocated if necessary.
    pub(super) fn rare_mut(&mut self) -> &mut RareState {
        self.rare.get_or_insert_default()
    }

    pub(super) fn rare_if_any(&mut self) -> Option<&mut RareState> {
        self.rare.as_deref_mut()
    }
}

/// How many openings are kept for [`CircuitOpen::cause`](super::CircuitOpen::cause).
const KEPT_OPENINGS: usize = 4;
