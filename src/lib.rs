#![doc = include_str!("../README.md")]

#[doc = include_str!("circuit_breaker.md")]
#[doc = ""]
// What a feature brings is not there to link to without it.
#[cfg_attr(feature = "testing", doc = "[`testing`]: crate::testing")]
#[cfg_attr(
    not(feature = "testing"),
    doc = "[`testing`]: https://docs.rs/brama/latest/brama/testing"
)]
#[cfg_attr(feature = "tokio", doc = "[`TimedOut`]: crate::TimedOut")]
#[cfg_attr(
    not(feature = "tokio"),
    doc = "[`TimedOut`]: https://docs.rs/brama/latest/brama/struct.TimedOut.html"
)]
#[doc(inline)]
pub use brama_macros::circuit_breaker;
#[cfg(feature = "testing")]
#[doc(inline)]
pub use brama_runtime::testing;
#[doc(inline)]
pub use brama_runtime::{
    Abandoned, Action, AddCheckError, Breaker, BreakerFilter, By, CallError, Cause, Change,
    CheckSchedule, CircuitOpen, Config, ConfigLayer, ConfigMistake, Connection, ConnectionKind,
    DurationSource, Event, EventCallback, EventDetail, EventFilter, EventKind, EventKinds,
    EventStream, Expiry, Failure, Generation, Health, HealthCheck, HealthCounts, HealthThresholds,
    Identity, InitError, InvalidLength, InvalidPolicy, InvalidSetting, Labels, OpenDuration,
    OpenForError, Opening, Outcome, Permit, Policy, PolicyPatch, Reason, RegisterError, Registry,
    Rule, Setting, SettingName, Settings, State, Status, Subscription, Tick, Totals,
    UnknownBreaker, Window, WindowCounts, add_check, all_available, are_available, breaker,
    breakers, circuit, clock, close, configure, disable, duration, failure, failure_all, find,
    force_open, health, init, is_available, on_event, open, open_for, register, registry, reset,
    shadow_all, status, statuses, subscribe, success, success_all, totals, unregister,
};
#[cfg(feature = "tokio")]
#[doc(inline)]
pub use brama_runtime::{TimedOut, add_check_async};

/// What generated code says. No promise is made for it.
#[doc(hidden)]
pub mod __private {
    pub use brama_runtime::site::*;
}
