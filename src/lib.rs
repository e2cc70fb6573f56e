#![doc = include_str!("../README.md")]

#[doc(inline)]
pub use brama_macros::circuit_breaker;
#[cfg(feature = "testing")]
#[doc(inline)]
pub use brama_runtime::testing;
#[doc(inline)]
pub use brama_runtime::{
    Abandoned, Action, Basis, Breaker, CallError, Callback, Cause, Change, CircuitOpen, Config,
    Counts, Event, EventFilter, EventKind, EventKinds, Expiry, Failure, Generation, Identity,
    InitError, InvalidLength, InvalidPolicy, Knob, Length, Mistake, Occurrence, Opening, Outcome,
    Permit, Policy, PolicyPatch, Reason, Registry, Rule, State, Status, Subscription, Tick, Totals,
    Window, breaker, circuit, clock, duration, find, init, on_event, registry, status, subscribe,
};

/// What generated code says. No promise is made for it.
#[doc(hidden)]
pub mod __private {
    pub use brama_runtime::site::*;
}
