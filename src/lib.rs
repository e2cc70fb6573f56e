//! A circuit breaker that is an attribute.

pub use brama_runtime::{
    Abandoned, Expiry, InvalidPolicy, Policy, PolicyPatch, State, Window, circuit,
};
