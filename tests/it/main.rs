//! Promises of the facade, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod answer;
mod blocks;
mod events;
mod keys;
mod names;
mod permit;
mod policy;
mod questions;
mod refused;
mod registry;
mod returns;
mod shapes;
mod shapes_async;
mod subscribers;
mod verdict;
