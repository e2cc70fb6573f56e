//! The runtime under the `brama` circuit breaker. Depend on `brama`, which re-exports it.

pub mod circuit;
pub mod clock;
pub mod duration;

mod breaker;
mod bus;
mod config;
mod connection;
#[cfg(feature = "testing")]
mod entered;
mod error;
mod event;
mod identity;
mod length;
mod outcome;
mod registry;
mod settings;
#[doc(hidden)]
pub mod site;
mod status;
mod sweeper;
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
mod timer;
mod totals;

#[cfg(feature = "tokio")]
pub use self::site::TimedOut;
pub use self::{
    breaker::{Breaker, CallError, CircuitOpen, Opening, Permit},
    bus::{Callback, EventStream, Subscription},
    circuit::{
        Abandoned, Action, Basis, By, Cause, Change, Circuit, Counts, Expiry, Generation,
        InvalidPolicy, Knob, Length, Mistake, Policy, PolicyPatch, Reason, Rule, State, Tick,
        Window,
    },
    config::{Config, ConfigMistake, InitError},
    connection::{Connection, ConnectionKind, Labels},
    error::{InvalidLength, OpenForError, Unknown},
    event::{Event, EventFilter, EventKind, EventKinds, Occurrence},
    identity::Identity,
    outcome::{Failure, Outcome},
    registry::{
        Filter, RegisterError, Registry, all_available, are_available, breaker, breakers, close,
        configure, disable, failure, failure_all, find, force_open, init, is_available, on_event,
        open, open_for, register, registry, reset, shadow_all, status, statuses, subscribe,
        success, success_all, totals, unregister,
    },
    settings::{Layer, Setting, Settings},
    status::Status,
    totals::Totals,
};
