//! The circuit: a value with pure methods that owns every rule of opening and closing.

mod action;
mod change;
mod expiry;
mod history;
mod outcome_ring;
mod policy;
mod reason;
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

/// The state of one protected dependency, and the rules that move it.
///
/// Methods that can move it take the policy in force and the present moment, and answer with the
/// [`Change`] where one happened. Everything else asks and changes nothing.
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

/// The answer to a call that asks to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "an admitted call owes the circuit a report"]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum Admission {
    /// It may run; its outcome is reported with this generation.
    Admitted(Generation),
    /// It may not.
    Rejected {
        /// How long until asking again makes sense; `None` where only an action helps.
        #[cfg_attr(feature = "serde", serde(with = "serde_impls::nanos"))]
        retry_after: Option<Duration>,
    },
    /// It would have been rejected, but the policy only observes: it runs, it counts as rejected,
    /// and its outcome is reported nowhere.
    Shadowed,
}

impl Circuit {
    /// A closed circuit that has seen nothing. The seed moves jitter and nothing else.
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

    /// The same, whose first state began then.
    pub(crate) fn made_at(self, now: Tick) -> Self {
        Self { since: now, ..self }
    }

    /// The state as recorded: an opening past its deadline still reads [`State::Open`].
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

    /// The present generation.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// The number of the last opening, by a rule or by hand, forced or not: the first is 1. Zero
    /// where it never opened.
    #[must_use]
    pub const fn opening(&self) -> u64 {
        self.openings
    }

    /// When the present state began: the clock's origin for a circuit as it was made.
    #[must_use]
    pub const fn since(&self) -> Tick {
        self.since
    }

    /// When the opening is over; `None` in every state but [`State::Open`].
    #[must_use]
    pub const fn until(&self) -> Option<Tick> {
        match self.phase {
            Phase::Open { until } => Some(until),
            Phase::Closed | Phase::HalfOpen(_) | Phase::ForcedOpen | Phase::Disabled => None,
        }
    }

    /// Time left of the opening, zero past its deadline; `None` in every state but [`State::Open`].
    #[must_use]
    pub fn retry_after(&self, now: Tick) -> Option<Duration> {
        self.until().map(|until| until.since(now))
    }

    /// Failures in a row. An open circuit keeps the run that opened it.
    #[must_use]
    pub const fn failures(&self) -> u64 {
        self.failures as u64
    }

    /// Successes in a row.
    #[must_use]
    pub const fn successes(&self) -> u64 {
        self.successes
    }

    /// Openings since it was last closed, forced ones not among them.
    #[must_use]
    pub const fn trips(&self) -> u32 {
        self.trips
    }

    /// Probes in flight; zero in every state but [`State::HalfOpen`].
    #[must_use]
    pub const fn probes(&self) -> u32 {
        match self.phase {
            Phase::HalfOpen(probes) => probes.in_flight,
            Phase::Closed | Phase::Open { .. } | Phase::ForcedOpen | Phase::Disabled => 0,
        }
    }

    /// What the window holds; zeros where no rate is judged.
    #[must_use]
    pub fn counts(&self, now: Tick) -> WindowCounts {
        self.window_state()
            .map_or_else(WindowCounts::default, |window_state| window_state.counts(now))
    }

    /// The reasons of the last failures since it closed, oldest first: at most four.
    pub fn reasons(&self) -> impl Iterator<Item = &Reason> {
        self.history.iter().flat_map(|history| history.reasons.iter())
    }

    /// Whether a call that asks at `now` may run.
    #[must_use]
    pub fn would_admit(&self, policy: &Policy, now: Tick) -> bool {
        let forced = matches!(self.phase, Phase::ForcedOpen);
        let refused = |until| forced || now < until;
        policy.shadow || !self.rejects_until(policy).is_some_and(refused)
    }

    /// Until when every call is refused (in shadow: would be), if nothing is reported:
    /// [`Tick::NEVER`] where only an action helps, `None` where a call may run.
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

    /// Whether one quick success, counted elsewhere instead of reported, changes nothing but the
    /// run of successes: until [`settled_until`](Self::settled_until), under this policy.
    #[must_use]
    pub fn is_settled(&self, policy: &Policy) -> bool {
        match self.phase {
            Phase::Disabled => true,
            Phase::Closed => self.failures == 0 && self.rates_are_settled(policy),
            Phase::Open { .. } | Phase::HalfOpen(_) | Phase::ForcedOpen => false,
        }
    }

    /// Whether one quick success would settle it, by ending the run of failures and by nothing else.
    ///
    /// Whoever counts that success elsewhere tells of it by [`end_failures`](Self::end_failures), and then
    /// by [`count_successes`](Self::count_successes).
    #[must_use]
    pub fn is_settled_by_success(&self, policy: &Policy) -> bool {
        let failing = matches!(self.phase, Phase::Closed) && 0 < self.failures;
        failing && self.settled_until() == Tick::NEVER && self.rates_are_settled(policy)
    }

    /// When a circuit that is settled now has to be asked again: the end of the window's bucket.
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
