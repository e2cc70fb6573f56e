//! The runtime under the `brama` circuit breaker. Depend on `brama`, which re-exports it.

pub mod circuit;
pub mod clock;
pub mod duration;

mod breaker;
mod bus;
mod caught;
mod checks;
mod config;
mod connection;
#[cfg(feature = "testing")]
mod entered;
mod error;
mod event;
mod health;
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

pub use self::{
    breaker::{Breaker, CallError, CircuitOpen, Opening, Permit},
    bus::{EventCallback, EventStream, Subscription},
    checks::{CheckSchedule, HealthCheck},
    circuit::{
        Abandoned, Action, By, Cause, Change, Circuit, DurationSource, Expiry, Generation,
        InvalidPolicy, InvalidSetting, OpenDuration, Policy, PolicyPatch, Reason, Rule,
        SettingName, State, Tick, Window, WindowCounts,
    },
    config::{Config, ConfigMistake, InitError},
    connection::{Connection, ConnectionKind, Labels},
    error::{AddCheckError, InvalidLength, OpenForError, UnknownBreaker},
    event::{Event, EventDetail, EventFilter, EventKind, EventKinds},
    health::{Health, HealthCounts, HealthThresholds},
    identity::Identity,
    outcome::{Failure, Outcome},
    registry::{
        BreakerFilter, RegisterError, Registry, add_check, all_available, are_available, breaker,
        breakers, close, configure, disable, failure, failure_all, find, force_open, health, init,
        is_available, on_event, open, open_for, register, registry, reset, shadow_all, status,
        statuses, subscribe, success, success_all, totals, unregister,
    },
    settings::{ConfigLayer, Setting, Settings},
    status::Status,
    totals::Totals,
};
#[cfg(feature = "tokio")]
pub use self::{registry::add_check_async, site::TimedOut};
