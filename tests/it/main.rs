//! Promises of the facade, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod permit;
mod refused;
mod registry;
