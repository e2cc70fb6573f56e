//! Promises of the facade, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod answer;
mod blocks;
mod checks;
mod circuit_open;
mod cleanup;
mod connections;
mod costs;
mod dynamic_identifiers;
mod events;
mod evidence;
mod failure_if;
mod fast_path;
mod futures_life;
mod groups;
mod health;
mod isolation;
mod isolation_async;
mod keys;
mod layers;
mod log;
mod overflow;
mod permit;
mod policy;
mod ported;
mod ready;
mod reentry;
mod registry;
mod serde;
mod shadow;
mod steps;
mod subscribers;
mod timeout;
mod verdict;
