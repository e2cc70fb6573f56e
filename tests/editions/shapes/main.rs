//! The catalogue of shapes: each kind of function that a user may write, decorated and run.
//!
//! Editions 2021 and 2024 compile and run the same files. Each shape is in one file, plain and
//! `async` if it can be both, and its test checks what the breaker recorded. Shapes that only one
//! edition can parse are in `edition.rs` of that edition. `unsafe` functions are in `../compiled`,
//! because the lints of this workspace forbid them. Rejected uses are in `tests/ui`.
//!
//! No lint is silenced because of generated tokens. The lints expected here are about the shape,
//! and fire without the attribute too.

#![deny(warnings, clippy::pedantic, clippy::nursery)]
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod answer;
mod twins;

// The signature of a function.
mod arguments;
mod async_traits;
mod futures;
mod generics;
mod hidden_types;
mod kinds;
mod receivers;
mod returns;
mod streams;

// The course of a call.
mod control_flow;
mod drop_order;
mod exits;
mod futures_life;

// The surroundings of a function.
mod attributes;
mod editions;
mod fragments;
mod order;
mod paths;
mod shadowed;
