//! The runtime under the `brama` circuit breaker. Depend on `brama`, which re-exports it.

pub mod circuit;
pub mod clock;
pub mod duration;

mod breaker;
mod config;
mod error;
mod identity;
mod outcome;
mod registry;
#[doc(hidden)]
pub mod site;
mod status;
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
mod totals;

pub use self::{
    breaker::{Breaker, CallError, CircuitOpen, Opening, Permit},
    circuit::{
        Abandoned, Action, Basis, Cause, Change, Circuit, Counts, Expiry, Generation,
        InvalidPolicy, Knob, Length, Mistake, Policy, PolicyPatch, Reason, Rule, State, Tick,
        Window,
    },
    config::{Config, InitError},
    error::InvalidLength,
    identity::Identity,
    outcome::{Failure, Outcome},
    registry::{Registry, breaker, find, init, registry, status},
    status::Status,
    totals::Totals,
};
