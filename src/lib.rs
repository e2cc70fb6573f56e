#![doc = include_str!("../README.md")]

#[doc(inline)]
pub use brama_macros::circuit_breaker;
#[cfg(feature = "testing")]
#[doc(inline)]
pub use brama_runtime::testing;
#[doc(inline)]
pub use brama_runtime::{
    Abandoned, Action, Basis, Breaker, CallError, Cause, Change, CircuitOpen, Config, Counts,
    Expiry, Failure, Generation, Identity, InitError, InvalidLength, InvalidPolicy, Knob, Length,
    Mistake, Opening, Outcome, Permit, Policy, PolicyPatch, Reason, Registry, Rule, State, Status,
    Tick, Totals, Window, breaker, circuit, clock, duration, find, init, registry, status,
};

/// What generated code says. No promise is made for it.
#[doc(hidden)]
pub mod __private {
    pub use brama_runtime::site::*;
}
