//! The catalogue of shapes: each kind of function that a user may write, decorated and run.
//!
//! Editions 2021 and 2024 compile and run the same files. A shape stands in one of them, plain and
//! `async` where it can be both, and its test says what its breaker recorded. What only one edition
//! can read is in `edition.rs` of that edition; functions that are `unsafe` are in `../compiled`,
//! since the lints of this workspace forbid them in it. What is refused is in `tests/ui`.
//!
//! No lint is silenced for a generated token's sake: those expected here speak of the shape, as they
//! would without the attribute.

#![deny(warnings, clippy::pedantic, clippy::nursery)]
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod answer;
mod twins;

// What a function is, takes and answers.
mod arguments;
mod async_traits;
mod futures;
mod generics;
mod hidden_types;
mod kinds;
mod receivers;
mod returns;

// What happens in a call.
mod control_flow;
mod drop_order;
mod exits;
mod futures_life;

// What stands around a function.
mod attributes;
mod editions;
mod fragments;
mod order;
mod paths;
mod shadowed;
