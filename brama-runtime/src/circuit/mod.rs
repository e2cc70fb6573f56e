//! The circuit: a value with pure methods that owns every rule of opening and closing.

mod action;
mod change;
mod expiry;
mod history;
mod opening;
mod outcome_ring;
mod policy;
mod reason;
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
    change::{Cause, Change, DurationSource, OpenDuration, Rule},
    expiry::Expiry,
    outcome_ring::WindowCounts,
    policy::{Abandoned, InvalidPolicy, InvalidSetting, Policy, PolicyPatch, SettingName},
    reason::Reason,
    state::{Generation, State},
    tick::Tick,
    verdict::{Fate, Verdict},
    window::Window,
};
pub(crate) use self::{change::Lasting, tick::nanos};
use self::{
    history::History,
    state::{Phase, Probes},
    window::WindowState,
};

/// The state of one protected dependency, and the rules that change it.
///
/// A method that can change the state takes the effective policy and the current time, and returns
/// the [`Change`] if there was one. All other methods only read.
#[derive(Debug, Clone)]
#[cfg_attr(
    feature = "serde",
    derive(Serialize, Deserialize),
    serde(from = "serde_impls::Whole", into = "serde_impls::Whole")
)]
pub struct Circuit {
    seed: u64,
    generation: Generation,
    openings: u64,
    phase: Phase,
    since: Tick,
    failures: u32,
    successes: u64,
    trips: u32,
    history: Option<Box<History>>,
}

/// The decision whether a call may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the outcome of an admitted call must be reported"]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum Admission {
    /// The call may run. Its outcome must be reported with this generation.
    Admitted(Generation),
    /// The call may not run.
    Rejected {
        /// The time until a call could be admitted; `None` if only an action by hand helps.
        #[cfg_attr(feature = "serde", serde(with = "serde_impls::nanos"))]
        retry_after: Option<Duration>,
    },
    /// The call would have been rejected, but the policy is in shadow mode: the call runs, counts
    /// as rejected, and its outcome is not reported.
    Shadowed,
}

impl Circuit {
    /// Creates a closed circuit without history. `seed` affects only the jitter of openings.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            generation: Generation::new(0),
            openings: 0,
            phase: Phase::Closed,
            since: Tick::ORIGIN,
            failures: 0,
            successes: 0,
            trips: 0,
            history: None,
        }
    }

    /// Returns the circuit with `now` as the start of its first state.
    pub(crate) fn made_at(self, now: Tick) -> Self {
        Self { since: now, ..self }
    }

    /// Returns the recorded state: an opening past its deadline is still [`State::Open`].
    #[must_use]
    pub const fn state(&self) -> State {
        match self.phase {
            Phase::Closed => State::Closed,
            Phase::Open { .. } => State::Open,
            Phase::HalfOpen(_) => State::HalfOpen,
            Phase::ForcedOpen => State::ForcedOpen,
            Phase::Disabled => State::Disabled,
        }
    }

    /// Returns the current generation.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// Returns the number of the last opening, by a rule or by hand, forced or not.
    ///
    /// The first opening is 1; zero if the circuit has never opened.
    #[must_use]
    pub const fn opening(&self) -> u64 {
        self.openings
    }

    /// Returns when the current state began: at the clock's origin for a new circuit.
    #[must_use]
    pub const fn since(&self) -> Tick {
        self.since
    }

    /// Returns the deadline of the opening; `None` in every state but [`State::Open`].
    #[must_use]
    pub const fn until(&self) -> Option<Tick> {
        match self.phase {
            Phase::Open { until } => Some(until),
            Phase::Closed | Phase::HalfOpen(_) | Phase::ForcedOpen | Phase::Disabled => None,
        }
    }

    /// Returns the time left until the deadline of the opening.
    ///
    /// Zero past the deadline; `None` in every state but [`State::Open`].
    #[must_use]
    pub fn retry_after(&self, now: Tick) -> Option<Duration> {
        self.until().map(|until| until.since(now))
    }

    /// Returns the number of failures in a row. An open circuit keeps the run that opened it.
    #[must_use]
    pub const fn failures(&self) -> u64 {
        self.failures as u64
    }

    /// Returns the number of successes in a row.
    #[must_use]
    pub const fn successes(&self) -> u64 {
        self.successes
    }

    /// Returns the number of openings since the circuit last closed, without forced ones.
    #[must_use]
    pub const fn trips(&self) -> u32 {
        self.trips
    }

    /// Returns the number of probes in flight; zero in every state but [`State::HalfOpen`].
    #[must_use]
    pub const fn probes(&self) -> u32 {
        match self.phase {
            Phase::HalfOpen(probes) => probes.in_flight,
            Phase::Closed | Phase::Open { .. } | Phase::ForcedOpen | Phase::Disabled => 0,
        }
    }

    /// Returns the counts of the window at `now`; zeros if no rate is judged.
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

    /// Returns whether a call at `now` would be admitted, without admitting it.
    #[must_use]
    pub fn would_admit(&self, policy: &Policy, now: Tick) -> bool {
        let forced = matches!(self.phase, Phase::ForcedOpen);
        let rejects = |until| forced || now < until;
        policy.shadow || !self.rejects_until(policy).is_some_and(rejects)
    }

    /// Returns until when every call is rejected if nothing is reported.
    ///
    /// In shadow mode, calls would be rejected until then. [`Tick::NEVER`] if only an action by
    /// hand helps; `None` if a call may run.
    #[must_use]
    pub fn rejects_until(&self, policy: &Policy) -> Option<Tick> {
        match self.phase {
            Phase::Closed | Phase::Disabled => None,
            Phase::Open { until } => Some(until),
            Phase::HalfOpen(probes) if probes.has_place(policy) => None,
            Phase::HalfOpen(probes) => Some(probes.lose_places_at(policy)),
            Phase::ForcedOpen => Some(Tick::NEVER),
        }
    }

    /// Returns whether the circuit is settled: a further quick success cannot change it, except
    /// that its run of successes grows.
    ///
    /// If so, a caller may count quick successes itself instead of reporting each, and pass their
    /// number to [`count_successes`](Self::count_successes). This holds under this policy, until
    /// [`settled_until`](Self::settled_until).
    #[must_use]
    pub fn is_settled(&self, policy: &Policy) -> bool {
        match self.phase {
            Phase::Disabled => true,
            Phase::Closed => self.failures == 0 && self.rates_are_settled(policy),
            Phase::Open { .. } | Phase::HalfOpen(_) | Phase::ForcedOpen => false,
        }
    }

    /// Returns whether a quick success would settle the circuit by only ending its run of failures.
    ///
    /// A caller that counts this success itself must call [`end_failures`](Self::end_failures), and
    /// then [`count_successes`](Self::count_successes).
    #[must_use]
    pub fn is_settled_by_success(&self, policy: &Policy) -> bool {
        let failing = matches!(self.phase, Phase::Closed) && 0 < self.failures;
        failing && self.settled_until() == Tick::NEVER && self.rates_are_settled(policy)
    }

    /// Returns until when a circuit that is settled now stays settled if nothing is reported.
    ///
    /// This is the end of the current bucket of a window of time, otherwise [`Tick::NEVER`].
    #[must_use]
    pub fn settled_until(&self) -> Tick {
        match self.phase {
            Phase::Closed => match &self.history {
                Some(history) => history.window_state.steady_until(),
                None => Tick::NEVER,
            },
            Phase::Open { .. } | Phase::HalfOpen(_) | Phase::ForcedOpen | Phase::Disabled => {
                Tick::NEVER
            }
        }
    }

    fn window_state(&self) -> Option<&WindowState> {
        self.history.as_ref().map(|history| &history.window_state)
    }
}
