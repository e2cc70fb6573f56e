//! A snapshot of a breaker.

mod health;

use std::{fmt, sync::Arc, time::Duration};

#[cfg(feature = "serde")]
use serde::Serialize;

pub use self::health::{Health, HealthCounts, HealthThresholds};
use crate::{
    circuit::{Cause, Lasting, Policy, Reason, State, Tick, WindowCounts},
    config::Settings,
    connection::{ConnectionKind, Labels},
    counters::Totals,
    duration::Rounded,
    identity::Identity,
};

/// What a breaker is at one moment. Taking it changes nothing.
///
/// Its `Display` is a line for people: `payment_api is open, next attempt in 48 s: 10 failures in a
/// row reached failure_threshold 10; last: connection refused`. Of an opening whose length is not
/// simply the policy's fixed `expiry` it says the length and why: `payment_api is open for 20 s
/// (progressive, opening 3 in a row), next attempt in 8 s: …`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Status {
    /// Which breaker.
    pub identity: Identity<'static>,
    /// What kind of dependency it is: as `register` says, else the attribute's `type`.
    pub kind: Option<ConnectionKind>,
    /// What `register` was told of it.
    pub labels: Labels,
    /// The state as recorded: an opening past its deadline still reads open.
    pub state: State,
    /// When this snapshot was taken.
    pub at: Tick,
    /// When the state began.
    pub since: Tick,
    /// Time left of the opening, zero past its deadline; `None` unless open.
    #[cfg_attr(feature = "serde", serde(with = "crate::circuit::serde_impls::nanos"))]
    pub retry_after: Option<Duration>,
    /// Failures in a row. An open circuit keeps the run that opened it.
    pub failures: u64,
    /// Successes in a row.
    pub successes: u64,
    /// Probes in flight; zero unless half-open.
    pub probes: u32,
    /// Openings since it was last closed, forced ones not among them.
    pub trips: u32,
    /// What the window holds; zeros where no rate is judged.
    pub window: WindowCounts,
    /// How often each thing happened since the breaker was made.
    pub totals: Totals,
    /// The policy that the layers of configuration make.
    pub policy: Arc<Policy>,
    /// The same, setting by setting, with the layer that each came from.
    pub settings: Settings,
    /// Whether the registry's kill switch has put it into shadow, whatever its policy says.
    pub shadow_all: bool,
    /// The number of the last opening, the first being 1; `None` where it never opened.
    pub opening: Option<u64>,
    /// Why it last opened; `None` where it never did.
    pub cause: Option<Arc<Cause>>,
    /// The reasons of the last failures since it closed, oldest first: at most four.
    pub reasons: Vec<Reason>,
    /// What was said and is not in force, or can never act: settings of two layers that contradict
    /// each other, two attributes that differ, [`Policy::lint`]; subscriptions to this breaker that
    /// have lost events; and how many calls found no room for their key (see
    /// [`Identity::is_overflow`]). Empty where all is well.
    pub warnings: Vec<String>,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.identity, self.state.in_words())?;
        if let (Some(cause), State::Open) = (&self.cause, self.state) {
            Lasting(cause).fmt(f)?;
        }
        if let Some(retry_after) = self.retry_after {
            write!(f, ", next attempt in {}", Rounded(retry_after))?;
        }
        match (&self.cause, self.state) {
            (Some(cause), State::Open | State::HalfOpen | State::ForcedOpen) => {
                write!(f, ": {cause}")
            }
            (Some(_), State::Closed | State::Disabled) | (None, _) => Ok(()),
        }?;
        if self.shadow_all { f.write_str("; every breaker is in shadow") } else { Ok(()) }
    }
}
