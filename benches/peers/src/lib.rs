//! What a call costs through brama, through other circuit breakers, and through none.
//!
//! `peers` holds who is measured, a file each; `rows` holds what is measured, a file each. Everything
//! else serves the two. `cargo peers` runs it (see `.cargo/config.toml` of the repository).

#![expect(missing_debug_implementations, reason = "closures and breakers; nobody prints them")]
#![expect(clippy::missing_panics_doc, reason = "a bench panics where a measurement would lie")]
#![expect(clippy::expect_used, reason = "a bench fails loudly")]

pub mod peers;
pub mod rows;

#[path = "../../instructions/src/body.rs"]
mod body;
pub mod check;
pub mod compile;
pub mod home;
pub mod memory;
pub mod numbers;
pub mod page;
pub mod plot;
pub mod report;
pub mod results;
pub mod round;
pub mod subject;
pub mod threads;
