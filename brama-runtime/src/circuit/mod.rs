//! The circuit: a value with pure methods that owns every rule of opening and closing.
//!
//! It knows no clock, no thread, no lock and no subscriber. Time is an argument, a change of state
//! is an answer. Use it alone where you want to own the state (a map of nodes, a simulation, a
//! store that persists it); [`Breaker`](crate::Breaker) is one circuit behind a gate.
//!
//! ```
//! # use brama_runtime as brama;
//! use brama::circuit::{Admission, Circuit, Policy, State, Tick, Verdict};
//!
//! let policy = Policy::conservative();
//! let mut node = Circuit::new(0);
//! for second in 0..5 {
//!     let now = Tick::from_millis(second * 1_000);
//!     let (Admission::Admitted(generation), _) = node.admit(&policy, now) else { panic!("closed") };
//!     node.report(&policy, generation, Verdict::failure("connection refused"), now);
//! }
//! assert_eq!(node.state(), State::Open);
//! ```
//!
//! # A map of nodes
//!
//! A transport that calls many nodes keeps a circuit for each, in a map of its own: no registry, no
//! global, nobody to ask. The example `per_node_transport` adds attempts with backoff.
//!
//! ```
//! # use brama_runtime as brama;
//! use brama::circuit::{Admission, Circuit, Policy, Tick, Verdict};
//! use std::{collections::HashMap, net::SocketAddr};
//!
//! #[derive(Default)]
//! struct Nodes(HashMap<SocketAddr, Circuit>);
//!
//! impl Nodes {
//!     const POLICY: Policy = Policy::conservative();
//!
//!     /// Calls the node unless its circuit refuses; the outcome is reported once.
//!     fn call<T>(
//!         &mut self,
//!         node: SocketAddr,
//!         now: impl Fn() -> Tick,
//!         call: impl FnOnce() -> std::io::Result<T>,
//!     ) -> Option<std::io::Result<T>> {
//!         let circuit = self.0.entry(node).or_insert(const { Circuit::new(0) });
//!         let (Admission::Admitted(generation), _) = circuit.admit(&Self::POLICY, now()) else {
//!             return None;
//!         };
//!         let result = call();
//!         let verdict = match &result {
//!             Ok(_) => Verdict::SUCCESS,
//!             Err(error) => Verdict::failure(error.to_string()),
//!         };
//!         circuit.report(&Self::POLICY, generation, verdict, now());
//!         Some(result)
//!     }
//! }
//!
//! let mut nodes = Nodes::default();
//! let node = ([127, 0, 0, 1], 4369).into();
//! let refused = || Err::<(), _>(std::io::ErrorKind::ConnectionRefused.into());
//! for _ in 0..5 {
//!     assert!(nodes.call(node, || Tick::ORIGIN, refused).is_some());
//! }
//! assert!(nodes.call(node, || Tick::from_millis(29_999), refused).is_none());
//! assert!(nodes.call(node, || Tick::from_millis(30_000), || Ok(())).is_some());
//! ```
//!
//! # Persistence
//!
//! With the feature `serde` a circuit is written out with its whole state, when and where its owner
//! likes, and one read back goes on as if nothing had been. Two things are the owner's:
//!
//! - Its moments are those of the clock that was passed in. Where circuits outlive the process, so
//!   must the clock's origin: count from 1970, not from the start.
//! - Probes in flight when it was written are still in flight when it is read: they lose their
//!   places after `probe_timeout`.
//!
//! A policy is not part of the circuit; it is read like a configuration. Text by another hand is
//! refused where it makes no sense: a policy outside its limits, a window that cannot be.
//!
//! ```
//! # #[cfg(feature = "serde")]
//! # fn main() -> Result<(), serde_json::Error> {
//! # use brama_runtime as brama;
//! use brama::circuit::{Action, Circuit, Policy, State, Tick};
//!
//! let policy: Policy = serde_json::from_str(r#"{ "expiry": "30s", "success_threshold": 2 }"#)?;
//! let mut node = Circuit::new(0);
//! node.act(&policy, Action::Open(None), "maintenance".into(), Tick::ORIGIN);
//!
//! let written = serde_json::to_string(&node)?;
//! let node: Circuit = serde_json::from_str(&written)?;
//! assert_eq!((node.state(), node.until()), (State::Open, Some(Tick::from_millis(30_000))));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "serde"))]
//! # fn main() {}
//! ```
//!
//! # Laws
//!
//! Each has a test of its name in `tests/model/`.
//!
//! 1. *An independent model agrees* with every answer after every short sequence of signals.
//! 2. *Admission never exceeds the limit*: at most `half_open_limit` probes are in flight.
//! 3. *Time and successes lead back to Closed* from every opening but those forced by hand, in
//!    `success_threshold` calls.
//! 4. *A late outcome changes nothing.*
//! 5. *Asking changes nothing*, and the getters agree with what an admission then does.
//! 6. *The wait never shrinks with trips* and never passes its maximum.
//! 7. *Jitter takes at most its share*, and now and then nearly all of it.
//! 8. *A window driven by failures opens at the call at which a plain ring opens.*
//! 9. *Successes counted elsewhere weigh as successes reported*: while the circuit is settled, or settled
//!    by the first of them.
//! 10. *A generation is never used twice.*
//! 11. *The runs are the outcomes in a row*, and an ignored outcome is not one.
//! 12. *Long sequences agree* with the same model, under larger policies.
//! 13. *A refusal tells the earliest moment of admission*, if nobody else asks.
//! 14. *A healthy circuit settles*: wherever no further success could open it.
//! 15. *A success counted too late moves nothing*: it may enter a window, it breaks no run.
//! 16. *Jitter follows from seed and generation* and from nothing else.
//! 17. *Jitter touches neither a hint nor a length by hand.*
//! 18. *A new policy judges nothing again*: it acts with the next admission or outcome.
//! 19. *A window of a new shape starts empty.*
//! 20. *A window that missed outcomes starts empty*: while no rate was judged, none entered.
//! 21. *The reasons are those of the last four failures* since it closed.
//! 22. *A clock that steps back reads as no time passed*: a deadline stays where it was.
//! 23. *A circuit read back goes on as if nothing had been* (feature `serde`).
//! 24. *No misprint makes a circuit that panics*, nor a policy outside its limits.
//! 25. *A check that passed is a due deadline or a success*: to an opening the one, to probes the
//!     other, and nothing to all else.

mod action;
mod by;
mod change;
mod counts;
mod expiry;
mod limits;
mod lint;
mod patch;
mod phase;
mod policy;
mod reason;
mod reasons;
mod recent;
mod record;
mod setting;
mod shown;
mod state;
mod step;
mod text;
mod tick;
mod verdict;
mod window;
#[cfg(feature = "serde")]
pub(crate) mod written;

use std::time::Duration;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

pub(crate) use self::tick::nanos;
pub use self::{
    action::Action,
    by::By,
    change::{Cause, Change, DurationSource, OpenDuration, Rule},
    counts::WindowCounts,
    expiry::Expiry,
    patch::PolicyPatch,
    policy::{Abandoned, Policy},
    reason::Reason,
    setting::{InvalidPolicy, InvalidSetting, SettingName},
    state::{Generation, State},
    tick::Tick,
    verdict::{Fate, Verdict},
    window::Window,
};
use self::{
    phase::{Phase, Probes},
    record::Record,
    window::Memory,
};

/// The state of one protected dependency, and the rules that move it.
///
/// Methods that can move it take the policy in force and the present moment, and answer with the
/// [`Change`] where one happened. Everything else asks and changes nothing.
#[derive(Debug, Clone)]
#[cfg_attr(
    feature = "serde",
    derive(Serialize, Deserialize),
    serde(from = "written::Whole", into = "written::Whole")
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
    record: Option<Box<Record>>,
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
        #[cfg_attr(feature = "serde", serde(with = "written::nanos"))]
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
            record: None,
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
        self.memory().map_or_else(WindowCounts::default, |memory| memory.counts(now))
    }

    /// The reasons of the last failures since it closed, oldest first: at most four.
    pub fn reasons(&self) -> impl Iterator<Item = &Reason> {
        self.record.iter().flat_map(|record| record.reasons.iter())
    }

    /// Whether a call that asks at `now` may run.
    #[must_use]
    pub fn would_admit(&self, policy: &Policy, now: Tick) -> bool {
        let forced = matches!(self.phase, Phase::ForcedOpen);
        let refused = |until| forced || now < until;
        policy.shadow || !self.refuses_until(policy).is_some_and(refused)
    }

    /// Until when every call is refused (in shadow: would be), if nothing is reported:
    /// [`Tick::NEVER`] where only an action helps, `None` where a call may run.
    #[must_use]
    pub fn refuses_until(&self, policy: &Policy) -> Option<Tick> {
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
            Phase::Closed => self.memory().map_or(Tick::NEVER, Memory::steady_until),
            Phase::Open { .. } | Phase::HalfOpen(_) | Phase::ForcedOpen | Phase::Disabled => {
                Tick::NEVER
            }
        }
    }

    fn memory(&self) -> Option<&Memory> {
        self.record.as_ref().map(|record| &record.memory)
    }
}
