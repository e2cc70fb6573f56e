//! The runtime under the `brama` circuit breaker. Depend on `brama`, which re-exports it.

pub mod circuit;
pub mod clock;
pub mod duration;

mod breaker;
mod bus;
mod config;
mod error;
mod event;
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
    bus::{Callback, Subscription},
    circuit::{
        Abandoned, Action, Basis, Cause, Change, Circuit, Counts, Expiry, Generation,
        InvalidPolicy, Knob, Length, Mistake, Policy, PolicyPatch, Reason, Rule, State, Tick,
        Window,
    },
    config::{Config, InitError},
    error::InvalidLength,
    event::{Event, EventFilter, EventKind, EventKinds, Occurrence},
    identity::Identity,
    outcome::{Failure, Outcome},
    registry::{Registry, breaker, find, init, on_event, registry, status, subscribe},
    status::Status,
    totals::Totals,
};
