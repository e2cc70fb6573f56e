//! The circuit: a value with pure methods that owns every rule of opening and closing.

mod absorption;
mod action;
mod admission;
mod byte_ring;
mod change;
mod draw;
mod expiry;
mod history;
mod judgement;
mod opening;
mod outage;
mod outcome_ring;
mod policy;
mod quantity;
mod reason;
mod reason_buf;
mod reason_text;
mod reasons;
mod recent_reasons;
mod resumption;
mod rules;
#[cfg(feature = "serde")]
pub(crate) mod serde_impls;
mod state;
mod tick;
mod transition;
mod verdict;
mod window;

use std::time::Duration;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

pub use self::{
    action::{Action, By},
    admission::Admission,
    change::{Cause, Change, DurationSource, Limit, OpenDuration, Rule},
    expiry::Expiry,
    outcome_ring::WindowCounts,
    policy::{
        Abandoned, InvalidPolicy, InvalidSetting, Policy, PolicyPatch, SettingChange, SettingName,
    },
    reason::Reason,
    reasons::Reasons,
    state::{Generation, State},
    tick::Tick,
    verdict::{Fate, Verdict},
    window::Window,
};
pub(crate) use self::{
    change::Lasting,
    draw::draw,
    expiry::is_whole_millis,
    policy::OF_WINDOW,
    quantity::{LostWindow, Quantity},
    tick::nanos,
};
use self::{
    history::History,
    state::{Phase, Probes},
    window::WindowState,
};

/// The state of one protected dependency, and the rules that change it.
///
/// A method that can change the state takes the effective policy and the current time, and returns
/// each [`Change`] that it made. All other methods only read.
#[derive(Clone)]
#[cfg_attr(
    feature = "serde",
    derive(Serialize, Deserialize),
    serde(try_from = "serde_impls::Whole", into = "serde_impls::Whole")
)]
pub struct Circuit {
    seed: u64,
    since: Tick,
    successes: u64,
    history: Option<Box<History>>,
}

impl Circuit {
    /// The seed of what is drawn.
    pub(crate) const fn seed(&self) -> u64 {
        self.seed
    }

    /// Creates a closed circuit without history. `seed` affects only the jitter of openings and
    /// which calls a ramp admits.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, since: Tick::ORIGIN, successes: 0, history: None }
    }

    /// Returns the circuit with `now` as the start of its first state.
    pub(crate) fn made_at(self, now: Tick) -> Self {
        Self { since: now, ..self }
    }

    /// Returns the recorded state: an opening past its deadline is still [`State::Open`].
    #[must_use]
    pub const fn state(&self) -> State {
        match self.phase() {
            Phase::Closed => State::Closed,
            Phase::Open { .. } => State::Open,
            Phase::HalfOpen(_) | Phase::Ramp { .. } => State::HalfOpen,
            Phase::ForcedOpen => State::ForcedOpen,
            Phase::Disabled => State::Disabled,
        }
    }

    /// Returns the current generation.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        match self.changed() {
            Some(changed) => changed.generation,
            None => Generation(0),
        }
    }

    /// Returns the number of the last opening, by a rule or by hand, forced or not.
    ///
    /// The first opening is 1; zero if the circuit has never opened.
    #[must_use]
    pub const fn opening(&self) -> u64 {
        match self.changed() {
            Some(changed) => changed.openings,
            None => 0,
        }
    }

    /// Returns when the current state began: at the clock's origin for a new circuit.
    #[must_use]
    pub const fn since(&self) -> Tick {
        self.since
    }

    /// Returns the deadline of the opening; `None` in every state but [`State::Open`].
    #[must_use]
    pub const fn until(&self) -> Option<Tick> {
        match self.phase() {
            Phase::Open { until } => Some(until),
            Phase::Closed
            | Phase::HalfOpen(_)
            | Phase::Ramp { .. }
            | Phase::ForcedOpen
            | Phase::Disabled => None,
        }
    }

    /// Returns the time left until the deadline of the opening: at most the length of the opening,
    /// even if the clock has stepped back.
    ///
    /// Zero past the deadline; `None` in every state but [`State::Open`].
    #[must_use]
    pub fn retry_after(&self, now: Tick) -> Option<Duration> {
        self.until().map(|until| until.since(now.max(self.since)))
    }

    /// Returns the number of failures in a row. An open circuit keeps the run that opened it.
    #[must_use]
    pub const fn failures(&self) -> u64 {
        self.run() as u64
    }

    /// Returns the number of successes in a row.
    #[must_use]
    pub const fn successes(&self) -> u64 {
        self.successes
    }

    /// Returns the number of openings since the circuit last closed, without forced ones.
    #[must_use]
    pub const fn trips(&self) -> u32 {
        match self.changed() {
            Some(changed) => changed.trips,
            None => 0,
        }
    }

    /// Returns the number of probes in flight, without those that lost their places; zero in every
    /// state but [`State::HalfOpen`], and during a ramp.
    #[must_use]
    pub const fn probes(&self) -> u32 {
        match self.phase() {
            Phase::HalfOpen(probes) => probes.in_flight,
            Phase::Closed
            | Phase::Open { .. }
            | Phase::Ramp { .. }
            | Phase::ForcedOpen
            | Phase::Disabled => 0,
        }
    }

    /// Returns how long the last opening lasts or has lasted in all, and what determined that.
    ///
    /// `None` once the circuit has closed.
    #[must_use]
    pub fn open_duration(&self) -> Option<OpenDuration> {
        self.term().map(|term| term.length)
    }

    /// Returns the deadline of an opening that a rule caused, and not an action by hand.
    pub(crate) fn until_by_rule(&self) -> Option<Tick> {
        self.until().filter(|_| self.term().is_some_and(|term| !term.is_by_hand))
    }

    /// Returns the counts of the window at `now`; zeros if no rule judges it.
    #[must_use]
    pub fn counts(&self, now: Tick) -> WindowCounts {
        self.window_state()
            .map_or_else(WindowCounts::default, |window_state| window_state.counts(now))
    }

    /// Returns the reasons of the last failures since the circuit closed.
    ///
    /// At most four, oldest first.
    pub fn reasons(&self) -> impl Iterator<Item = &Reason> {
        self.history.iter().flat_map(|history| history.reasons.iter())
    }

    /// Returns whether the circuit is settled: a further quick success cannot change it, except
    /// that its run of successes grows.
    ///
    /// If so, a caller may count quick successes itself instead of reporting each, and pass their
    /// number to [`count_successes`](Self::count_successes). This holds under this policy, until
    /// [`settled_until`](Self::settled_until).
    #[must_use]
    pub fn is_settled(&self, policy: &Policy) -> bool {
        match self.phase() {
            Phase::Disabled => true,
            Phase::Closed => self.run() == 0 && self.window_is_settled(policy),
            Phase::Open { .. } | Phase::HalfOpen(_) | Phase::Ramp { .. } | Phase::ForcedOpen => {
                false
            }
        }
    }

    /// Returns whether a quick success would settle the circuit by only ending its run of failures.
    ///
    /// A caller that counts this success itself must call [`end_failures`](Self::end_failures), and
    /// then [`count_successes`](Self::count_successes). The answer stays true until
    /// [`settled_until`](Self::settled_until).
    #[must_use]
    pub fn is_settled_by_success(&self, policy: &Policy) -> bool {
        let failing = matches!(self.phase(), Phase::Closed) && 0 < self.run();
        failing && self.window_is_settled(policy)
    }

    /// Returns until when a circuit that is settled now stays settled if nothing is reported.
    ///
    /// This is the end of the current bucket of a window of time, otherwise [`Tick::NEVER`].
    #[must_use]
    pub fn settled_until(&self) -> Tick {
        match self.phase() {
            Phase::Closed => match &self.history {
                Some(history) => history.window_state.steady_until(),
                None => Tick::NEVER,
            },
            Phase::Open { .. }
            | Phase::HalfOpen(_)
            | Phase::Ramp { .. }
            | Phase::ForcedOpen
            | Phase::Disabled => Tick::NEVER,
        }
    }

    fn window_state(&self) -> Option<&WindowState> {
        self.history.as_ref().map(|history| &history.window_state)
    }
}
