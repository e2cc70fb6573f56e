//! The runtime under the `brama` circuit breaker. Depend on `brama`, which re-exports it.

pub mod circuit;

pub use circuit::{
    Abandoned, Action, Basis, Cause, Change, Circuit, Counts, Expiry, Generation, InvalidPolicy,
    Knob, Length, Mistake, Policy, PolicyPatch, Reason, Rule, State, Tick, Window,
};
