//! The state behind the lock that most breakers do not need.

use std::{collections::VecDeque, sync::Arc, time::SystemTime};

use super::waiters::Waiters;
use crate::{
    circuit::{Cause, State, Tick},
    counters::Totals,
    overlay::LaidOverlay,
    status::{PastOpening, Rejections, Transitions},
};

/// Rarely needed state (past openings, waiters, lifecycle flags), allocated on first use.
#[derive(Debug, Default)]
pub(super) struct RareState {
    /// The calls under the lock that are not counted apart, as most successes and failures are.
    pub(super) totals: Totals,
    pub(super) openings: VecDeque<Opened>,
    pub(super) transitions: Transitions,
    pub(super) rejections: Rejections,
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
