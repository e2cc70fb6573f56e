//! The state behind a breaker's lock: the circuit and what belongs to it.

use std::{collections::VecDeque, sync::Arc, time::SystemTime};

use super::{waiters::Waiters, word::Word};
use crate::{
    circuit::{Cause, Circuit, Reasons, State, Tick},
    config::{EffectivePolicy, Layers, PolicyCache},
    counters::Totals,
    overlay::LaidOverlay,
    status::{PastOpening, Rejections, Transitions},
};

pub(super) struct Locked {
    pub(super) circuit: Circuit,
    /// The effective policy. The keys of one identifier share it.
    pub(super) policy: Arc<EffectivePolicy>,
    /// How many of the gate's successes the circuit has counted.
    pub(super) synced_successes: u64,
    /// The number of the last change of state or event of the breaker's life.
    pub(super) number: u64,
    /// Allocated on the first count under the lock, or with the first rarely needed state.
    pub(super) counts: Option<Box<LockedCounts>>,
}

/// Totals counted under the lock. Allocated on first use: with ten thousand keys that count
/// failures in a row, most never fail.
#[derive(Debug, Default)]
pub(super) struct LockedCounts {
    pub(super) totals: Totals,
    rare: Option<Box<RareState>>,
}

/// Abandoned calls since the last success or failure.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AbandonedRun {
    calls: u64,
    /// How many of these calls were probes.
    probes: u64,
    /// The successes and failures in all when the last of these calls was abandoned.
    outcomes: u64,
}

impl AbandonedRun {
    pub(super) fn add(&mut self, totals: Totals, is_probe: bool) {
        let outcomes = totals.outcomes();
        let before = if outcomes == self.outcomes { *self } else { Self::default() };
        let probes = before.probes + u64::from(is_probe);
        *self = Self { calls: before.calls + 1, probes, outcomes };
    }

    /// A warning if all recent calls were abandoned, so that a closed circuit sees no failures, or
    /// an open or half-open one cannot close.
    pub(super) fn warning(self, totals: Totals, state: State) -> Option<String> {
        let Self { calls, probes, outcomes } = self;
        if outcomes != totals.outcomes() {
            return None;
        }
        match state {
            State::Closed if MANY_ABANDONED <= calls => Some(format!(
                "the last {calls} calls were all abandoned, so failures are not seen: a time limit \
                 around the breaker belongs inside it, as the option `timeout`; or set \
                 `abandoned = \"failure\"`"
            )),
            State::Open | State::HalfOpen if MANY_ABANDONED_PROBES <= probes => Some(format!(
                "the last {probes} probes were all abandoned, so the circuit cannot close: a hedge \
                 or a time limit around the breaker belongs inside it"
            )),
            State::Closed | State::Open | State::HalfOpen | State::ForcedOpen | State::Disabled => {
                None
            }
        }
    }
}

/// As many as the failures in a row that open by default.
const MANY_ABANDONED: u64 = 10;

/// One or two may be callers that hung up by chance.
const MANY_ABANDONED_PROBES: u64 = 3;

/// Rarely needed state (past openings, waiters, lifecycle flags), allocated on first use.
#[derive(Debug, Default)]
pub(super) struct RareState {
    pub(super) openings: VecDeque<Opened>,
    pub(super) transitions: Transitions,
    rejections: Rejections,
    /// How many of the gate's rejections are among `rejections`.
    synced_rejections: u64,
    /// The last state that rejects calls. The gate's further rejections belong to it.
    rejecting: Option<State>,
    pub(super) waiters: Option<Box<Waiters>>,
    /// Look-ups do not find the breaker: it was not used since it was unregistered.
    pub(super) is_unregistered: bool,
    /// Registered by hand, and therefore never evicted.
    pub(super) is_pinned: bool,
    /// Evicted, or about to be.
    pub(super) is_evicted: bool,
    pub(super) in_share: InShare,
    pub(super) abandoned: AbandonedRun,
    pub(super) overlay: Option<Box<LaidOverlay>>,
}

/// A past opening, kept for the errors of rejected callers.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) number: u64,
    pub(super) at: Tick,
    /// When the circuit left the state; `None` if it has not.
    pub(super) until: Option<Tick>,
    pub(super) cause: Arc<Cause>,
}

impl Opened {
    /// Returns the opening as a status shows it, with the calendar time at which it began.
    pub(super) fn past(&self, time: SystemTime) -> PastOpening {
        let Self { number, at, until, ref cause } = *self;
        let lasted = until.map(|until| until.since(at));
        PastOpening { number, at, time, cause: Arc::clone(cause), lasted }
    }
}

/// The part of a breaker in the share of its identifier's keys.
#[derive(Debug, Default)]
pub(super) struct InShare {
    pub(super) place: SharePlace,
    /// Not counted among the known keys.
    pub(super) is_uncounted: bool,
}

/// Whether an opening counts among the keys of its identifier that reject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum SharePlace {
    /// The breaker does not reject by a rule.
    #[default]
    None,
    /// It rejects, and there is no limit.
    Unlimited,
    /// It counts among the keys that reject, until this deadline.
    Taken(Tick),
    /// Too many other keys reject, so it only observes.
    HeldBack,
}

impl Locked {
    pub(super) fn new(seed: u64, policy: Arc<EffectivePolicy>, created: Tick) -> Self {
        Self {
            circuit: Circuit::new(seed).made_at(created),
            policy,
            synced_successes: 0,
            number: 0,
            counts: None,
        }
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
        let pending = successes.saturating_sub(self.synced_successes);
        if pending == 0 {
            return;
        }
        if shown.has_fast_path() {
            self.circuit.end_failures();
        }
        self.circuit.count_successes(&self.policy, pending);
        self.synced_successes += pending;
    }

    pub(super) fn counts_mut(&mut self) -> &mut LockedCounts {
        self.counts.get_or_insert_default()
    }

    /// The rarely needed state, allocated if necessary.
    pub(super) fn rare_mut(&mut self) -> &mut RareState {
        self.counts_mut().rare.get_or_insert_default()
    }

    pub(super) fn rare(&self) -> Option<&RareState> {
        self.counts.as_ref()?.rare.as_deref()
    }

    /// Whether look-ups find the breaker.
    pub(super) fn is_registered(&self) -> bool {
        self.rare().is_none_or(|rare| !rare.is_unregistered)
    }

    pub(super) fn is_evicted(&self) -> bool {
        self.rare().is_some_and(|rare| rare.is_evicted)
    }

    /// Counts a call that an overlay rejects under the lock.
    pub(super) fn count_overlaid(&mut self) {
        self.counts_mut().totals.rejected += 1;
        self.rare_mut().rejections.fleet += 1;
    }

    /// Counts a rejection under the lock.
    pub(super) fn count_rejected(&mut self) {
        let (state, is_ramp) = (self.circuit.state(), self.circuit.is_ramp());
        self.counts_mut().totals.rejected += 1;
        let rejections = &mut self.rare_mut().rejections;
        if is_ramp { rejections.ramp += 1 } else { rejections.add(state, 1) }
    }

    /// Returns the rejections by cause, of `rejected` in all but by the limit of calls in flight.
    pub(super) fn rejections(&self, rejected: u64) -> Rejections {
        let Some(rare) = self.rare() else { return Rejections::default() };
        let counted = self.counts.as_ref().map_or(0, |counts| counts.totals.rejected);
        rare.rejections(rejected.saturating_sub(counted))
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
        let rare = self.counts.as_mut().and_then(|counts| counts.rare.as_mut());
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
    pub(super) fn rare_if_any(&mut self) -> Option<&mut RareState> {
        self.rare.as_deref_mut()
    }
}

impl RareState {
    /// Assigns the gate's rejections to the state in which it made them. `counted` is their number
    /// in all; `state` is the one that the circuit has entered.
    pub(super) fn sync_rejections(&mut self, counted: u64, state: State) {
        self.rejections = self.rejections(counted);
        self.synced_rejections = counted;
        match state {
            State::Open | State::HalfOpen | State::ForcedOpen => self.rejecting = Some(state),
            State::Closed | State::Disabled => {}
        }
    }

    /// Returns the rejections by cause, of which the gate has made `counted` in all.
    pub(super) fn rejections(&self, counted: u64) -> Rejections {
        let mut rejections = self.rejections;
        let state = self.rejecting.unwrap_or(State::Open);
        rejections.add(state, counted.saturating_sub(self.synced_rejections));
        rejections
    }
}

/// How many openings are kept for [`CircuitOpen::cause`](super::CircuitOpen::cause).
const KEPT_OPENINGS: usize = 4;
